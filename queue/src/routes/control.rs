//! The organiser's control of the line.

use crate::service::control::{self, Conductor};
use crate::state::State;
use axum::extract::State as Extract;
use axum::http::{HeaderMap, header};
use chrono::{DateTime, TimeDelta, Utc};
use onsale_core::EventId;
use onsale_core::api::problem::ProblemBody;
use onsale_core::api::queue::{AdmitQueue, PutQueueRoom, QueueAct, QueueHistory, QueueRoom, QueueSignals};
use onsale_platform::extract::{Json, Path, Query, Valid, check};
use onsale_platform::identity::{Caller, LineKeeper, Organiser};
use onsale_platform::problem::Problem;
use serde::Deserialize;
use utoipa::IntoParams;

/// How much of the past a chart shows when nobody says.
const HISTORY: TimeDelta = TimeDelta::minutes(30);

/// How every call can be refused.
#[derive(utoipa::IntoResponses)]
#[expect(dead_code, reason = "it only describes answers to the OpenAPI document")]
enum Refusals {
    /// `unauthenticated`: no good token.
    #[response(status = 401, content_type = "application/problem+json")]
    Unauthenticated(ProblemBody),
    /// `forbidden`: the role organiser, admin or sre is needed.
    #[response(status = 403, content_type = "application/problem+json")]
    Forbidden(ProblemBody),
    /// `not_found`: no such event of yours, or it has no waiting room.
    #[response(status = 404, content_type = "application/problem+json")]
    NotFound(ProblemBody),
    /// `state_conflict`, `queue_closed`.
    #[response(status = 409, content_type = "application/problem+json")]
    Conflict(ProblemBody),
    /// `invalid`: each field is named.
    #[response(status = 422, content_type = "application/problem+json")]
    Invalid(ProblemBody),
    /// `unavailable`.
    #[response(status = 503, content_type = "application/problem+json")]
    Unavailable(ProblemBody),
}

async fn keeper(state: &State, caller: &Caller, event: EventId, headers: &HeaderMap) -> Result<Conductor, Problem> {
    Conductor::who_keeps(state, caller, event, headers.get(header::AUTHORIZATION)).await
}

/// The line of one of your events.
#[utoipa::path(
    get, path = "/api/admin/events/{eventId}/queue", tag = "admin", security(("bearer" = [])),
    params(("eventId" = EventId, Path)), responses((status = 200, body = QueueRoom), Refusals)
)]
pub(super) async fn show(
    Extract(state): Extract<State>,
    LineKeeper(caller): LineKeeper,
    Path(event): Path<EventId>,
    headers: HeaderMap,
) -> Result<Json<QueueRoom>, Problem> {
    let by = keeper(&state, &caller, event, &headers).await?;
    control::show(&state, &by.event).await.map(Json)
}

/// Set the line of one of your events up, or change it; mode `OFF` takes it away.
#[utoipa::path(
    put, path = "/api/admin/events/{eventId}/queue", tag = "admin", security(("bearer" = [])),
    params(("eventId" = EventId, Path)), request_body = PutQueueRoom,
    responses((status = 200, body = QueueRoom), Refusals)
)]
pub(super) async fn put(
    Extract(state): Extract<State>,
    Organiser(caller): Organiser,
    Path(event): Path<EventId>,
    headers: HeaderMap,
    Valid(wanted): Valid<PutQueueRoom>,
) -> Result<Json<QueueRoom>, Problem> {
    let by = Conductor::who_owns(&state, &caller, event, headers.get(header::AUTHORIZATION)).await?;
    control::put(&state, &by, &wanted).await.map(Json)
}

/// Stop the line for now, with a message for those in it.
#[utoipa::path(
    post, path = "/api/admin/events/{eventId}/queue/pause", tag = "admin", security(("bearer" = [])),
    params(("eventId" = EventId, Path)), request_body(content = Option<QueueAct>),
    responses((status = 200, body = QueueRoom), Refusals)
)]
pub(super) async fn pause(
    Extract(state): Extract<State>,
    LineKeeper(caller): LineKeeper,
    Path(event): Path<EventId>,
    headers: HeaderMap,
    body: Option<Json<QueueAct>>,
) -> Result<Json<QueueRoom>, Problem> {
    let (by, act) = (keeper(&state, &caller, event, &headers).await?, act(body)?);
    control::pause(&state, &by, &act).await.map(Json)
}

/// Let the line go on.
#[utoipa::path(
    post, path = "/api/admin/events/{eventId}/queue/resume", tag = "admin", security(("bearer" = [])),
    params(("eventId" = EventId, Path)), request_body(content = Option<QueueAct>),
    responses((status = 200, body = QueueRoom), Refusals)
)]
pub(super) async fn resume(
    Extract(state): Extract<State>,
    LineKeeper(caller): LineKeeper,
    Path(event): Path<EventId>,
    headers: HeaderMap,
    body: Option<Json<QueueAct>>,
) -> Result<Json<QueueRoom>, Problem> {
    let (by, act) = (keeper(&state, &caller, event, &headers).await?, act(body)?);
    control::resume(&state, &by, &act).await.map(Json)
}

/// Close the line: nobody joins it and nobody is called any more.
#[utoipa::path(
    post, path = "/api/admin/events/{eventId}/queue/close", tag = "admin", security(("bearer" = [])),
    params(("eventId" = EventId, Path)), request_body(content = Option<QueueAct>),
    responses((status = 200, body = QueueRoom), Refusals)
)]
pub(super) async fn close(
    Extract(state): Extract<State>,
    LineKeeper(caller): LineKeeper,
    Path(event): Path<EventId>,
    headers: HeaderMap,
    body: Option<Json<QueueAct>>,
) -> Result<Json<QueueRoom>, Problem> {
    let (by, act) = (keeper(&state, &caller, event, &headers).await?, act(body)?);
    control::close(&state, &by, &act).await.map(Json)
}

fn act(body: Option<Json<QueueAct>>) -> Result<QueueAct, Problem> {
    let act = body.map(|Json(act)| act).unwrap_or_default();
    check(&act).map(|()| act)
}

/// Let so many people in now, whatever is measured.
#[utoipa::path(
    post, path = "/api/admin/events/{eventId}/queue/admit", tag = "admin", security(("bearer" = [])),
    params(("eventId" = EventId, Path)), request_body = AdmitQueue,
    responses((status = 200, body = QueueRoom), Refusals)
)]
pub(super) async fn admit(
    Extract(state): Extract<State>,
    LineKeeper(caller): LineKeeper,
    Path(event): Path<EventId>,
    headers: HeaderMap,
    Valid(wanted): Valid<AdmitQueue>,
) -> Result<Json<QueueRoom>, Problem> {
    let by = keeper(&state, &caller, event, &headers).await?;
    control::admit(&state, &by, wanted).await.map(Json)
}

/// What part of the past is asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct HistoryQuery {
    /// Only what was measured after this; the last 30 minutes when absent.
    since: Option<DateTime<Utc>>,
}

/// What was measured: inflow, holds, sales, latency, oldest first, 1,000 at most.
#[utoipa::path(
    get, path = "/api/admin/events/{eventId}/queue/history", tag = "admin", security(("bearer" = [])),
    params(("eventId" = EventId, Path), HistoryQuery), responses((status = 200, body = QueueHistory), Refusals)
)]
pub(super) async fn history(
    Extract(state): Extract<State>,
    LineKeeper(caller): LineKeeper,
    Path(event): Path<EventId>,
    headers: HeaderMap,
    Query(query): Query<HistoryQuery>,
) -> Result<Json<QueueHistory>, Problem> {
    let by = keeper(&state, &caller, event, &headers).await?;
    let since = query.since.unwrap_or_else(|| state.clock.now() - HISTORY);
    control::history(&state, &by.event, since).await.map(Json)
}

/// Who may stand in line for many: devices on which several accounts were signed in. Hints, not proofs.
#[utoipa::path(
    get, path = "/api/admin/events/{eventId}/queue/signals", tag = "admin", security(("bearer" = [])),
    params(("eventId" = EventId, Path)), responses((status = 200, body = QueueSignals), Refusals)
)]
pub(super) async fn signals(
    Extract(state): Extract<State>,
    LineKeeper(caller): LineKeeper,
    Path(event): Path<EventId>,
    headers: HeaderMap,
) -> Result<Json<QueueSignals>, Problem> {
    let by = keeper(&state, &caller, event, &headers).await?;
    control::signals(&state, &by.event).await.map(Json)
}
