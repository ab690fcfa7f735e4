//! Makes an account.

use crate::domain::opaque::OpaqueToken;
use crate::domain::passwords;
use crate::error::AuthError;
use crate::service::{limit_tries, prove_email, sign_in};
use crate::state::State;
use crate::store::accounts::{self, NewAccount};
use crate::store::events::{self, AccountEvent};
use onsale_core::api::accounts::RegisterRequest;
use onsale_core::events::{Topic, UserCreated};
use onsale_core::{Language, Role, UserId};
use onsale_platform::{pg, random};
use sqlx::Connection;
use std::net::IpAddr;

/// Makes an account and signs it in. `email_taken` is the one accepted way to learn of an account,
/// so registrations are limited by address. `accepted` is the language that the browser asked for.
pub(crate) async fn register(
    state: &State,
    request: RegisterRequest,
    (address, device): (Option<IpAddr>, Option<OpaqueToken>),
    accepted: Option<Language>,
) -> Result<sign_in::Session, AuthError> {
    let RegisterRequest { email, password, name, phone, language } = request;
    passwords::check(&password)?;
    if !state.settings.look(|settings| settings.registrations) {
        return Err(AuthError::SwitchedOff("New accounts cannot be made just now."));
    }
    let mut conn = state.pool.acquire().await?;
    limit_tries::record(&mut conn, &limit_tries::registration(state, address), state.clock.now()).await?;
    if accounts::by_email(&mut conn, &email).await?.is_some() {
        return Err(AuthError::EmailTaken);
    }
    // No connection is held while the processor works.
    drop(conn);
    let password_hash = state.hashing.hash(password).await?;

    let id: UserId = random::new_id(&state.clock);
    let new = NewAccount {
        id,
        email: &email,
        name: &name,
        phone: phone.as_deref(),
        language: language.as_deref().and_then(Language::of_tag).or(accepted).unwrap_or_default(),
        password_hash: &password_hash,
        roles: &[Role::Customer],
        email_verified_at: None,
    };
    let now = state.clock.now();
    let mut conn = state.pool.acquire().await?;
    let mut tx = conn.begin().await?;
    let account = accounts::insert(&mut tx, &new, now).await.map_err(taken)?;
    events::append(&mut tx, created(state, id), now).await?;
    prove_email::request(state, &mut tx, id).await?;
    let session = sign_in::begin(state, &mut tx, &account, device).await?;
    tx.commit().await?;
    metrics::counter!("onsale_auth_registrations_total").increment(1);
    Ok(session)
}

fn created(state: &State, account: UserId) -> AccountEvent {
    AccountEvent {
        id: random::new_id(&state.clock),
        account,
        kind: Topic::UserCreated.as_str(),
        topic: Some(Topic::UserCreated),
        data: serde_json::to_value(UserCreated { user_id: account }).unwrap_or_default(),
        by: Some(account),
    }
}

fn taken(error: sqlx::Error) -> AuthError {
    if pg::violated_constraint(&error) == Some("accounts_email_unique") { AuthError::EmailTaken } else { error.into() }
}
