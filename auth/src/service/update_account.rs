//! Changes what a person says of themselves.

use crate::error::AuthError;
use crate::state::State;
use crate::store::accounts;
use crate::store::events::{self, AccountEvent};
use onsale_core::UserId;
use onsale_core::api::accounts::{Account, UpdateAccount};
use onsale_platform::random;
use serde_json::json;
use sqlx::Connection;

/// The account.
pub(crate) async fn show(state: &State, id: UserId) -> Result<Account, AuthError> {
    let mut conn = state.pool.acquire().await?;
    let row = accounts::by_id(&mut conn, id).await?.ok_or(AuthError::NotFound("account"))?;
    Ok(row.account())
}

/// Changes name, telephone number and language. The event names what changed, never to what.
pub(crate) async fn update(state: &State, id: UserId, change: &UpdateAccount) -> Result<Account, AuthError> {
    let now = state.clock.now();
    let mut conn = state.pool.acquire().await?;
    let mut tx = conn.begin().await?;
    let row = accounts::update_profile(&mut tx, id, change, now).await?.ok_or(AuthError::NotFound("account"))?;
    let event = AccountEvent {
        id: random::new_id(&state.clock),
        account: id,
        kind: "profile-changed",
        topic: None,
        data: json!({"name": change.name.is_some(), "phone": change.phone.is_some(), "language": change.language.is_some()}),
        by: Some(id),
    };
    events::append(&mut tx, event, now).await?;
    tx.commit().await?;
    Ok(row.account())
}
