//! Why a change happens, for the event store: from the request's headers.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use onsale_core::UserId;
use onsale_platform::outbox::Metadata;
use std::convert::Infallible;

/// The request's own id and trace.
#[derive(Debug, Clone, Default)]
pub(super) struct Why {
    correlation_id: Option<String>,
    traceparent: Option<String>,
}

impl Why {
    /// The same with who asks.
    pub(super) fn by(self, user_id: UserId) -> Metadata {
        Metadata {
            correlation_id: self.correlation_id,
            causation_id: None,
            user_id: Some(user_id),
            traceparent: self.traceparent,
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Why {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        let header = |name: &str| {
            let value = parts.headers.get(name)?.to_str().ok()?;
            (value.len() <= 128).then(|| value.to_owned())
        };
        Ok(Self { correlation_id: header("x-request-id"), traceparent: header("traceparent") })
    }
}
