//! The route table.

mod answers;
mod events;
mod halls;
mod offers;
mod plans;
mod series;
mod venues;

use crate::state::State;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn;
use axum::routing::get;
use onsale_platform::problem;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The largest body of a plan, in bytes (RELIABILITY.md §5, line 15).
const PLAN_BYTES_MAX: usize = 8 * 1024 * 1024;
/// The largest body of anything else, in bytes.
const BODY_BYTES_MAX: usize = 64 * 1024;

fn table() -> OpenApiRouter<State> {
    let plans = OpenApiRouter::new()
        .routes(routes!(plans::list_plans, plans::add_plan))
        .routes(routes!(plans::import_plan))
        .routes(routes!(halls::list_halls, halls::create_hall))
        .routes(routes!(halls::import_hall))
        .routes(routes!(halls::import_seats))
        .routes(routes!(halls::get_hall, halls::save_hall))
        .layer(DefaultBodyLimit::max(PLAN_BYTES_MAX));
    OpenApiRouter::new()
        .routes(routes!(venues::list_venues, venues::create_venue))
        .routes(routes!(venues::get_venue, venues::change_venue))
        .routes(routes!(plans::get_plan))
        .routes(routes!(halls::publish_hall))
        .routes(routes!(halls::export_hall))
        .routes(routes!(halls::export_seats))
        .routes(routes!(events::list_events, events::create_event))
        .routes(routes!(events::get_event, events::change_event))
        .routes(routes!(events::publish_event))
        .routes(routes!(events::cancel_event))
        .routes(routes!(series::clone_event))
        .routes(routes!(series::list_series, series::add_dates, series::change_series))
        .routes(routes!(series::preview_event))
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .merge(plans)
}

/// The service's routes.
pub fn router(state: State) -> Router {
    let (public, _) = table().split_for_parts();
    public
        .route("/internal/events/{event_id}/offers/{version}", get(offers::get_offer))
        .layer(from_fn(problem::layer))
        .with_state(state)
}

/// The service's part of the OpenAPI document.
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    table().into_openapi()
}
