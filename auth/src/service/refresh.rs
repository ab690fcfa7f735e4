//! Rotates a refresh token, and ends the session when a token comes twice.

use crate::domain::opaque::OpaqueToken;
use crate::domain::refreshing::{Decision, Presented, decide};
use crate::error::AuthError;
use crate::service::sign_in::{self, REFRESH_LIFETIME, Session};
use crate::state::State;
use crate::store::sessions::{self, EndReason, SessionRow};
use crate::store::{accounts, revocations};
use chrono::{DateTime, Utc};
use onsale_core::api::internal::RevokedSubject;
use onsale_core::{OrganisationId, SessionId, UserId};
use sqlx::{Connection, PgConnection};

/// Gives the successor of a refresh token and a new access token.
pub(crate) async fn refresh(state: &State, token: &OpaqueToken) -> Result<Session, AuthError> {
    let mut conn = state.pool.acquire().await?;
    let mut tx = conn.begin().await?;
    let session = sessions::of_token(&mut tx, &token.hash()).await?.ok_or(AuthError::NotSignedIn)?;
    // Twenty at once are decided one after the other.
    let row = sessions::lock(&mut tx, session).await?.ok_or(AuthError::NotSignedIn)?;
    let now = state.clock.now();
    let successor = token.successor(&state.refresh_key);
    let presented = look_up(&mut tx, token, &successor, &row).await?;
    match decide(presented, now) {
        Decision::Ended => return Err(AuthError::NotSignedIn),
        Decision::Reused => {
            let revoked = [revocations::of(RevokedSubject::Session(session.0), now)];
            sessions::end(&mut tx, session, EndReason::TokenReused, now).await?;
            revocations::append(&mut tx, &revoked).await?;
            tx.commit().await?;
            state.revoked(&revoked);
            metrics::counter!("onsale_auth_refresh_reused_total").increment(1);
            return Err(AuthError::TokenReused);
        }
        Decision::Rotate => rotate(&mut tx, token, &successor, session, now).await?,
        Decision::Repeat => {}
    }
    let account = accounts::by_id(&mut tx, UserId(row.account_id)).await?;
    let account = account.filter(|account| account.disabled_at.is_none()).ok_or(AuthError::NotSignedIn)?;
    let wished = row.organisation_id.map(OrganisationId);
    let answer = sign_in::answer(state, &mut tx, &account, (session, wished)).await?;
    tx.commit().await?;
    Ok(Session { answer, refresh: successor, device: None })
}

async fn look_up(
    conn: &mut PgConnection,
    token: &OpaqueToken,
    successor: &OpaqueToken,
    session: &SessionRow,
) -> Result<Presented, AuthError> {
    // Read after the session was locked: what was seen before may be over.
    let known = sessions::token(conn, &token.hash()).await?.ok_or(AuthError::NotSignedIn)?;
    let next = match known.used_at {
        Some(_) => sessions::token(conn, &successor.hash()).await?,
        None => None,
    };
    Ok(Presented {
        expires_at: known.expires_at,
        used_at: known.used_at,
        successor_used: next.is_some_and(|next| next.used_at.is_some()),
        session_expires_at: session.expires_at,
        session_ended: session.ended_at.is_some(),
    })
}

async fn rotate(
    conn: &mut PgConnection,
    token: &OpaqueToken,
    successor: &OpaqueToken,
    session: SessionId,
    now: DateTime<Utc>,
) -> Result<(), AuthError> {
    sessions::use_token(conn, &token.hash(), now).await?;
    sessions::insert_token(conn, &successor.hash(), session, now + REFRESH_LIFETIME, now).await?;
    Ok(())
}
