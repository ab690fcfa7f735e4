//! Replaces a forgotten password by a mailed link.

use crate::domain::opaque::{Kind, OpaqueToken};
use crate::domain::passwords;
use crate::error::AuthError;
use crate::service::revoke_tokens::revoke_tokens;
use crate::service::{limit_tries, prove_email};
use crate::state::State;
use crate::store::events::{self, AccountEvent};
use crate::store::sessions::EndReason;
use crate::store::single_use_tokens::{self, Purpose};
use crate::store::{accounts, sessions};
use chrono::TimeDelta;
use onsale_core::UserId;
use onsale_core::api::accounts::ResetPassword;
use onsale_core::events::MailTemplate;
use onsale_platform::random;
use serde_json::json;
use sqlx::Connection;
use std::net::IpAddr;
use std::sync::Arc;

/// How long the link works.
const LIFETIME: TimeDelta = TimeDelta::hours(1);

/// Takes the wish for a link. The answer is given before anything is looked up, so that neither it
/// nor its time tells whether there is such an account.
pub(crate) fn request_link(state: &State, email: String, address: Option<IpAddr>) -> Result<(), AuthError> {
    let Ok(place) = Arc::clone(&state.mails).try_acquire_owned() else { return Err(AuthError::HashingFull) };
    let worker = state.clone();
    state.shutdown.spawn("password link", async move {
        let _held = place;
        if let Err(error) = send_link(&worker, &email, address).await {
            tracing::warn!(%error, "a link to choose a new password was not sent");
        }
    });
    Ok(())
}

async fn send_link(state: &State, email: &str, address: Option<IpAddr>) -> Result<(), AuthError> {
    let mut conn = state.pool.acquire().await?;
    let limits = limit_tries::mail(state, email, address);
    match limit_tries::record(&mut conn, &limits, state.clock.now()).await {
        Err(AuthError::TooManyTries(_)) => return Ok(()),
        outcome => outcome?,
    }
    let mut tx = conn.begin().await?;
    let Some(account) = accounts::by_email(&mut tx, email).await?.filter(|account| account.disabled_at.is_none())
    else {
        return Ok(());
    };
    let mail = (Purpose::ResetPassword, MailTemplate::ResetPassword);
    prove_email::send_link(state, &mut tx, UserId(account.id), mail, LIFETIME).await?;
    tx.commit().await?;
    Ok(())
}

/// Sets the new password by the link, once, and ends all sessions.
pub(crate) async fn reset(state: &State, request: ResetPassword) -> Result<(), AuthError> {
    let ResetPassword { token, password } = request;
    passwords::check(&password)?;
    let link = OpaqueToken::parse(Kind::Link, &token).ok_or(AuthError::LinkNotGood)?;
    let mut conn = state.pool.acquire().await?;
    if !single_use_tokens::is_good(&mut conn, &link.hash(), Purpose::ResetPassword, state.clock.now()).await? {
        return Err(AuthError::LinkNotGood);
    }
    // No connection is held while the processor works.
    drop(conn);
    let hash = state.hashing.hash(password).await?;

    let mut conn = state.pool.acquire().await?;
    let now = state.clock.now();
    let mut tx = conn.begin().await?;
    let account = single_use_tokens::take(&mut tx, &link.hash(), Purpose::ResetPassword, now).await?;
    let account = account.ok_or(AuthError::LinkNotGood)?;
    accounts::reset_password(&mut tx, account, &hash, now).await?;
    sessions::end_all(&mut tx, account, EndReason::PasswordChanged, now).await?;
    let event = AccountEvent {
        id: random::new_id(&state.clock),
        account,
        kind: "password-changed",
        topic: None,
        data: json!({}),
        by: Some(account),
    };
    events::append(&mut tx, event, now).await?;
    let revoked = revoke_tokens(&mut tx, state, account).await?;
    tx.commit().await?;
    state.revoked(&revoked);
    Ok(())
}
