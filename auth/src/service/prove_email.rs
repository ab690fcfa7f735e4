//! Sends links by mail, and proves addresses by them.

use crate::domain::opaque::{Kind, OpaqueToken};
use crate::error::AuthError;
use crate::state::State;
use crate::store::accounts;
use crate::store::events::{self, AccountEvent};
use crate::store::single_use_tokens::{self, Purpose};
use chrono::TimeDelta;
use onsale_core::UserId;
use onsale_core::events::{MailTemplate, NotificationRequested, Topic};
use onsale_platform::random;
use serde_json::json;
use sqlx::{Connection, PgConnection};

/// How long the link that proves an address works.
const LIFETIME: TimeDelta = TimeDelta::hours(48);

/// Asks for the mail that proves the address.
pub(crate) async fn request(state: &State, conn: &mut PgConnection, account: UserId) -> Result<(), AuthError> {
    send_link(state, conn, account, (Purpose::VerifyEmail, MailTemplate::VerifyEmail), LIFETIME).await
}

/// Makes a link and asks for its mail.
pub(crate) async fn send_link(
    state: &State,
    conn: &mut PgConnection,
    account: UserId,
    (purpose, template): (Purpose, MailTemplate),
    lifetime: TimeDelta,
) -> Result<(), AuthError> {
    let now = state.clock.now();
    let link = OpaqueToken::new(Kind::Link, &random::secret_bytes());
    single_use_tokens::replace(conn, &link.hash(), account, purpose, now + lifetime).await?;
    let mut parameters = serde_json::Map::new();
    parameters.insert("token".to_owned(), json!(link.expose()));
    let mail = NotificationRequested { user_id: account, template, parameters };
    let event = AccountEvent {
        id: random::new_id(&state.clock),
        account,
        kind: Topic::NotificationRequested.as_str(),
        topic: Some(Topic::NotificationRequested),
        data: serde_json::to_value(mail).unwrap_or_default(),
        by: None,
    };
    events::append(conn, event, now).await?;
    Ok(())
}

/// Proves the address by its link, once.
pub(crate) async fn prove(state: &State, token: &str) -> Result<(), AuthError> {
    let link = OpaqueToken::parse(Kind::Link, token).ok_or(AuthError::LinkNotGood)?;
    let now = state.clock.now();
    let mut conn = state.pool.acquire().await?;
    let mut tx = conn.begin().await?;
    let account = single_use_tokens::take(&mut tx, &link.hash(), Purpose::VerifyEmail, now).await?;
    let account = account.ok_or(AuthError::LinkNotGood)?;
    accounts::verify_email(&mut tx, account, now).await?;
    let event = AccountEvent {
        id: random::new_id(&state.clock),
        account,
        kind: "email-verified",
        topic: None,
        data: json!({}),
        by: Some(account),
    };
    events::append(&mut tx, event, now).await?;
    tx.commit().await?;
    Ok(())
}
