//! The OpenAPI document of all services, as JSON.

use crate::state::State;
use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use sha2::{Digest, Sha256};
use utoipa::openapi::OpenApi;

/// The document, written once.
pub(crate) struct Document {
    pub(crate) value: Value,
    json: Bytes,
    etag: HeaderValue,
}

impl Document {
    pub(crate) fn new(openapi: &OpenApi) -> Self {
        let value = serde_json::to_value(openapi).unwrap_or_default();
        let json = serde_json::to_vec(&value).unwrap_or_default();
        let digest = hex::encode(&Sha256::digest(&json)[..8]);
        let etag = HeaderValue::try_from(format!("\"{digest}\"")).unwrap_or_else(|_| HeaderValue::from_static("\"0\""));
        Self { value, json: json.into(), etag }
    }
}

/// `GET /api/openapi.json`.
pub(super) async fn json(state: axum::extract::State<State>, asked: HeaderMap) -> Response {
    let document = &state.document;
    let caching = [
        (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=60")),
        (header::ETAG, document.etag.clone()),
    ];
    if asked.get(header::IF_NONE_MATCH).is_some_and(|known| *known == document.etag) {
        return (StatusCode::NOT_MODIFIED, caching).into_response();
    }
    (caching, [(header::CONTENT_TYPE, "application/json")], document.json.clone()).into_response()
}
