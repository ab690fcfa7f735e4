//! Register, login, refresh, logout.

use super::client::{self, AcceptedLanguage, ClientAddress, SignedInAnswer};
use crate::domain::opaque::Kind;
use crate::error::AuthError;
use crate::service;
use crate::state::State;
use axum::extract;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum_extra::extract::CookieJar;
use onsale_core::api::accounts::{LoginRequest, RegisterRequest, SignedIn};
use onsale_core::api::problem::ProblemBody;
use onsale_platform::extract::{Json, Valid};
use onsale_platform::identity::Caller;
use onsale_platform::problem::Problem;

/// Makes an account and signs it in.
#[utoipa::path(
    post,
    path = "/api/auth/register",
    tag = "accounts",
    operation_id = "register",
    request_body = RegisterRequest,
    responses(
        (status = 201, description = "Signed in; the refresh token is in a cookie", body = SignedIn),
        (status = 400, description = "`malformed`", body = ProblemBody),
        (status = 409, description = "`email_taken`", body = ProblemBody),
        (status = 413, description = "`body_too_large`", body = ProblemBody),
        (status = 415, description = "`unsupported_media_type`", body = ProblemBody),
        (status = 422, description = "`password_too_short`, `password_too_common`, `invalid`", body = ProblemBody),
        (status = 429, description = "`rate_limited`", body = ProblemBody),
        (status = 503, description = "`unavailable`", body = ProblemBody),
    )
)]
pub(super) async fn register(
    extract::State(state): extract::State<State>,
    ClientAddress(address): ClientAddress,
    jar: CookieJar,
    AcceptedLanguage(accepted): AcceptedLanguage,
    Valid(request): Valid<RegisterRequest>,
) -> Result<(StatusCode, SignedInAnswer), Problem> {
    let device = client::read(&state, &jar, Kind::Device);
    let session = service::register::register(&state, request, (address, device), accepted).await?;
    Ok((StatusCode::CREATED, client::signed_in(&state, session)))
}

/// Signs in by address and password.
#[utoipa::path(
    post,
    path = "/api/auth/login",
    tag = "accounts",
    operation_id = "login",
    request_body = LoginRequest,
    responses(
        (status = 200, description = "Signed in; the refresh token is in a cookie", body = SignedIn),
        (status = 400, description = "`malformed`", body = ProblemBody),
        (status = 401, description = "`invalid_credentials`: which part was wrong is never told; `second_factor_required`, `invalid_code`: the password was right", body = ProblemBody),
        (status = 403, description = "`forbidden`: the account is disabled", body = ProblemBody),
        (status = 413, description = "`body_too_large`", body = ProblemBody),
        (status = 415, description = "`unsupported_media_type`", body = ProblemBody),
        (status = 429, description = "`rate_limited`: ten tries failed within 15 minutes", body = ProblemBody),
        (status = 503, description = "`unavailable`", body = ProblemBody),
    )
)]
pub(super) async fn login(
    extract::State(state): extract::State<State>,
    ClientAddress(address): ClientAddress,
    jar: CookieJar,
    Json(request): Json<LoginRequest>,
) -> Result<SignedInAnswer, Problem> {
    let device = client::read(&state, &jar, Kind::Device);
    let session = service::log_in::log_in(&state, request, address, device).await?;
    Ok(client::signed_in(&state, session))
}

/// Gives a new access token for the refresh token of the cookie, which is replaced.
#[utoipa::path(
    post,
    path = "/api/auth/refresh",
    tag = "accounts",
    operation_id = "refresh",
    responses(
        (status = 200, description = "A new access token, and a new refresh token in the cookie", body = SignedIn),
        (status = 401, description = "`unauthenticated`, `token_reused`", body = ProblemBody),
        (status = 503, description = "`unavailable`", body = ProblemBody),
    )
)]
pub(super) async fn refresh(
    extract::State(state): extract::State<State>,
    jar: CookieJar,
) -> Result<SignedInAnswer, Problem> {
    let token = client::read(&state, &jar, Kind::Refresh).ok_or(AuthError::NotSignedIn)?;
    let session = service::refresh::refresh(&state, &token).await?;
    Ok(client::signed_in(&state, session))
}

/// Ends the session. Its tokens are refused everywhere within 2 seconds.
#[utoipa::path(
    post,
    path = "/api/auth/logout",
    tag = "accounts",
    operation_id = "logout",
    responses(
        (status = 204, description = "Signed out, also when nobody was signed in"),
        (status = 503, description = "`unavailable`", body = ProblemBody),
    ),
    security((), ("bearer" = []))
)]
pub(super) async fn logout(
    extract::State(state): extract::State<State>,
    caller: Result<Caller, Problem>,
    jar: CookieJar,
) -> Result<impl IntoResponse, Problem> {
    let token = client::read(&state, &jar, Kind::Refresh);
    // A token that ended meanwhile is no reason not to sign out.
    let session = caller.ok().map(|caller| caller.session_id);
    service::log_out::log_out(&state, token.as_ref(), session).await?;
    Ok((StatusCode::NO_CONTENT, client::forget_refresh(&state)))
}
