//! `GET /api/events/{id}/live`: seats as they change, answered here for all who watch (`live.rs`).

use crate::state::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use onsale_core::EventId;
use onsale_platform::extract::Path;
use onsale_platform::problem::Problem;

pub(super) async fn seats(
    state: axum::extract::State<State>,
    Path(event): Path<EventId>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let last = headers.get("last-event-id").and_then(|id| id.to_str().ok()?.parse().ok());
    Ok(state.live.watch(&event, last).await?.into_response())
}
