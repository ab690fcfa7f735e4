//! Signs a person in by address and password.

use crate::domain::opaque::OpaqueToken;
use crate::error::AuthError;
use crate::hashing::Verdict;
use crate::service::{keep_audit, limit_tries, manage_second_factor, sign_in};
use crate::state::State;
use crate::store::accounts::{self, AccountRow};
use crate::store::devices;
use onsale_core::UserId;
use onsale_core::api::accounts::LoginRequest;
use serde_json::json;
use sqlx::{Connection, PgConnection};
use std::net::IpAddr;
use uuid::Uuid;

/// Signs in. Unknown accounts take the same steps as known ones, against a hash of nobody's password.
pub(crate) async fn log_in(
    state: &State,
    request: LoginRequest,
    address: Option<IpAddr>,
    device: Option<OpaqueToken>,
) -> Result<sign_in::Session, AuthError> {
    let LoginRequest { email, password, code } = request;
    let mut conn = state.pool.acquire().await?;
    let account = accounts::by_email(&mut conn, &email).await?;
    let id = UserId(account.as_ref().map_or(Uuid::nil(), |account| account.id));
    let known = match &device {
        Some(device) => devices::is_known(&mut conn, id, &device.hash()).await?,
        None => false,
    };
    let limits = limit_tries::login(state, &email, address, device.as_ref().filter(|_| known));
    limit_tries::check(&mut conn, &limits, state.clock.now()).await?;
    // No connection is held while the processor works.
    drop(conn);
    let hash = account.as_ref().map(|account| account.password_hash.as_str());
    let verdict = state.hashing.verify(password.clone(), hash).await?;

    let mut conn = state.pool.acquire().await?;
    let Some(account) = account.filter(|_| verdict != Verdict::Wrong) else {
        limit_tries::record(&mut conn, &limits, state.clock.now()).await?;
        metrics::counter!("onsale_auth_logins_total", "outcome" => "refused").increment(1);
        return Err(AuthError::InvalidCredentials);
    };
    // Guesses sent all at once count as if they came one by one: the right one among too many is not told.
    limit_tries::check(&mut conn, &limits, state.clock.now()).await?;
    if account.disabled_at.is_some() {
        return Err(AuthError::Disabled);
    }
    match manage_second_factor::check(state, &mut conn, &account, code.as_deref()).await {
        Err(AuthError::WrongCode) => {
            limit_tries::record(&mut conn, &limits, state.clock.now()).await?;
            metrics::counter!("onsale_auth_logins_total", "outcome" => "refused").increment(1);
            return Err(AuthError::WrongCode);
        }
        outcome => outcome?,
    }
    drop(conn);
    let stronger = match verdict {
        Verdict::RightButWeak => Some(state.hashing.hash(password).await?),
        Verdict::Right | Verdict::Wrong => None,
    };
    let session = begin(state, &account, stronger, device).await?;
    metrics::counter!("onsale_auth_logins_total", "outcome" => "signed_in").increment(1);
    Ok(session)
}

async fn begin(
    state: &State,
    account: &AccountRow,
    stronger: Option<String>,
    device: Option<OpaqueToken>,
) -> Result<sign_in::Session, AuthError> {
    let mut conn = state.pool.acquire().await?;
    let mut tx = conn.begin().await?;
    if let Some(hash) = stronger {
        accounts::rehash(&mut tx, UserId(account.id), &account.password_hash, &hash).await?;
    }
    // Whoever changed the password or disabled the account meanwhile has ended all its sessions: not this one.
    let current = accounts::lock(&mut tx, UserId(account.id)).await?.ok_or(AuthError::InvalidCredentials)?;
    if current.disabled_at.is_some() {
        return Err(AuthError::Disabled);
    }
    if current.tokens_revoked_at != account.tokens_revoked_at {
        return Err(AuthError::InvalidCredentials);
    }
    let session = sign_in::begin(state, &mut tx, &current, device).await?;
    note_staff(state, &mut tx, &session).await?;
    tx.commit().await?;
    Ok(session)
}

/// Staff who sign in are noted.
async fn note_staff(state: &State, conn: &mut PgConnection, session: &sign_in::Session) -> Result<(), AuthError> {
    let user = &session.answer.user;
    if !user.roles.iter().any(|role| role.is_of_staff()) {
        return Ok(());
    }
    let detail = json!({"roles": user.roles, "secondFactor": user.second_factor});
    let who = (Some(user.id), user.organisation);
    keep_audit::note(state, conn, who, ("session.begin", "user", &user.id.to_string()), detail).await
}
