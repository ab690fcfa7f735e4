//! The route table.

mod documents;
mod mailbox;
mod orders;
mod webhooks;

use crate::state::State;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn;
use axum::routing::{get, post};
use onsale_platform::problem;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The largest body, in bytes (RELIABILITY.md §5, line 15).
const BODY_BYTES_MAX: usize = 64 * 1024;

#[derive(OpenApi)]
#[openapi(tags(
    (name = "webhooks", description = "Events, sent to addresses of others, for admins."),
    (name = "documents", description = "Tickets to print."),
))]
struct Document;

fn public() -> OpenApiRouter<State> {
    OpenApiRouter::with_openapi(Document::openapi())
        .routes(routes!(webhooks::list, webhooks::create))
        .routes(routes!(webhooks::show, webhooks::change, webhooks::delete))
        .routes(routes!(webhooks::rotate))
        .routes(routes!(webhooks::log))
        .routes(routes!(webhooks::send_again))
        .routes(routes!(documents::tickets))
}

/// The service's routes; with the mailbox in development, where there is no mail server.
pub fn router(state: State) -> Router {
    let (public, _document) = public().split_for_parts();
    let public = public
        .route("/internal/orders/{order_id}/mails", get(orders::list))
        .route("/internal/orders/{order_id}/send-again", post(orders::send_again));
    let table = if state.mailbox { public.merge(mailbox_routes()) } else { public };
    table.layer(DefaultBodyLimit::max(BODY_BYTES_MAX)).layer(from_fn(problem::layer)).with_state(state)
}

/// The service's part of the OpenAPI document.
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    public().split_for_parts().1
}

fn mailbox_routes() -> Router<State> {
    Router::new()
        .route("/dev/mail", get(mailbox::list))
        .route("/dev/mail/style.css", get(mailbox::style))
        .route("/dev/mail/{id}", get(mailbox::show))
        .route("/dev/mail/{id}/html", get(mailbox::html))
        .route("/dev/mail/{id}/files/{name}", get(mailbox::file))
}
