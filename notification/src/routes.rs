//! The route table.

mod mailbox;

use crate::state::State;
use axum::Router;
use axum::middleware::from_fn;
use axum::routing::get;
use onsale_platform::problem;

/// The service's routes: in development and without a mail server, the mailbox; else none, for all comes over the bus.
pub fn router(state: State) -> Router {
    let table = if state.mailbox { mailbox_routes() } else { Router::new() };
    table.layer(from_fn(problem::layer)).with_state(state)
}

fn mailbox_routes() -> Router<State> {
    Router::new()
        .route("/dev/mail", get(mailbox::list))
        .route("/dev/mail/style.css", get(mailbox::style))
        .route("/dev/mail/{id}", get(mailbox::show))
        .route("/dev/mail/{id}/html", get(mailbox::html))
        .route("/dev/mail/{id}/files/{name}", get(mailbox::file))
}
