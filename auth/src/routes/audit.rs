//! The audit log.

use super::refusals::Refusals;
use crate::service::keep_audit;
use crate::state::State;
use axum::extract;
use onsale_core::api::audit::{AuditEntry, AuditHead, AuditQuery};
use onsale_core::api::page::{Page, PageQuery};
use onsale_platform::cursor;
use onsale_platform::extract::{Json, Query};
use onsale_platform::identity::Organiser;
use onsale_platform::problem::Problem;

/// What staff did, the newest first: organisers see what was done in their organisation, admins everything.
#[utoipa::path(
    get, path = "/api/admin/audit", tag = "administration", operation_id = "searchAudit", params(AuditQuery),
    responses((status = 200, body = Page<AuditEntry>), Refusals), security(("bearer" = []))
)]
pub(super) async fn search(
    extract::State(state): extract::State<State>,
    Organiser(caller): Organiser,
    Query(query): Query<AuditQuery>,
) -> Result<Json<Page<AuditEntry>>, Problem> {
    let limit = cursor::limit(&PageQuery { limit: query.limit, cursor: None }, cursor::LIMIT_DEFAULT)?;
    let below: Option<i64> = query.cursor.as_deref().map(cursor::decode).transpose()?;
    let place = (below.unwrap_or(i64::MAX), limit);
    let mut items = keep_audit::search(&state, caller.reach(), &query, place).await?;
    let next_cursor = cursor::next(&mut items, limit, |entry| entry.number);
    Ok(Json(Page { items, next_cursor }))
}

/// How far the log's chain has come. Keep it elsewhere: `onsale audit verify --head` proves by it that nothing before
/// it was changed since.
#[utoipa::path(
    get, path = "/api/admin/audit/head", tag = "administration", operation_id = "showAuditHead",
    responses((status = 200, body = AuditHead), Refusals), security(("bearer" = []))
)]
pub(super) async fn head(
    extract::State(state): extract::State<State>,
    _organiser: Organiser,
) -> Result<Json<AuditHead>, Problem> {
    Ok(Json(keep_audit::head(&state).await?))
}
