//! Changes what a person says of themselves.

use crate::error::AuthError;
use crate::service::sign_in;
use crate::state::State;
use crate::store::accounts;
use crate::store::events::{self, AccountEvent};
use onsale_core::api::accounts::{Account, UpdateAccount};
use onsale_core::{OrganisationId, UserId};
use onsale_platform::random;
use serde_json::json;
use sqlx::Connection;

/// The account of somebody who acts for that organisation.
pub(crate) async fn show(state: &State, id: UserId, acting_for: OrganisationId) -> Result<Account, AuthError> {
    let mut conn = state.pool.acquire().await?;
    let row = accounts::by_id(&mut conn, id).await?.ok_or(AuthError::NotFound("account"))?;
    sign_in::describe(state, &mut conn, &row, Some(acting_for)).await
}

/// Changes name, telephone number and language. The event names what changed, never to what.
pub(crate) async fn update(
    state: &State,
    (id, acting_for): (UserId, OrganisationId),
    change: &UpdateAccount,
) -> Result<Account, AuthError> {
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
    let account = sign_in::describe(state, &mut tx, &row, Some(acting_for)).await?;
    tx.commit().await?;
    Ok(account)
}
