//! What anybody checks the line with.

use super::device::held;
use crate::service::prove;
use crate::state::State;
use axum::extract::State as Extract;
use axum::http::HeaderMap;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use onsale_core::EventId;
use onsale_core::api::problem::ProblemBody;
use onsale_core::lineup::EntryId;
use onsale_core::lineup::proof::LineProof;
use onsale_platform::extract::{Json, Path};
use onsale_platform::problem::Problem;
use serde::Serialize;
use utoipa::ToSchema;

/// Check the line.
///
/// The hash of the secret, the heads of the chain, the list's root, and once it is revealed the secret; with your queue
/// token also your own entry and its way to the root. `onsale queue verify` makes all checks.
#[utoipa::path(
    get, path = "/api/queue/{eventId}/proof", tag = "queue",
    params(("eventId" = EventId, Path), ("X-Queue-Token" = Option<String>, Header, description = "Of joining")),
    responses(
        (status = 200, body = LineProof),
        (status = 404, description = "`not_found`: the event has no waiting room", body = ProblemBody),
        (status = 503, description = "`unavailable`", body = ProblemBody),
    )
)]
pub(super) async fn proof(
    Extract(state): Extract<State>,
    Path(event): Path<EventId>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let held = held(&state, &event, &headers)?;
    let proof = prove::proof(&state, &event, held).await?;
    Ok(([(CACHE_CONTROL, "no-store")], Json(proof)).into_response())
}

/// All entries in the order of joining.
#[derive(Serialize, ToSchema)]
pub(super) struct LineEntries {
    /// Of the lobby's list once it is frozen; before, and where there is no lobby, up to the last published head.
    entries: Vec<EntryId>,
}

/// All entries, to be checked by anybody.
#[utoipa::path(
    get, path = "/api/queue/{eventId}/proof/entries", tag = "queue", params(("eventId" = EventId, Path)),
    responses(
        (status = 200, body = LineEntries),
        (status = 404, description = "`not_found`: the event has no waiting room", body = ProblemBody),
        (status = 503, description = "`unavailable`", body = ProblemBody),
    )
)]
pub(super) async fn entries(Extract(state): Extract<State>, Path(event): Path<EventId>) -> Result<Response, Problem> {
    let (json, is_final) = prove::entries(&state, &event).await?;
    let caching = if is_final { "public, max-age=31536000, immutable" } else { "public, max-age=10" };
    Ok(([(CONTENT_TYPE, "application/json"), (CACHE_CONTROL, caching)], json).into_response())
}
