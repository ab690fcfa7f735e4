//! What an answer between services means to the one who asked.

use super::CallError;
use axum::body::Body;
use axum::http::{Method, Response, StatusCode};
use bytes::Bytes;
use http_body_util::{BodyExt, Limited};
use onsale_core::api::problem::ProblemBody;
use serde::de::DeserializeOwned;
use serde_json::Map;

/// The most bytes of an answer between services: an offer of 60,000 seats has about 10 MB.
const BODY_BYTES_MAX: usize = 64 * 1024 * 1024;

/// Reads the answer to its end.
pub(super) async fn read<T: DeserializeOwned>(method: &Method, response: Response<Body>) -> Result<T, CallError> {
    let (head, body) = response.into_parts();
    let bytes = match Limited::new(body, BODY_BYTES_MAX).collect().await {
        Ok(collected) => collected.to_bytes(),
        Err(error) => return Err(CallError::Unknown(format!("{}: the answer broke off: {error}", head.status))),
    };
    if head.status.is_success() {
        // Calls that answer nothing are read as `()`.
        let json: &[u8] = if bytes.is_empty() { b"null" } else { &bytes };
        return serde_json::from_slice(json)
            .map_err(|error| CallError::Unknown(format!("{}: the answer cannot be read: {error}", head.status)));
    }
    Err(refusal(method, head.status, &bytes))
}

/// 429 is given before any effect. A 503 to a call that changes something may have come when its
/// transaction's answer was lost, so only to a reading one it surely means that nothing happened.
fn refusal(method: &Method, status: StatusCode, bytes: &Bytes) -> CallError {
    let problem = serde_json::from_slice::<ProblemBody>(bytes);
    let text = match &problem {
        Ok(problem) => format!("{status} {}: {}", problem.code, problem.detail),
        Err(_) => status.to_string(),
    };
    match status {
        StatusCode::TOO_MANY_REQUESTS => CallError::NotTaken(text),
        StatusCode::SERVICE_UNAVAILABLE if method.is_safe() => CallError::NotTaken(text),
        StatusCode::REQUEST_TIMEOUT => CallError::Unknown(text),
        status if status.is_client_error() => CallError::Refused(Box::new(problem.unwrap_or_else(|_| bare(status)))),
        _ => CallError::Unknown(text),
    }
}

/// A refusal without a readable problem.
fn bare(status: StatusCode) -> ProblemBody {
    ProblemBody {
        kind: "about:blank".to_owned(),
        title: status.canonical_reason().unwrap_or_default().to_owned(),
        status: status.as_u16(),
        detail: String::new(),
        instance: String::new(),
        code: String::new(),
        trace_id: String::new(),
        errors: Vec::new(),
        members: Map::new(),
    }
}
