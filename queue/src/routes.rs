//! The route table.

mod control;
mod device;
mod line;
mod live;
mod proof;
mod visit;

pub use visit::{Entered, OwnPlace};

use crate::state::State;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn;
use onsale_platform::problem;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The largest body, in bytes (RELIABILITY.md §5, line 15).
const BODY_BYTES_MAX: usize = 64 * 1024;

#[derive(OpenApi)]
#[openapi(tags((name = "queue", description = "The waiting room: joining, one's place, and how anybody checks it.")))]
struct Document;

fn public() -> OpenApiRouter<State> {
    OpenApiRouter::with_openapi(Document::openapi())
        .routes(routes!(line::show))
        .routes(routes!(line::join))
        .routes(routes!(line::status))
        .routes(routes!(line::leave))
        .routes(routes!(live::live))
        .routes(routes!(proof::proof))
        .routes(routes!(proof::entries))
        .routes(routes!(control::show, control::put))
        .routes(routes!(control::pause))
        .routes(routes!(control::resume))
        .routes(routes!(control::admit))
        .routes(routes!(control::close))
        .routes(routes!(control::history))
        .routes(routes!(control::signals))
}

/// The waiting room's routes.
pub fn router(state: State) -> Router {
    let (public, _document) = public().split_for_parts();
    public.layer(DefaultBodyLimit::max(BODY_BYTES_MAX)).layer(from_fn(problem::layer)).with_state(state)
}

/// The waiting room's part of the OpenAPI document.
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    public().split_for_parts().1
}
