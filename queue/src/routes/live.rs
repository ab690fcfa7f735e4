//! `GET /api/queue/{eventId}/live`: the line as it moves, as server-sent events.

use crate::service::watch;
use crate::state::State;
use axum::extract::State as Extract;
use axum::response::{IntoResponse, Response};
use onsale_core::EventId;
use onsale_core::api::problem::ProblemBody;
use onsale_platform::extract::Path;
use onsale_platform::problem::Problem;

/// Watch the line.
///
/// Each message is called `line` and holds what `GET /api/queue/{eventId}` answers; the first comes at once, the next as
/// the line changes, every 1–5 s at most and every 15 s at least.
#[utoipa::path(
    get, path = "/api/queue/{eventId}/live", tag = "queue", params(("eventId" = EventId, Path)),
    responses(
        (status = 200, description = "A stream of server-sent events", content_type = "text/event-stream"),
        (status = 404, description = "`not_found`: the event has no waiting room", body = ProblemBody),
        (status = 503, description = "`unavailable`", body = ProblemBody),
    )
)]
pub(super) async fn live(Extract(state): Extract<State>, Path(event): Path<EventId>) -> Result<Response, Problem> {
    Ok(watch::watch(&state, &event)?.into_response())
}
