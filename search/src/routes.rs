//! The route table.

mod answers;
mod events;
mod search;

pub(crate) use answers::Cached;

use crate::state::State;
use axum::Router;
use axum::middleware::from_fn;
use onsale_platform::problem;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

fn table() -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .routes(routes!(events::list_events))
        .routes(routes!(events::get_event))
        .routes(routes!(search::search_events))
        .routes(routes!(search::suggest))
}

/// The service's routes.
pub fn router(state: State) -> Router {
    let (public, _) = table().split_for_parts();
    public.layer(from_fn(problem::layer)).with_state(state)
}

/// The service's part of the OpenAPI document.
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    table().into_openapi()
}
