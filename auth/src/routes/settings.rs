//! Settings that change while everything runs.

use super::refusals::Refusals;
use crate::service::change_settings;
use crate::state::State;
use axum::extract;
use onsale_core::api::page::{Page, PageQuery};
use onsale_core::api::settings::{ChangeSettings, SettingsVersion};
use onsale_platform::cursor;
use onsale_platform::extract::{Json, Query, Valid};
use onsale_platform::identity::{Admin, Operator};
use onsale_platform::problem::Problem;

/// The settings in force.
#[utoipa::path(
    get, path = "/api/admin/settings", tag = "administration", operation_id = "showSettings",
    responses((status = 200, body = SettingsVersion), Refusals), security(("bearer" = []))
)]
pub(super) async fn show(
    extract::State(state): extract::State<State>,
    _operator: Operator,
) -> Result<Json<SettingsVersion>, Problem> {
    Ok(Json(change_settings::current(&state).await?))
}

/// Changes the settings. They are in force in all processes within 2 seconds.
#[utoipa::path(
    put, path = "/api/admin/settings", tag = "administration", operation_id = "changeSettings",
    request_body = ChangeSettings, responses((status = 200, body = SettingsVersion), Refusals),
    security(("bearer" = []))
)]
pub(super) async fn change(
    extract::State(state): extract::State<State>,
    Admin(by): Admin,
    Valid(wanted): Valid<ChangeSettings>,
) -> Result<Json<SettingsVersion>, Problem> {
    Ok(Json(change_settings::change(&state, by.user_id, &wanted).await?))
}

/// Their versions, the newest first.
#[utoipa::path(
    get, path = "/api/admin/settings/history", tag = "administration", operation_id = "listSettings",
    params(PageQuery), responses((status = 200, body = Page<SettingsVersion>), Refusals), security(("bearer" = []))
)]
pub(super) async fn history(
    extract::State(state): extract::State<State>,
    _operator: Operator,
    Query(query): Query<PageQuery>,
) -> Result<Json<Page<SettingsVersion>>, Problem> {
    let limit = cursor::limit(&query, cursor::LIMIT_DEFAULT)?;
    let below: Option<i64> = query.cursor.as_deref().map(cursor::decode).transpose()?;
    let mut items = change_settings::history(&state, below.unwrap_or(i64::MAX), limit).await?;
    let next_cursor = cursor::next(&mut items, limit, |version| version.version);
    Ok(Json(Page { items, next_cursor }))
}
