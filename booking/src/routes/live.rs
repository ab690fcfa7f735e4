//! `GET /api/events/{id}/live`: seat changes as they happen, as server-sent events.

use crate::service::watch_seats;
use crate::state::State;
use axum::extract::State as Extract;
use axum::http::HeaderMap;
use axum::response::Sse;
use axum::response::sse::{Event, KeepAlive};
use futures::Stream;
use onsale_core::EventId;
use onsale_core::api::problem::ProblemBody;
use onsale_platform::extract::Path;
use onsale_platform::problem::Problem;
use std::convert::Infallible;
use std::time::Duration;

/// Watch an event's seats.
///
/// The first message is a `snapshot` as `/seats` gives it, unless `Last-Event-ID` is the version that stands;
/// then a `delta` for each change: `{from, version, changes: [[seat, digit], …]}`.
#[utoipa::path(
    get, path = "/api/events/{eventId}/live", tag = "events",
    params(
        ("eventId" = EventId, Path, description = "The event"),
        ("Last-Event-ID" = Option<i64>, Header, description = "The version that the client has"),
    ),
    responses(
        (status = 200, description = "A stream of server-sent events", content_type = "text/event-stream"),
        (status = 404, description = "`not_found`", body = ProblemBody),
    )
)]
pub(super) async fn watch_seats(
    Extract(state): Extract<State>,
    Path(event): Path<EventId>,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>> + use<>>, Problem> {
    let last = headers.get("last-event-id").and_then(|id| id.to_str().ok()?.parse().ok());
    let stream = watch_seats::watch(&state, &event, last).await?;
    Ok(Sse::new(stream).keep_alive(KeepAlive::new().interval(Duration::from_secs(15))))
}
