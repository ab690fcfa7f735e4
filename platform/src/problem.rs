//! Errors as clients read them: RFC 9457 `application/problem+json`, made in one place.
//!
//! A handler returns a [`Problem`]; [`layer`] completes it with the path and the trace, and turns
//! whatever axum itself refuses (404, 405, 413, 415) into one too. Server errors are logged there, once.

mod catalogue;
mod layer;

pub use catalogue::{CATALOGUE, Explanation, explain};
pub use layer::layer;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use onsale_core::api::problem::{FieldError, ProblemBody};
use serde::Serialize;
use serde_json::{Map, Value};
use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

/// An answer that is an error.
#[derive(Debug, Clone)]
pub struct Problem {
    status: StatusCode,
    code: &'static str,
    detail: String,
    errors: Vec<FieldError>,
    members: Map<String, Value>,
    retry_after: Option<Duration>,
    source: Option<Arc<dyn Error + Send + Sync>>,
}

impl Problem {
    /// A problem of this code, which must be in the [`CATALOGUE`].
    #[must_use]
    pub fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        debug_assert!(explain(code).is_some(), "the problem {code} is not in the catalogue");
        Self {
            status,
            code,
            detail: detail.into(),
            errors: Vec::new(),
            members: Map::new(),
            retry_after: None,
            source: None,
        }
    }

    /// 400: the request cannot be read; `field` says where.
    #[must_use]
    pub fn malformed(field: &str, message: impl Into<String>) -> Self {
        let message = message.into();
        Self::new(StatusCode::BAD_REQUEST, "malformed", format!("{field}: {message}")).with_error(
            field,
            "malformed",
            message,
        )
    }

    /// 401: nobody is signed in, or the token is not good.
    #[must_use]
    pub fn unauthenticated(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "unauthenticated", detail)
    }

    /// 403: signed in, but not allowed.
    #[must_use]
    pub fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", detail)
    }

    /// 404: not there, or another's.
    #[must_use]
    pub fn not_found(what: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", format!("There is no such {what}, or it is not yours."))
    }

    /// 409.
    #[must_use]
    pub fn conflict(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, code, detail)
    }

    /// 422: one field is wrong. More can follow by [`Problem::with_error`].
    #[must_use]
    pub fn invalid(field: &str, code: &str, message: impl Into<String>) -> Self {
        Self::unprocessable("invalid", "Some fields are not right.").with_error(field, code, message)
    }

    /// 422 with a code of its own.
    #[must_use]
    pub fn unprocessable(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, detail)
    }

    /// 429: come again after `retry_after`.
    #[must_use]
    pub fn too_many(detail: impl Into<String>, retry_after: Duration) -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, "rate_limited", detail).with_retry_after(retry_after)
    }

    /// 503: a part is away or full; come again after `retry_after`.
    #[must_use]
    pub fn unavailable(detail: impl Into<String>, retry_after: Duration) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", detail).with_retry_after(retry_after)
    }

    /// 500: our own fault. The source goes to the log, never to the client.
    #[must_use]
    pub fn internal(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "This did not work, and it is our fault.")
            .with_source(source)
    }

    /// Names one more field that is wrong.
    #[must_use]
    pub fn with_error(mut self, field: &str, code: &str, message: impl Into<String>) -> Self {
        self.errors.push(FieldError { field: field.to_owned(), code: code.to_owned(), message: message.into() });
        self
    }

    /// Adds a member of its own, e.g. `seats`.
    #[must_use]
    pub fn with_member(mut self, name: &str, value: impl Serialize) -> Self {
        self.members.insert(name.to_owned(), serde_json::to_value(value).unwrap_or(Value::Null));
        self
    }

    /// Says when to come again.
    #[must_use]
    pub fn with_retry_after(mut self, after: Duration) -> Self {
        self.retry_after = Some(after);
        self
    }

    /// Keeps what caused it, for the log.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(Arc::from(source.into()));
        self
    }

    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The stable word.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// The answer's body, as it is sent when the path and the trace are known.
    #[must_use]
    pub fn body(&self, instance: &str, trace_id: &str) -> ProblemBody {
        ProblemBody {
            kind: format!("/problems/{}", self.code),
            title: explain(self.code).map_or(self.code, |known| known.title).to_owned(),
            status: self.status.as_u16(),
            detail: self.detail.clone(),
            instance: instance.to_owned(),
            code: self.code.to_owned(),
            trace_id: trace_id.to_owned(),
            errors: self.errors.clone(),
            members: self.members.clone(),
        }
    }

    fn respond(&self, instance: &str, trace_id: &str) -> Response {
        let bytes = serde_json::to_vec(&self.body(instance, trace_id)).unwrap_or_default();
        let mut response = (self.status, bytes).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(after) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(after.as_secs().max(1)));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.respond("", "");
        response.extensions_mut().insert(self);
        response
    }
}

impl From<sqlx::Error> for Problem {
    /// A database that is away is 503; anything else is our own fault.
    fn from(error: sqlx::Error) -> Self {
        if crate::pg::is_unavailable(&error) {
            Self::unavailable("The database is not reachable just now.", Duration::from_secs(1)).with_source(error)
        } else {
            Self::internal(error)
        }
    }
}
