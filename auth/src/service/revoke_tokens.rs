//! An account's tokens are refused from now on.

use crate::error::AuthError;
use crate::state::State;
use crate::store::{accounts, revocations};
use onsale_core::UserId;
use onsale_core::api::internal::{Revocation, RevokedSubject};
use sqlx::PgConnection;

/// Refuses the account's tokens; its sessions refresh to new ones. Last in the transaction, and to be told to
/// [`State::revoked`] once it stands.
pub(crate) async fn revoke_tokens(
    conn: &mut PgConnection,
    state: &State,
    account: UserId,
) -> Result<Vec<Revocation>, AuthError> {
    let at = accounts::revoke_tokens(conn, account, state.clock.now()).await?;
    let revoked = vec![revocations::of(RevokedSubject::Account(account.0), at)];
    revocations::append(conn, &revoked).await?;
    Ok(revoked)
}
