//! `GET /api/queue/{eventId}/live`: the line as it moves, as server-sent events.

use crate::service::watch;
use crate::state::State;
use axum::extract::State as Extract;
use axum::response::{IntoResponse, Response};
use onsale_core::EventId;
use onsale_core::api::problem::ProblemBody;
use onsale_platform::extract::{Path, Query};
use onsale_platform::problem::Problem;
use serde::Deserialize;
use utoipa::IntoParams;

/// Who watches.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Watch {
    /// The position in your receipt, from 1.
    position: Option<u32>,
}

/// Watch the line.
///
/// Each message is called `line` and holds what `GET /api/queue/{eventId}` answers; the first comes at once, the next as
/// the line changes, every 15 s at least, or every 40 s where very many watch. With `position`, the one of your receipt, you hear within a second when you are
/// called, however many watch; what matters to all (a pause, a message, all held, sold out, closed) is told to all as soon.
#[utoipa::path(
    get, path = "/api/queue/{eventId}/live", tag = "queue", params(("eventId" = EventId, Path), Watch),
    responses(
        (status = 200, description = "A stream of server-sent events", content_type = "text/event-stream"),
        (status = 404, description = "`not_found`: the event has no waiting room", body = ProblemBody),
        (status = 503, description = "`unavailable`", body = ProblemBody),
    )
)]
pub(super) async fn live(
    Extract(state): Extract<State>,
    Path(event): Path<EventId>,
    Query(query): Query<Watch>,
) -> Result<Response, Problem> {
    Ok(watch::watch(&state, &event, query.position.unwrap_or(0))?.into_response())
}
