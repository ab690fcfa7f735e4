//! What admins do to accounts: list, show, disable, grant roles.

use crate::error::AuthError;
use crate::service::keep_audit;
use crate::service::revoke_tokens::revoke_tokens;
use crate::state::State;
use crate::store::accounts::{self, AccountRow};
use crate::store::events::{self, AccountEvent};
use crate::store::sessions::{self, EndReason};
use crate::store::{memberships, second_factors};
use onsale_core::api::accounts::{Account, AdministerUser};
use onsale_core::api::internal::Contact;
use onsale_core::{Role, UserId};
use onsale_platform::random;
use serde_json::json;
use sqlx::{Connection, PgConnection};
use uuid::Uuid;

/// Accounts, newest first, from below an id on; one more than `limit` where there are more. With a text, only those
/// that have it in their address or name.
pub(crate) async fn list(
    state: &State,
    text: Option<&str>,
    (below, limit): (Option<Uuid>, i64),
) -> Result<Vec<Account>, AuthError> {
    let text = text.map(str::trim).filter(|text| !text.is_empty());
    let mut conn = state.pool.acquire().await?;
    let rows = accounts::page(&mut conn, text, (below, limit + 1)).await?;
    let mut accounts: Vec<Account> = rows.iter().map(AccountRow::account).collect();
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    for (id, membership) in memberships::of_accounts(&mut conn, &ids).await? {
        if let Some(account) = accounts.iter_mut().find(|account| account.id == id) {
            account.memberships.push(membership);
        }
    }
    Ok(accounts)
}

/// One account, with the roles that it has of its own: those of the installation and of the default organisation.
pub(crate) async fn show(state: &State, id: UserId) -> Result<Account, AuthError> {
    let mut conn = state.pool.acquire().await?;
    let row = accounts::by_id(&mut conn, id).await?.ok_or(AuthError::NotFound("account"))?;
    described(&mut conn, &row).await
}

async fn described(conn: &mut PgConnection, row: &AccountRow) -> Result<Account, AuthError> {
    let standing = memberships::standing(conn, UserId(row.id)).await?;
    Ok(Account { memberships: standing.memberships, second_factor: standing.has_second_factor, ..row.account() })
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
    if change.reset_second_factor {
        second_factors::remove(&mut tx, id).await?;
    }
    let detail = json!({
        "before": {"roles": before.roles, "disabled": before.disabled_at.is_some()},
        "after": {"roles": after.roles, "disabled": disabled},
        "secondFactorReset": change.reset_second_factor,
    });
    keep_audit::note(state, &mut tx, (Some(by), None), ("user.administer", "user", &id.to_string()), detail).await?;
    let event = AccountEvent {
        id: random::new_id(&state.clock),
        account: id,
        kind: "account-administered",
        topic: None,
        data: json!({"roles": after.roles, "disabled": disabled}),
        by: Some(by),
    };
    events::append(&mut tx, event, now).await?;
    let revoked = revoke_tokens(&mut tx, state, id).await?;
    let account = described(&mut tx, &after).await?;
    tx.commit().await?;
    state.revoked(&revoked);
    Ok(account)
}

fn is_admin(account: &AccountRow) -> bool {
    account.disabled_at.is_none() && account.roles().contains(&Role::Admin)
}
