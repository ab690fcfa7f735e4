//! `GET /api/events/{id}/live`: seat changes as they happen, as server-sent events.

use crate::service::watch_seats;
use crate::state::State;
use axum::extract::State as Extract;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use onsale_core::EventId;
use onsale_core::api::problem::ProblemBody;
use onsale_platform::extract::Path;
use onsale_platform::problem::Problem;

/// Watch an event's seats.
///
/// The first message is a `snapshot` as `/seats` gives it, unless `Last-Event-ID` is a version whose changes are still
/// kept; then a `delta` every 0.25–3 s while something changes: `{from, version, changes: [[seat, digit], …]}`. What was
/// missed, or came too fast for the reader, is told by another `snapshot`.
#[utoipa::path(
    get, path = "/api/events/{eventId}/live", tag = "events",
    params(
        ("eventId" = EventId, Path, description = "The event"),
        ("Last-Event-ID" = Option<i64>, Header, description = "The version that the client has"),
    ),
    responses(
        (status = 200, description = "A stream of server-sent events", content_type = "text/event-stream"),
        (status = 404, description = "`not_found`", body = ProblemBody),
        (status = 503, description = "`unavailable`: nothing is known of the seats just now", body = ProblemBody),
    )
)]
pub(super) async fn watch_seats(
    Extract(state): Extract<State>,
    Path(event): Path<EventId>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let last = headers.get("last-event-id").and_then(|id| id.to_str().ok()?.parse().ok());
    Ok(watch_seats::watch(&state, &event, last).await?.into_response())
}
