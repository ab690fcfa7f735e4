//! `GET /api/docs`: the OpenAPI document as a page of our own, without anybody's script.

use crate::pages;
use crate::state::State;
use axum::extract::OriginalUri;
use axum::http::HeaderMap;
use axum::response::Response;

pub(super) async fn page(
    state: axum::extract::State<State>,
    OriginalUri(uri): OriginalUri,
    asked: HeaderMap,
) -> Response {
    let page = pages::page(&state, &uri, &asked);
    pages::html(&state, onsale_ui::api_docs(&page, &state.document.value))
}
