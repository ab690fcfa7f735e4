//! An event's plan, seats and ticket types, as buyers see them.

use crate::service::show_event;
use crate::state::State;
use axum::extract::State as Extract;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use onsale_core::EventId;
use onsale_core::api::events::{PlanView, SeatStates, TicketTypes};
use onsale_core::api::problem::ProblemBody;
use onsale_platform::extract::{Json, Path};
use onsale_platform::problem::Problem;

/// The immutable seating plan with its prices.
///
/// Cacheable for ever under its version, which is in the ETag.
#[utoipa::path(
    get, path = "/api/events/{eventId}/plan", tag = "events",
    params(("eventId" = EventId, Path, description = "The event")),
    responses(
        (status = 200, description = "The plan", body = PlanView),
        (status = 304, description = "The same as the client has"),
        (status = 404, description = "`not_found`", body = ProblemBody),
    )
)]
pub(super) async fn get_plan(
    Extract(state): Extract<State>,
    Path(event): Path<EventId>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let inventory = state.inventories.latest(&event).await?;
    let tag = format!("\"plan-{}\"", inventory.offer.version);
    if has(&headers, &tag) {
        return Ok(not_changed(&tag));
    }
    let body = state.plans.of(&inventory).await?;
    let mut response = body.into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Ok(tagged(response, &tag, "public, max-age=60, stale-while-revalidate=600"))
}

/// The state of every seat in the plan's order, one digit each.
#[utoipa::path(
    get, path = "/api/events/{eventId}/seats", tag = "events",
    params(("eventId" = EventId, Path, description = "The event")),
    responses(
        (status = 200, description = "The states", body = SeatStates),
        (status = 304, description = "The same as the client has"),
        (status = 404, description = "`not_found`", body = ProblemBody),
    )
)]
pub(super) async fn get_seats(
    Extract(state): Extract<State>,
    Path(event): Path<EventId>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let seats = show_event::seats(&state, &event).await?;
    let tag = format!("\"{}-{}\"", seats.plan_version, seats.version);
    if has(&headers, &tag) {
        return Ok(not_changed(&tag));
    }
    Ok(tagged(Json(seats).into_response(), &tag, "no-cache"))
}

/// General-admission tickets: price, total, and how many can be had.
#[utoipa::path(
    get, path = "/api/events/{eventId}/ticket-types", tag = "events",
    params(("eventId" = EventId, Path, description = "The event")),
    responses(
        (status = 200, description = "One item a type", body = TicketTypes),
        (status = 404, description = "`not_found`", body = ProblemBody),
    )
)]
pub(super) async fn get_ticket_types(
    Extract(state): Extract<State>,
    Path(event): Path<EventId>,
) -> Result<Json<TicketTypes>, Problem> {
    show_event::ticket_types(&state, &event).await.map(Json)
}

fn has(headers: &HeaderMap, tag: &str) -> bool {
    let sent = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok()).unwrap_or_default();
    sent.split(',').any(|one| one.trim().trim_start_matches("W/") == tag)
}

fn not_changed(tag: &str) -> Response {
    tagged(StatusCode::NOT_MODIFIED.into_response(), tag, "no-cache")
}

fn tagged(mut response: Response, tag: &str, cache: &'static str) -> Response {
    if let Ok(tag) = HeaderValue::from_str(tag) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    response
}
