//! What gates ask: to let people in, the list for when there is no network, and how many came.

use super::why::Why;
use crate::service::{check_in, count_check_ins, list_for_gates};
use crate::state::State;
use axum::extract::State as Extract;
use onsale_core::EventId;
use onsale_core::api::check_in::{CheckInAnswers, CheckInBatch, CheckIns, GateList};
use onsale_core::api::problem::ProblemBody;
use onsale_platform::extract::{Json, Path, Query};
use onsale_platform::identity::GateKeeper;
use onsale_platform::problem::Problem;
use serde::Deserialize;
use utoipa::IntoParams;

/// Let people in and out: scans of one of your events' gates, made just now or while there was no network.
///
/// A scan's id makes it count once, however often it is sent. Each is answered by what it comes to as far as scans are
/// known by now; what a device decided by itself stands, and is told as a conflict where an earlier entry was made
/// elsewhere. Neither the order nor the batches in which scans arrive change what they come to.
#[utoipa::path(
    post, path = "/api/admin/events/{eventId}/check-ins", tag = "check-in", security(("bearer" = [])),
    params(("eventId" = EventId, Path, description = "The event")),
    request_body = CheckInBatch,
    responses(
        (status = 200, description = "One answer a scan", body = CheckInAnswers),
        (status = 400, description = "`malformed`", body = ProblemBody),
        (status = 401, description = "`unauthenticated`", body = ProblemBody),
        (status = 403, description = "`forbidden`", body = ProblemBody),
        (status = 404, description = "`not_found`", body = ProblemBody),
        (status = 413, description = "`too_large`", body = ProblemBody),
        (status = 422, description = "`invalid`", body = ProblemBody),
        (status = 503, description = "`unavailable`", body = ProblemBody),
    )
)]
pub(super) async fn check_in(
    Extract(state): Extract<State>,
    GateKeeper(caller): GateKeeper,
    Path(event): Path<EventId>,
    why: Why,
    Json(batch): Json<CheckInBatch>,
) -> Result<Json<CheckInAnswers>, Problem> {
    let why = why.by(caller.user_id);
    check_in::take(&state, &caller, &event, &batch, &why).await.map(Json)
}

/// How many came through which gate, the last scans, and whom two gates let in by one ticket.
#[utoipa::path(
    get, path = "/api/admin/events/{eventId}/check-ins", tag = "check-in", security(("bearer" = [])),
    params(("eventId" = EventId, Path, description = "The event")),
    responses(
        (status = 200, description = "The counts", body = CheckIns),
        (status = 401, description = "`unauthenticated`", body = ProblemBody),
        (status = 403, description = "`forbidden`", body = ProblemBody),
        (status = 404, description = "`not_found`", body = ProblemBody),
        (status = 503, description = "`unavailable`", body = ProblemBody),
    )
)]
pub(super) async fn count_check_ins(
    Extract(state): Extract<State>,
    GateKeeper(caller): GateKeeper,
    Path(event): Path<EventId>,
) -> Result<Json<CheckIns>, Problem> {
    count_check_ins::of_event(&state, &caller, &event).await.map(Json)
}

/// Which page.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ListQuery {
    /// The `nextCursor` of the page before: what changed since, when it was the last one.
    after: Option<String>,
}

/// The list of tickets by which a device decides without a network, 2,000 a page, each page signed.
#[utoipa::path(
    get, path = "/api/admin/events/{eventId}/check-ins/list", tag = "check-in", security(("bearer" = [])),
    params(("eventId" = EventId, Path, description = "The event"), ListQuery),
    responses(
        (status = 200, description = "A page", body = GateList),
        (status = 400, description = "`malformed`", body = ProblemBody),
        (status = 401, description = "`unauthenticated`", body = ProblemBody),
        (status = 403, description = "`forbidden`", body = ProblemBody),
        (status = 404, description = "`not_found`", body = ProblemBody),
        (status = 503, description = "`unavailable`", body = ProblemBody),
    )
)]
pub(super) async fn list_for_gates(
    Extract(state): Extract<State>,
    GateKeeper(caller): GateKeeper,
    Path(event): Path<EventId>,
    Query(query): Query<ListQuery>,
) -> Result<Json<GateList>, Problem> {
    let after = query.after.as_deref().filter(|after| !after.is_empty());
    list_for_gates::page(&state, &caller, &event, after).await.map(Json)
}
