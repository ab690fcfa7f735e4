//! Answers that are the same for everybody: kept for a second, and checked by ETag.

use crate::state::State;
use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use onsale_core::api::problem::ProblemBody;
use onsale_platform::problem::Problem;
use serde::Serialize;
use std::future::Future;
use std::hash::Hasher;
use std::sync::Arc;

/// An answer as it is sent.
#[derive(Debug, Clone)]
pub(crate) struct Cached {
    body: Bytes,
    etag: HeaderValue,
}

impl Cached {
    fn of<T: Serialize>(value: &T) -> Result<Self, Problem> {
        let body = serde_json::to_vec(value).map_err(Problem::internal)?;
        let mut hasher = std::hash::DefaultHasher::new();
        hasher.write(&body);
        let etag = HeaderValue::try_from(format!("W/\"{:016x}\"", hasher.finish())).map_err(Problem::internal)?;
        Ok(Self { body: body.into(), etag })
    }

    fn respond(self, headers: &HeaderMap) -> Response {
        let known = headers
            .get_all(header::IF_NONE_MATCH)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .any(|tag| tag.trim().trim_start_matches("W/") == strong(&self.etag));
        let common = [
            (header::ETAG, self.etag.clone()),
            (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=1, stale-while-revalidate=10")),
        ];
        if known {
            return (StatusCode::NOT_MODIFIED, common).into_response();
        }
        let kind = [(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))];
        (common, kind, self.body).into_response()
    }
}

/// The tag without its mark of weakness: `If-None-Match` compares weakly (RFC 9110, 13.1.2).
fn strong(etag: &HeaderValue) -> &str {
    etag.to_str().unwrap_or_default().trim_start_matches("W/")
}

/// Answers from what is kept under `key`, or works it out once for all who ask meanwhile.
pub(super) async fn answer<T: Serialize>(
    state: &State,
    headers: &HeaderMap,
    key: String,
    work: impl Future<Output = Result<T, Problem>>,
) -> Result<Response, Problem> {
    let kept = state.answers.try_get_with(key, async { work.await.and_then(|value| Cached::of(&value)) }).await;
    match kept {
        Ok(cached) => Ok(cached.respond(headers)),
        Err(problem) => Err(Arc::unwrap_or_clone(problem)),
    }
}

/// How a public question can be refused.
#[derive(utoipa::IntoResponses)]
#[expect(dead_code, reason = "it only describes answers to the OpenAPI document")]
pub(super) enum Refusals {
    /// The same as under the ETag that was sent.
    #[response(status = 304)]
    NotModified,
    /// `malformed`: a parameter or the cursor cannot be read.
    #[response(status = 400, content_type = "application/problem+json")]
    Malformed(ProblemBody),
    /// `invalid`: every parameter that is not right.
    #[response(status = 422, content_type = "application/problem+json")]
    Invalid(ProblemBody),
}
