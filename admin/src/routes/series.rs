//! Copies of events, their dates, and how they will look.

use super::answers::{ReadRefusals, WriteRefusals, respond};
use crate::service::{self, Actor, read};
use crate::state::State;
use axum::http::StatusCode;
use axum::response::Response;
use onsale_core::EventId;
use onsale_core::api::admin::{CloneEvent, EventDraft, EventRecord, NewDates, Series, SeriesChanged};
use onsale_core::api::events::EventDetail;
use onsale_platform::extract::{Json, Path};
use onsale_platform::idempotency::IdempotencyKey;
use onsale_platform::identity::Organiser;
use onsale_platform::problem::Problem;

/// Draft an event like this one.
#[utoipa::path(
    post,
    path = "/api/admin/events/{eventId}/clone",
    tag = "admin",
    params(
        ("eventId" = EventId, Path),
        ("Idempotency-Key" = Option<String>, Header, description = "The same key gives the same answer for 24 h.")
    ),
    request_body = CloneEvent,
    responses((status = 201, body = EventRecord), WriteRefusals),
    security(("bearer" = []))
)]
pub(super) async fn clone_event(
    state: axum::extract::State<State>,
    Organiser(caller): Organiser,
    Path(id): Path<EventId>,
    key: IdempotencyKey,
    Json(wanted): Json<CloneEvent>,
) -> Result<Response, Problem> {
    let key = key.scoped(caller.user_id, "POST /api/admin/events/{eventId}/clone", &(&id, &wanted));
    let outcome = service::clone_event::clone_event(&state, Actor::from(&caller), &id, wanted, key.as_ref()).await;
    respond(outcome, StatusCode::CREATED)
}

/// The dates of an event's series, the first one first; the event alone, where it is of none.
#[utoipa::path(
    get,
    path = "/api/admin/events/{eventId}/series",
    tag = "admin",
    params(("eventId" = EventId, Path)),
    responses((status = 200, body = Series), ReadRefusals),
    security(("bearer" = []))
)]
pub(super) async fn list_series(
    state: axum::extract::State<State>,
    Organiser(caller): Organiser,
    Path(id): Path<EventId>,
) -> Result<Json<Series>, Problem> {
    Ok(Json(Series { items: read::series(&state, Actor::from(&caller), &id).await? }))
}

/// Put an event on more dates: a draft each, all of one series.
#[utoipa::path(
    post,
    path = "/api/admin/events/{eventId}/series",
    tag = "admin",
    params(
        ("eventId" = EventId, Path),
        ("Idempotency-Key" = Option<String>, Header, description = "The same key gives the same answer for 24 h.")
    ),
    request_body = NewDates,
    responses((status = 201, body = Series), WriteRefusals),
    security(("bearer" = []))
)]
pub(super) async fn add_dates(
    state: axum::extract::State<State>,
    Organiser(caller): Organiser,
    Path(id): Path<EventId>,
    key: IdempotencyKey,
    Json(wanted): Json<NewDates>,
) -> Result<Response, Problem> {
    let key = key.scoped(caller.user_id, "POST /api/admin/events/{eventId}/series", &(&id, &wanted));
    let outcome = service::add_dates::add_dates(&state, Actor::from(&caller), &id, wanted, key.as_ref()).await;
    respond(outcome, StatusCode::CREATED)
}

/// Change this date and all others of its series that are not on sale yet. Each keeps its own beginning.
#[utoipa::path(
    put,
    path = "/api/admin/events/{eventId}/series",
    tag = "admin",
    params(("eventId" = EventId, Path)),
    request_body = EventDraft,
    responses((status = 200, body = SeriesChanged), WriteRefusals),
    security(("bearer" = []))
)]
pub(super) async fn change_series(
    state: axum::extract::State<State>,
    Organiser(caller): Organiser,
    Path(id): Path<EventId>,
    Json(draft): Json<EventDraft>,
) -> Result<Json<SeriesChanged>, Problem> {
    Ok(Json(service::change_series::change_series(&state, Actor::from(&caller), &id, draft).await?))
}

/// One of your events as buyers would see its draft.
#[utoipa::path(
    get,
    path = "/api/admin/events/{eventId}/preview",
    tag = "admin",
    params(("eventId" = EventId, Path)),
    responses((status = 200, body = EventDetail), ReadRefusals),
    security(("bearer" = []))
)]
pub(super) async fn preview_event(
    state: axum::extract::State<State>,
    Organiser(caller): Organiser,
    Path(id): Path<EventId>,
) -> Result<Json<EventDetail>, Problem> {
    Ok(Json(service::preview_event::preview_event(&state, Actor::from(&caller), &id).await?))
}
