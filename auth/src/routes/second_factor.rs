//! The second factor of one's own account.

use super::refusals::Refusals;
use crate::error::AuthError;
use crate::service::manage_second_factor;
use crate::state::State;
use axum::extract;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, HeaderName};
use onsale_core::api::accounts::{RecoveryCodes, SecondFactorCode, SecondFactorSecret};
use onsale_platform::extract::Json;
use onsale_platform::identity::Caller;
use onsale_platform::problem::Problem;

/// Answers with a secret are kept by nobody.
type Secret<T> = ([(HeaderName, &'static str); 1], Json<T>);

/// Whoever is signed in stays so: a wrong code is a field that is wrong.
fn unproven(error: AuthError) -> Problem {
    match error {
        AuthError::WrongCode => {
            let problem = Problem::unprocessable("invalid_code", "The code is wrong, or was used.");
            problem.with_error("code", "invalid_code", "send the next one of your device, or a recovery code")
        }
        other => other.into(),
    }
}

fn secret<T>(answer: T) -> Secret<T> {
    ([(CACHE_CONTROL, "no-store")], Json(answer))
}

/// Asks for a secret for your device. It counts once a code confirms it.
#[utoipa::path(
    post, path = "/api/auth/second-factor", tag = "accounts", operation_id = "beginSecondFactor",
    responses((status = 200, body = SecondFactorSecret), Refusals), security(("bearer" = []))
)]
pub(super) async fn begin(
    extract::State(state): extract::State<State>,
    caller: Caller,
) -> Result<Secret<SecondFactorSecret>, Problem> {
    Ok(secret(manage_second_factor::begin(&state, &caller).await?))
}

/// Confirms it by a code: from now on signing in needs one. The recovery codes are in this answer and nowhere else.
#[utoipa::path(
    post, path = "/api/auth/second-factor/confirm", tag = "accounts", operation_id = "confirmSecondFactor",
    request_body = SecondFactorCode, responses((status = 200, body = RecoveryCodes), Refusals),
    security(("bearer" = []))
)]
pub(super) async fn confirm(
    extract::State(state): extract::State<State>,
    caller: Caller,
    Json(request): Json<SecondFactorCode>,
) -> Result<Secret<RecoveryCodes>, Problem> {
    Ok(secret(manage_second_factor::confirm(&state, &caller, &request.code).await.map_err(unproven)?))
}

/// New recovery codes; the old ones work no more.
#[utoipa::path(
    post, path = "/api/auth/second-factor/recovery-codes", tag = "accounts", operation_id = "renewRecoveryCodes",
    request_body = SecondFactorCode, responses((status = 200, body = RecoveryCodes), Refusals),
    security(("bearer" = []))
)]
pub(super) async fn renew(
    extract::State(state): extract::State<State>,
    caller: Caller,
    Json(request): Json<SecondFactorCode>,
) -> Result<Secret<RecoveryCodes>, Problem> {
    Ok(secret(manage_second_factor::renew_recovery(&state, &caller, &request.code).await.map_err(unproven)?))
}

/// Takes the second factor away.
#[utoipa::path(
    post, path = "/api/auth/second-factor/remove", tag = "accounts", operation_id = "removeSecondFactor",
    request_body = SecondFactorCode, responses((status = 204, description = "Gone"), Refusals),
    security(("bearer" = []))
)]
pub(super) async fn remove(
    extract::State(state): extract::State<State>,
    caller: Caller,
    Json(request): Json<SecondFactorCode>,
) -> Result<StatusCode, Problem> {
    manage_second_factor::remove(&state, &caller, &request.code).await.map_err(unproven)?;
    Ok(StatusCode::NO_CONTENT)
}
