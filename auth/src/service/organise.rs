//! Organisations and their members: founded, named, and who may do what there.

use crate::error::AuthError;
use crate::service::keep_audit;
use crate::service::revoke_tokens::revoke_tokens;
use crate::state::State;
use crate::store::{accounts, memberships};
use onsale_core::api::organisations::{Member, Organisation};
use onsale_core::{OrganisationId, Role, UserId};
use onsale_platform::identity::Caller;
use onsale_platform::random;
use serde_json::json;
use sqlx::Connection;
use uuid::Uuid;

/// Founds an organisation. Whoever founds it is its first organiser; admins reach it without being members.
pub(crate) async fn found(state: &State, by: &Caller, name: &str) -> Result<Organisation, AuthError> {
    let is_admin = by.has_role(Role::Admin);
    if !is_admin && !state.settings.look(|settings| settings.organisations) {
        return Err(AuthError::SwitchedOff("Organisations are founded by admins here."));
    }
    let now = state.clock.now();
    let id: OrganisationId = random::new_id(&state.clock);
    let mut conn = state.pool.acquire().await?;
    let mut tx = conn.begin().await?;
    let organisation = memberships::found(&mut tx, id, name, now).await?;
    let mut revoked = Vec::new();
    if !is_admin {
        memberships::set(&mut tx, id, by.user_id, &[Role::Organiser]).await?;
        revoked = revoke_tokens(&mut tx, state, by.user_id).await?;
    }
    let who = (Some(by.user_id), Some(id));
    let on = ("organisation.found", "organisation", &*id.to_string());
    keep_audit::note(state, &mut tx, who, on, json!({"name": name})).await?;
    tx.commit().await?;
    state.revoked(&revoked);
    Ok(organisation)
}

/// 404 where the organisation is another's.
pub(crate) fn must_reach(caller: &Caller, organisation: OrganisationId) -> Result<(), AuthError> {
    if caller.reach().covers(organisation) { Ok(()) } else { Err(AuthError::NotFound("organisation")) }
}

/// Gives it another name.
pub(crate) async fn rename(
    state: &State,
    by: &Caller,
    id: OrganisationId,
    name: &str,
) -> Result<Organisation, AuthError> {
    must_reach(by, id)?;
    let mut conn = state.pool.acquire().await?;
    let mut tx = conn.begin().await?;
    let renamed = memberships::rename(&mut tx, id, name, state.clock.now()).await?;
    let organisation = renamed.ok_or(AuthError::NotFound("organisation"))?;
    let on = ("organisation.rename", "organisation", &*id.to_string());
    keep_audit::note(state, &mut tx, (Some(by.user_id), Some(id)), on, json!({"name": name})).await?;
    tx.commit().await?;
    Ok(organisation)
}

/// Organisations within reach, the newest first, from below an id on; one more than `limit` where there are more.
pub(crate) async fn list(
    state: &State,
    by: &Caller,
    below: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Organisation>, AuthError> {
    let mut conn = state.pool.acquire().await?;
    Ok(memberships::organisations(&mut conn, by.reach().only(), below, limit + 1).await?)
}

/// Its members by account, after one; one more than `limit` where there are more.
pub(crate) async fn members(
    state: &State,
    by: &Caller,
    id: OrganisationId,
    (after, limit): (Uuid, i64),
) -> Result<Vec<Member>, AuthError> {
    must_reach(by, id)?;
    let mut conn = state.pool.acquire().await?;
    if memberships::organisations(&mut conn, Some(id), None, 1).await?.is_empty() {
        return Err(AuthError::NotFound("organisation"));
    }
    Ok(memberships::members(&mut conn, id, after, limit + 1).await?)
}

/// The roles, if they are some that are had in organisations.
pub(crate) fn must_be_of_organisation(roles: &[Role]) -> Result<(), AuthError> {
    let good = !roles.is_empty() && roles.iter().all(|role| role.is_of_organisation());
    if good { Ok(()) } else { Err(AuthError::NotOfOrganisation) }
}

/// Sets what a member may do; with no roles, they are none any more. Who is not a member is invited.
pub(crate) async fn set_member(
    state: &State,
    by: &Caller,
    (id, account): (OrganisationId, UserId),
    roles: &[Role],
) -> Result<(), AuthError> {
    must_reach(by, id)?;
    let mut conn = state.pool.acquire().await?;
    let mut tx = conn.begin().await?;
    if !memberships::lock(&mut tx, id).await? {
        return Err(AuthError::NotFound("organisation"));
    }
    accounts::lock(&mut tx, account).await?.ok_or(AuthError::NotFound("member"))?;
    let before = memberships::roles_of(&mut tx, id, account).await?.ok_or(AuthError::NotFound("member"))?;
    let loses = before.contains(&Role::Organiser) && !roles.contains(&Role::Organiser);
    if loses && !by.has_role(Role::Admin) && memberships::other_organisers(&mut tx, id, account).await? == 0 {
        return Err(AuthError::LastOrganiser);
    }
    memberships::set(&mut tx, id, account, roles).await?;
    let action = if roles.is_empty() { "member.remove" } else { "member.set" };
    let detail = json!({"before": before, "after": roles});
    let on = (action, "user", &*account.to_string());
    keep_audit::note(state, &mut tx, (Some(by.user_id), Some(id)), on, detail).await?;
    let revoked = revoke_tokens(&mut tx, state, account).await?;
    tx.commit().await?;
    state.revoked(&revoked);
    Ok(())
}
