//! The list of published events, and an event's page.

use super::answers::{Refusals, answer};
use crate::service;
use crate::state::State;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use onsale_core::EventId;
use onsale_core::api::events::{EventDetail, EventSummary};
use onsale_core::api::page::{Page, PageQuery};
use onsale_core::api::problem::ProblemBody;
use onsale_platform::extract::{Path, Query};
use onsale_platform::problem::Problem;

/// The published events that have not ended, the soonest first.
#[utoipa::path(
    get,
    path = "/api/events",
    tag = "events",
    params(PageQuery),
    responses((status = 200, body = Page<EventSummary>), Refusals)
)]
pub(super) async fn list_events(
    state: axum::extract::State<State>,
    headers: HeaderMap,
    uri: Uri,
    Query(page): Query<PageQuery>,
) -> Result<Response, Problem> {
    answer(&state, &headers, uri.to_string(), service::list_events::list_events(&state, &page)).await
}

/// A published event.
#[utoipa::path(
    get,
    path = "/api/events/{eventId}",
    tag = "events",
    params(("eventId" = EventId, Path)),
    responses(
        (status = 200, body = EventDetail),
        (status = 304, description = "The same as under the ETag that was sent."),
        (status = 404, description = "`not_found`: not there, or not published.", body = ProblemBody,
         content_type = "application/problem+json")
    )
)]
pub(super) async fn get_event(
    state: axum::extract::State<State>,
    headers: HeaderMap,
    Path(id): Path<EventId>,
) -> Result<Response, Problem> {
    let work = async { Ok(service::show_event::show_event(&state, &id).await?) };
    answer(&state, &headers, format!("/api/events/{id}"), work).await
}
