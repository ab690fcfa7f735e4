//! All addresses of payment.

mod books;
mod payments;
mod webhooks;

use crate::state::State;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use onsale_platform::problem;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Bytes.
const INTERNAL_BODY_MAX: usize = 64 * 1024;
/// Bytes. The provider's calls carry whole objects.
const WEBHOOK_BODY_MAX: usize = 256 * 1024;

pub(crate) fn public() -> OpenApiRouter<State> {
    OpenApiRouter::new().routes(routes!(webhooks::receive)).layer(DefaultBodyLimit::max(WEBHOOK_BODY_MAX))
}

fn internal() -> Router<State> {
    Router::new()
        .route("/internal/payments", post(payments::authorise))
        .route("/internal/payments/{id}", get(payments::show))
        .route("/internal/payments/{id}/capture", post(payments::capture))
        .route("/internal/payments/{id}/settle", post(payments::settle))
        .route("/internal/payments/{id}/void", post(payments::void))
        .route("/internal/payments/{id}/refunds", post(payments::refund))
        .route("/internal/ledger/orders", post(books::sums))
        .route("/internal/orders/{order_id}/history", get(books::history))
        .layer(DefaultBodyLimit::max(INTERNAL_BODY_MAX))
}

pub(crate) fn router(state: State) -> Router {
    let (public, _document) = public().split_for_parts();
    public.merge(internal()).with_state(state).layer(axum::middleware::from_fn(problem::layer))
}
