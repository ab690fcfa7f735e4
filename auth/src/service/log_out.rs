//! Ends sessions.

use crate::domain::opaque::OpaqueToken;
use crate::error::AuthError;
use crate::state::State;
use crate::store::revocations;
use crate::store::sessions::{self, EndReason};
use onsale_core::SessionId;
use onsale_core::api::internal::RevokedSubject;
use sqlx::Connection;

/// Ends the session of the refresh token, and that of the access token; often they are one.
pub(crate) async fn log_out(
    state: &State,
    token: Option<&OpaqueToken>,
    session: Option<SessionId>,
) -> Result<(), AuthError> {
    let now = state.clock.now();
    let mut conn = state.pool.acquire().await?;
    let mut tx = conn.begin().await?;
    let of_token = match token {
        Some(token) => sessions::of_token(&mut tx, &token.hash()).await?,
        None => None,
    };
    let mut ending: Vec<_> = of_token.into_iter().chain(session).collect();
    ending.sort_unstable();
    ending.dedup();
    let mut revoked = Vec::new();
    for session in ending {
        if sessions::end(&mut tx, session, EndReason::Logout, now).await? {
            revoked.push(revocations::of(RevokedSubject::Session(session.0), now));
        }
    }
    revocations::append(&mut tx, &revoked).await?;
    tx.commit().await?;
    state.revoked(&revoked);
    Ok(())
}
