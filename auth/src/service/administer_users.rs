//! What admins do to accounts: list, show, disable, grant roles.

use crate::error::AuthError;
use crate::state::State;
use crate::store::accounts::{self, AccountRow};
use crate::store::events::{self, AccountEvent};
use crate::store::revocations;
use crate::store::sessions::{self, EndReason};
use onsale_core::api::accounts::{Account, AdministerUser};
use onsale_core::api::internal::{Contact, RevokedSubject};
use onsale_core::{Role, UserId};
use onsale_platform::random;
use serde_json::json;
use sqlx::Connection;
use uuid::Uuid;

/// Accounts, newest first, from below an id on; one more than `limit` where there are more.
pub(crate) async fn list(state: &State, below: Option<Uuid>, limit: i64) -> Result<Vec<Account>, AuthError> {
    let mut conn = state.pool.acquire().await?;
    let rows = accounts::page(&mut conn, below, limit + 1).await?;
    Ok(rows.iter().map(AccountRow::account).collect())
}

/// How to reach a person.
pub(crate) async fn contact(state: &State, id: UserId) -> Result<Contact, AuthError> {
    let mut conn = state.pool.acquire().await?;
    let row = accounts::by_id(&mut conn, id).await?.ok_or(AuthError::NotFound("account"))?;
    Ok(row.contact())
}

/// Changes roles, or disables or enables. The account's tokens are refused everywhere within 2 s;
/// a disabled account's sessions end, another one's refresh to the new roles.
pub(crate) async fn change(
    state: &State,
    by: UserId,
    id: UserId,
    change: &AdministerUser,
) -> Result<Account, AuthError> {
    if change.roles.as_ref().is_some_and(Vec::is_empty) {
        return Err(AuthError::NoRoles);
    }
    let now = state.clock.now();
    let mut conn = state.pool.acquire().await?;
    let mut tx = conn.begin().await?;
    let other_admins = accounts::other_admins(&mut tx, id).await?;
    let before = accounts::lock(&mut tx, id).await?.ok_or(AuthError::NotFound("account"))?;
    let roles = change.roles.clone().unwrap_or_else(|| before.roles());
    let disabled = change.disabled.unwrap_or(before.disabled_at.is_some());
    if other_admins == 0 && is_admin(&before) && (disabled || !roles.contains(&Role::Admin)) {
        return Err(AuthError::LastAdmin);
    }
    let disabled_at = disabled.then(|| before.disabled_at.unwrap_or(now));
    let after = accounts::administer(&mut tx, id, &roles, disabled_at, now).await?;
    if disabled {
        sessions::end_all(&mut tx, id, EndReason::Disabled, now).await?;
    }
    let event = AccountEvent {
        id: random::new_id(&state.clock),
        account: id,
        kind: "account-administered",
        topic: None,
        data: json!({"roles": after.roles, "disabled": disabled}),
        by: Some(by),
    };
    events::append(&mut tx, event, now).await?;
    let revoked = [revocations::of(RevokedSubject::Account(id.0), now)];
    revocations::append(&mut tx, &revoked).await?;
    tx.commit().await?;
    state.revoked(&revoked);
    Ok(after.account())
}

fn is_admin(account: &AccountRow) -> bool {
    account.disabled_at.is_none() && account.roles().contains(&Role::Admin)
}
