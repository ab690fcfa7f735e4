//! `/api/payments/webhooks/{provider}`: the provider calls.

use super::payments::Why;
use crate::error::ServiceError;
use crate::service::receive_webhook;
use crate::state::State;
use axum::body::Bytes;
use axum::extract::State as Extract;
use axum::http::{HeaderMap, StatusCode};
use onsale_core::api::problem::ProblemBody;
use onsale_platform::extract::Path;
use onsale_platform::problem::Problem;

/// The provider's calls, by signature.
#[utoipa::path(
    post,
    path = "/api/payments/webhooks/{provider}",
    tag = "payments",
    params(
        ("provider" = String, Path, description = "`stripe`"),
        ("Stripe-Signature" = String, Header, description = "`t=…,v1=…`: HMAC-SHA256 over `timestamp.rawbody`, ± 300 s"),
    ),
    request_body(content = Object, description = "The provider's event; only the object that it names is looked at."),
    responses(
        (status = 200, description = "Taken; what it is about was looked up at the provider."),
        (status = 400, description = "`signature_invalid`, `malformed`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such provider", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "`body_too_large`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "`unavailable`: send it again later", body = ProblemBody, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn receive(
    Extract(state): Extract<State>,
    Path(provider): Path<String>,
    Why(why): Why,
    headers: HeaderMap,
    body: Bytes,
) -> Result<StatusCode, Problem> {
    if provider != "stripe" {
        return Err(ServiceError::Missing("provider").into());
    }
    let header = headers.get("stripe-signature").and_then(|value| value.to_str().ok()).unwrap_or_default();
    receive_webhook::receive(&state, header, &body, &why).await?;
    Ok(StatusCode::OK)
}
