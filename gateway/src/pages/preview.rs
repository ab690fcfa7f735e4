//! `GET /organiser/events/{eventId}/preview/page`: the main part of a draft's page, written as buyers would see it. Whose
//! draft it is, and whether there is one, is admin's to say.

use crate::pages::{html, page};
use crate::proxy::remove_internal;
use crate::state::State;
use axum::body::Body;
use axum::extract::{self, OriginalUri, Path, Request};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::Response;
use http_body_util::{BodyExt, Limited};
use onsale_core::EventId;
use onsale_core::api::events::EventDetail;
use onsale_platform::problem::Problem;
use std::time::Duration;

/// A draft is not larger than what admin takes (64 KiB), told with little more.
const ANSWER_BYTES_MAX: usize = 1024 * 1024;
const ANSWER_MAX: Duration = Duration::from_secs(3);

/// The page's main part, for whoever may see the draft; admin's refusal for anybody else.
pub(crate) async fn show(
    state: extract::State<State>,
    Path(id): Path<String>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let id = EventId::new(id).map_err(|_| Problem::not_found("event"))?;
    let mut request = Request::new(Body::empty());
    *request.uri_mut() = Uri::try_from(format!("/api/admin/events/{id}/preview")).map_err(Problem::internal)?;
    if let Some(token) = headers.get(header::AUTHORIZATION) {
        request.headers_mut().insert(header::AUTHORIZATION, token.clone());
    }
    let mut response = state.ways.admin.call(request).await?;
    if response.status() != StatusCode::OK {
        remove_internal(response.headers_mut());
        return Ok(response);
    }
    let body = Limited::new(response.into_body(), ANSWER_BYTES_MAX);
    let read = tokio::time::timeout(ANSWER_MAX, body.collect()).await;
    let bytes = read.map_err(Problem::internal)?.map_err(Problem::internal)?.to_bytes();
    let event: EventDetail = serde_json::from_slice(&bytes).map_err(Problem::internal)?;
    Ok(html(&state, onsale_ui::preview(&page(&state, &uri, &headers), &event)))
}
