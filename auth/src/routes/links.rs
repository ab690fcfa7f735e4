//! What mailed links do: choose a new password, prove the address.

use super::client::ClientAddress;
use crate::service::{prove_email, reset_password};
use crate::state::State;
use axum::extract;
use axum::http::StatusCode;
use onsale_core::api::accounts::{ForgotPassword, ResetPassword, VerifyEmail};
use onsale_core::api::problem::ProblemBody;
use onsale_platform::extract::{Json, Valid};
use onsale_platform::problem::Problem;

/// Asks for a link to choose a new password. The answer is the same whether or not there is an account.
#[utoipa::path(
    post,
    path = "/api/auth/password/forgot",
    tag = "accounts",
    operation_id = "forgotPassword",
    request_body = ForgotPassword,
    responses(
        (status = 202, description = "If there is such an account, a mail is on its way"),
        (status = 400, description = "`malformed`", body = ProblemBody),
        (status = 413, description = "`body_too_large`", body = ProblemBody),
        (status = 415, description = "`unsupported_media_type`", body = ProblemBody),
        (status = 422, description = "`invalid`", body = ProblemBody),
        (status = 503, description = "`unavailable`", body = ProblemBody),
    )
)]
pub(super) async fn forgot(
    extract::State(state): extract::State<State>,
    ClientAddress(address): ClientAddress,
    Valid(request): Valid<ForgotPassword>,
) -> Result<StatusCode, Problem> {
    reset_password::request_link(&state, request.email, address)?;
    Ok(StatusCode::ACCEPTED)
}

/// Sets a new password by the mailed link, and ends all sessions.
#[utoipa::path(
    post,
    path = "/api/auth/password/reset",
    tag = "accounts",
    operation_id = "resetPassword",
    request_body = ResetPassword,
    responses(
        (status = 204, description = "The password is the new one: sign in"),
        (status = 400, description = "`malformed`", body = ProblemBody),
        (status = 413, description = "`body_too_large`", body = ProblemBody),
        (status = 415, description = "`unsupported_media_type`", body = ProblemBody),
        (status = 422, description = "`invalid` (the link), `password_too_short`, `password_too_common`", body = ProblemBody),
        (status = 503, description = "`unavailable`", body = ProblemBody),
    )
)]
pub(super) async fn reset(
    extract::State(state): extract::State<State>,
    Json(request): Json<ResetPassword>,
) -> Result<StatusCode, Problem> {
    reset_password::reset(&state, request).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Proves the address by the mailed link.
#[utoipa::path(
    post,
    path = "/api/auth/email/verify",
    tag = "accounts",
    operation_id = "verifyEmail",
    request_body = VerifyEmail,
    responses(
        (status = 204, description = "The address is proven"),
        (status = 400, description = "`malformed`", body = ProblemBody),
        (status = 413, description = "`body_too_large`", body = ProblemBody),
        (status = 415, description = "`unsupported_media_type`", body = ProblemBody),
        (status = 422, description = "`invalid` (the link)", body = ProblemBody),
        (status = 503, description = "`unavailable`", body = ProblemBody),
    )
)]
pub(super) async fn verify(
    extract::State(state): extract::State<State>,
    Json(request): Json<VerifyEmail>,
) -> Result<StatusCode, Problem> {
    prove_email::prove(&state, &request.token).await?;
    Ok(StatusCode::NO_CONTENT)
}
