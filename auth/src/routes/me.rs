//! One's own account.

use crate::service::update_account;
use crate::state::State;
use axum::extract;
use onsale_core::api::accounts::{Account, UpdateAccount};
use onsale_core::api::problem::ProblemBody;
use onsale_platform::extract::{Json, Valid};
use onsale_platform::identity::Caller;
use onsale_platform::problem::Problem;

/// The caller's account.
#[utoipa::path(
    get,
    path = "/api/auth/me",
    tag = "accounts",
    operation_id = "showMe",
    responses(
        (status = 200, description = "The account", body = Account),
        (status = 401, description = "`unauthenticated`", body = ProblemBody),
        (status = 403, description = "`forbidden`: the call is for people", body = ProblemBody),
        (status = 404, description = "`not_found`", body = ProblemBody),
        (status = 503, description = "`unavailable`", body = ProblemBody),
    ),
    security(("bearer" = []))
)]
pub(super) async fn show(
    extract::State(state): extract::State<State>,
    caller: Caller,
) -> Result<Json<Account>, Problem> {
    Ok(Json(update_account::show(&state, caller.user_id, caller.organisation).await?))
}

/// Changes name, telephone number or language; what is absent stays.
#[utoipa::path(
    patch,
    path = "/api/auth/me",
    tag = "accounts",
    operation_id = "updateMe",
    request_body = UpdateAccount,
    responses(
        (status = 200, description = "The account as it is now", body = Account),
        (status = 400, description = "`malformed`", body = ProblemBody),
        (status = 401, description = "`unauthenticated`", body = ProblemBody),
        (status = 403, description = "`forbidden`: the call is for people", body = ProblemBody),
        (status = 404, description = "`not_found`", body = ProblemBody),
        (status = 413, description = "`body_too_large`", body = ProblemBody),
        (status = 415, description = "`unsupported_media_type`", body = ProblemBody),
        (status = 422, description = "`invalid`", body = ProblemBody),
        (status = 503, description = "`unavailable`", body = ProblemBody),
    ),
    security(("bearer" = []))
)]
pub(super) async fn update(
    extract::State(state): extract::State<State>,
    caller: Caller,
    Valid(change): Valid<UpdateAccount>,
) -> Result<Json<Account>, Problem> {
    Ok(Json(update_account::update(&state, (caller.user_id, caller.organisation), &change).await?))
}
