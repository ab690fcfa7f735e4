//! What the handlers of this service have in common.

use crate::error::AdminError;
use crate::service::Outcome;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use onsale_core::api::problem::ProblemBody;
use onsale_platform::extract::Json;
use onsale_platform::problem::Problem;
use serde::Serialize;

/// The answer of a POST: made now with this status, or the first one again.
pub(super) fn respond<T: Serialize>(
    outcome: Result<Outcome<T>, AdminError>,
    status: StatusCode,
) -> Result<Response, Problem> {
    match outcome? {
        Outcome::Done(answer) => Ok((status, Json(answer)).into_response()),
        Outcome::Replayed(stored) => Ok(stored.replay()),
    }
}

/// How reading can be refused.
#[derive(utoipa::IntoResponses)]
#[expect(dead_code, reason = "it only describes answers to the OpenAPI document")]
pub(super) enum ReadRefusals {
    /// `unauthenticated`: no good token.
    #[response(status = 401, content_type = "application/problem+json")]
    Unauthenticated(ProblemBody),
    /// `forbidden`: the role organiser or admin is needed.
    #[response(status = 403, content_type = "application/problem+json")]
    Forbidden(ProblemBody),
    /// `not_found`: not there, or another's.
    #[response(status = 404, content_type = "application/problem+json")]
    NotFound(ProblemBody),
}

/// How a list can be refused.
#[derive(utoipa::IntoResponses)]
#[expect(dead_code, reason = "it only describes answers to the OpenAPI document")]
pub(super) enum ListRefusals {
    /// `malformed`: a cursor that was never given.
    #[response(status = 400, content_type = "application/problem+json")]
    Malformed(ProblemBody),
    /// `unauthenticated`: no good token.
    #[response(status = 401, content_type = "application/problem+json")]
    Unauthenticated(ProblemBody),
    /// `forbidden`: the role organiser or admin is needed.
    #[response(status = 403, content_type = "application/problem+json")]
    Forbidden(ProblemBody),
    /// `not_found`: not there, or another's.
    #[response(status = 404, content_type = "application/problem+json")]
    NotFound(ProblemBody),
    /// `invalid`: a limit beyond 1–100.
    #[response(status = 422, content_type = "application/problem+json")]
    Invalid(ProblemBody),
}

/// How a change can be refused.
#[derive(utoipa::IntoResponses)]
#[expect(dead_code, reason = "it only describes answers to the OpenAPI document")]
pub(super) enum WriteRefusals {
    /// `malformed`: the body cannot be read.
    #[response(status = 400, content_type = "application/problem+json")]
    Malformed(ProblemBody),
    /// `unauthenticated`: no good token.
    #[response(status = 401, content_type = "application/problem+json")]
    Unauthenticated(ProblemBody),
    /// `forbidden`: the role organiser or admin is needed.
    #[response(status = 403, content_type = "application/problem+json")]
    Forbidden(ProblemBody),
    /// `not_found`: not there, or another's.
    #[response(status = 404, content_type = "application/problem+json")]
    NotFound(ProblemBody),
    /// `id_taken`, `state_conflict`, `in_progress`.
    #[response(status = 409, content_type = "application/problem+json")]
    Conflict(ProblemBody),
    /// `body_too_large`.
    #[response(status = 413, content_type = "application/problem+json")]
    TooLarge(ProblemBody),
    /// `unsupported_media_type`.
    #[response(status = 415, content_type = "application/problem+json")]
    NotJson(ProblemBody),
    /// `invalid`, with every field that is wrong; `idempotency_key_reused`.
    #[response(status = 422, content_type = "application/problem+json")]
    Invalid(ProblemBody),
}
