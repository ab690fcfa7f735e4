//! Search, and completions as one types.

use super::answers::{Refusals, answer};
use crate::service;
use crate::state::State;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use onsale_core::api::events::{SearchQuery, SearchResult, Suggestions};
use onsale_platform::extract::Query;
use onsale_platform::problem::Problem;
use serde::Deserialize;
use utoipa::IntoParams;

/// What one has typed so far.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct SuggestQuery {
    /// The beginning of a city, a venue or an event.
    #[serde(default)]
    q: String,
}

/// Search published events; typos are forgiven where nothing is written as asked.
#[utoipa::path(
    get,
    path = "/api/search/events",
    tag = "events",
    params(SearchQuery),
    responses((status = 200, body = SearchResult), Refusals)
)]
pub(super) async fn search_events(
    state: axum::extract::State<State>,
    headers: HeaderMap,
    uri: Uri,
    Query(query): Query<SearchQuery>,
) -> Result<Response, Problem> {
    let work = async { Ok(service::search_events::search_events(&state, &query).await?) };
    answer(&state, &headers, uri.to_string(), work).await
}

/// Completions, best first.
#[utoipa::path(
    get,
    path = "/api/search/suggest",
    tag = "events",
    params(SuggestQuery),
    responses((status = 200, body = Suggestions), Refusals)
)]
pub(super) async fn suggest(
    state: axum::extract::State<State>,
    headers: HeaderMap,
    uri: Uri,
    Query(query): Query<SuggestQuery>,
) -> Result<Response, Problem> {
    let work = async { Ok(service::suggest::suggest(&state, &query.q).await?) };
    answer(&state, &headers, uri.to_string(), work).await
}
