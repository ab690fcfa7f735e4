//! How calls of organisers and admins can be refused, for the OpenAPI document.

use onsale_core::api::problem::ProblemBody;

/// How a call can be refused.
#[derive(utoipa::IntoResponses)]
#[expect(dead_code, reason = "it only describes answers to the OpenAPI document")]
pub(super) enum Refusals {
    /// `malformed`: the body or a cursor cannot be read.
    #[response(status = 400, content_type = "application/problem+json")]
    Malformed(ProblemBody),
    /// `unauthenticated`: no good token.
    #[response(status = 401, content_type = "application/problem+json")]
    Unauthenticated(ProblemBody),
    /// `forbidden`: another role is needed, or it is switched off.
    #[response(status = 403, content_type = "application/problem+json")]
    Forbidden(ProblemBody),
    /// `not_found`: not there, or another organisation's.
    #[response(status = 404, content_type = "application/problem+json")]
    NotFound(ProblemBody),
    /// `state_conflict`, `other_address`.
    #[response(status = 409, content_type = "application/problem+json")]
    Conflict(ProblemBody),
    /// `body_too_large`.
    #[response(status = 413, content_type = "application/problem+json")]
    TooLarge(ProblemBody),
    /// `unsupported_media_type`.
    #[response(status = 415, content_type = "application/problem+json")]
    NotJson(ProblemBody),
    /// `invalid`, with every field that is wrong; `invalid_code`.
    #[response(status = 422, content_type = "application/problem+json")]
    Invalid(ProblemBody),
    /// `unavailable`.
    #[response(status = 503, content_type = "application/problem+json")]
    Unavailable(ProblemBody),
}
