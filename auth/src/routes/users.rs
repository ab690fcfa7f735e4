//! Accounts, for admins.

use crate::service::administer_users;
use crate::state::State;
use axum::extract;
use onsale_core::UserId;
use onsale_core::api::accounts::{Account, AccountQuery, AdministerUser};
use onsale_core::api::page::{Page, PageQuery};
use onsale_core::api::problem::ProblemBody;
use onsale_platform::cursor;
use onsale_platform::extract::{Json, Path, Query};
use onsale_platform::identity::Admin;
use onsale_platform::problem::Problem;
use uuid::Uuid;

/// Accounts, newest first; those that a text is found in, where one is given.
#[utoipa::path(
    get,
    path = "/api/admin/users",
    tag = "administration",
    operation_id = "listUsers",
    params(AccountQuery),
    responses(
        (status = 200, description = "A page of accounts", body = Page<Account>),
        (status = 400, description = "`malformed`", body = ProblemBody),
        (status = 401, description = "`unauthenticated`", body = ProblemBody),
        (status = 403, description = "`forbidden`", body = ProblemBody),
        (status = 422, description = "`invalid`", body = ProblemBody),
        (status = 503, description = "`unavailable`", body = ProblemBody),
    ),
    security(("bearer" = []))
)]
pub(super) async fn list(
    extract::State(state): extract::State<State>,
    _admin: Admin,
    Query(asked): Query<AccountQuery>,
) -> Result<Json<Page<Account>>, Problem> {
    let limit = cursor::limit(&PageQuery { limit: asked.limit, cursor: None }, cursor::LIMIT_DEFAULT)?;
    let below: Option<Uuid> = asked.cursor.as_deref().map(cursor::decode).transpose()?;
    let mut items = administer_users::list(&state, asked.query.as_deref(), (below, limit)).await?;
    let next_cursor = cursor::next(&mut items, limit, |account| account.id);
    Ok(Json(Page { items, next_cursor }))
}

/// One account.
#[utoipa::path(
    get,
    path = "/api/admin/users/{id}",
    tag = "administration",
    operation_id = "showUser",
    params(("id" = UserId, Path, description = "The account")),
    responses(
        (status = 200, description = "The account", body = Account),
        (status = 401, description = "`unauthenticated`", body = ProblemBody),
        (status = 403, description = "`forbidden`", body = ProblemBody),
        (status = 404, description = "`not_found`", body = ProblemBody),
        (status = 503, description = "`unavailable`", body = ProblemBody),
    ),
    security(("bearer" = []))
)]
pub(super) async fn show(
    extract::State(state): extract::State<State>,
    _admin: Admin,
    Path(id): Path<UserId>,
) -> Result<Json<Account>, Problem> {
    Ok(Json(administer_users::show(&state, id).await?))
}

/// Grants roles, disables or enables. The account's tokens are refused everywhere within 2 seconds.
#[utoipa::path(
    patch,
    path = "/api/admin/users/{id}",
    tag = "administration",
    operation_id = "administerUser",
    params(("id" = UserId, Path, description = "The account")),
    request_body = AdministerUser,
    responses(
        (status = 200, description = "The account as it is now", body = Account),
        (status = 400, description = "`malformed`", body = ProblemBody),
        (status = 401, description = "`unauthenticated`", body = ProblemBody),
        (status = 403, description = "`forbidden`", body = ProblemBody),
        (status = 404, description = "`not_found`", body = ProblemBody),
        (status = 409, description = "`state_conflict`: the last admin would be lost", body = ProblemBody),
        (status = 413, description = "`body_too_large`", body = ProblemBody),
        (status = 415, description = "`unsupported_media_type`", body = ProblemBody),
        (status = 422, description = "`invalid`", body = ProblemBody),
        (status = 503, description = "`unavailable`", body = ProblemBody),
    ),
    security(("bearer" = []))
)]
pub(super) async fn administer(
    extract::State(state): extract::State<State>,
    Admin(by): Admin,
    Path(id): Path<UserId>,
    Json(change): Json<AdministerUser>,
) -> Result<Json<Account>, Problem> {
    Ok(Json(administer_users::change(&state, by.user_id, id, &change).await?))
}
