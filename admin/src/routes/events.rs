//! Events: drafting, publishing, calling off.

use super::answers::{ListRefusals, ReadRefusals, WriteRefusals, respond};
use crate::service::{self, Actor, read};
use crate::state::State;
use axum::http::StatusCode;
use axum::response::Response;
use chrono::{DateTime, Utc};
use onsale_core::EventId;
use onsale_core::api::admin::{EventDraft, EventRecord};
use onsale_core::api::page::{Page, PageQuery};
use onsale_platform::cursor;
use onsale_platform::extract::{Json, Path, Query};
use onsale_platform::idempotency::IdempotencyKey;
use onsale_platform::identity::{Organiser, SalesKeeper};
use onsale_platform::problem::Problem;

/// Your events, the newest first.
#[utoipa::path(
    get,
    path = "/api/admin/events",
    tag = "admin",
    params(PageQuery),
    responses((status = 200, body = Page<EventRecord>), ListRefusals),
    security(("bearer" = []))
)]
pub(super) async fn list_events(
    state: axum::extract::State<State>,
    SalesKeeper(caller): SalesKeeper,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<EventRecord>>, Problem> {
    let limit = cursor::limit(&page, cursor::LIMIT_DEFAULT)?;
    let before: Option<(DateTime<Utc>, EventId)> = page.cursor.as_deref().map(cursor::decode).transpose()?;
    let before = before.as_ref().map(|(at, id)| (*at, id.as_str()));
    let mut items = read::event_list(&state, Actor::from(&caller), before, limit + 1).await?;
    let next_cursor = cursor::next(&mut items, limit, |event| (event.created_at, event.id.clone()));
    Ok(Json(Page { items, next_cursor }))
}

/// Draft an event.
#[utoipa::path(
    post,
    path = "/api/admin/events",
    tag = "admin",
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key gives the same answer for 24 h.")),
    request_body = EventDraft,
    responses((status = 201, body = EventRecord), WriteRefusals),
    security(("bearer" = []))
)]
pub(super) async fn create_event(
    state: axum::extract::State<State>,
    Organiser(caller): Organiser,
    key: IdempotencyKey,
    Json(draft): Json<EventDraft>,
) -> Result<Response, Problem> {
    let key = key.scoped(caller.user_id, "POST /api/admin/events", &draft);
    let outcome = service::create_event::create_event(&state, Actor::from(&caller), draft, key.as_ref()).await;
    respond(outcome, StatusCode::CREATED)
}

/// One of your events.
#[utoipa::path(
    get,
    path = "/api/admin/events/{eventId}",
    tag = "admin",
    params(("eventId" = EventId, Path)),
    responses((status = 200, body = EventRecord), ReadRefusals),
    security(("bearer" = []))
)]
pub(super) async fn get_event(
    state: axum::extract::State<State>,
    SalesKeeper(caller): SalesKeeper,
    Path(id): Path<EventId>,
) -> Result<Json<EventRecord>, Problem> {
    Ok(Json(read::event(&state, Actor::from(&caller), &id).await?))
}

/// Change an event's draft. Buyers see the change once it is published again.
#[utoipa::path(
    put,
    path = "/api/admin/events/{eventId}",
    tag = "admin",
    params(("eventId" = EventId, Path)),
    request_body = EventDraft,
    responses((status = 200, body = EventRecord), WriteRefusals),
    security(("bearer" = []))
)]
pub(super) async fn change_event(
    state: axum::extract::State<State>,
    Organiser(caller): Organiser,
    Path(id): Path<EventId>,
    Json(draft): Json<EventDraft>,
) -> Result<Json<EventRecord>, Problem> {
    Ok(Json(service::change_event::change_event(&state, Actor::from(&caller), &id, draft).await?))
}

/// Publish an event: `DRAFT → PUBLISHING → PUBLISHED`. It is on sale, within its sale window, once published.
#[utoipa::path(
    post,
    path = "/api/admin/events/{eventId}/publish",
    tag = "admin",
    params(
        ("eventId" = EventId, Path),
        ("Idempotency-Key" = Option<String>, Header, description = "The same key gives the same answer for 24 h.")
    ),
    responses((status = 200, body = EventRecord), WriteRefusals),
    security(("bearer" = []))
)]
pub(super) async fn publish_event(
    state: axum::extract::State<State>,
    Organiser(caller): Organiser,
    Path(id): Path<EventId>,
    key: IdempotencyKey,
) -> Result<Response, Problem> {
    let key = key.scoped(caller.user_id, "POST /api/admin/events/{eventId}/publish", &id);
    let outcome = service::publish_event::publish_event(&state, Actor::from(&caller), &id, key.as_ref()).await;
    respond(outcome, StatusCode::OK)
}

/// Call an event off.
#[utoipa::path(
    post,
    path = "/api/admin/events/{eventId}/cancel",
    tag = "admin",
    params(
        ("eventId" = EventId, Path),
        ("Idempotency-Key" = Option<String>, Header, description = "The same key gives the same answer for 24 h.")
    ),
    responses((status = 200, body = EventRecord), WriteRefusals),
    security(("bearer" = []))
)]
pub(super) async fn cancel_event(
    state: axum::extract::State<State>,
    Organiser(caller): Organiser,
    Path(id): Path<EventId>,
    key: IdempotencyKey,
) -> Result<Response, Problem> {
    let key = key.scoped(caller.user_id, "POST /api/admin/events/{eventId}/cancel", &id);
    let outcome = service::cancel_event::cancel_event(&state, Actor::from(&caller), &id, key.as_ref()).await;
    respond(outcome, StatusCode::OK)
}
