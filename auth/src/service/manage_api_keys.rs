//! Makes, lists and revokes API keys.

use crate::domain::opaque::{Kind, OpaqueToken};
use crate::error::AuthError;
use crate::state::State;
use crate::store::api_keys::{self, NewApiKey};
use crate::store::revocations;
use chrono::{DateTime, Utc};
use onsale_core::api::accounts::{ApiKey, CreateApiKey};
use onsale_core::api::internal::RevokedSubject;
use onsale_core::{ApiKeyId, Scope, UserId};
use onsale_platform::random;
use sqlx::{Connection, PgConnection};
use uuid::Uuid;

/// As much of a secret is kept to tell keys apart: `osk_` and 6 characters.
const PREFIX_CHARACTERS: usize = 10;

/// Makes a key; its secret is in this answer only.
pub(crate) async fn create(state: &State, by: UserId, request: &CreateApiKey) -> Result<ApiKey, AuthError> {
    let secret = OpaqueToken::new(Kind::ApiKey, &random::secret_bytes());
    let id = random::new_id(&state.clock);
    let mut conn = state.pool.acquire().await?;
    Ok(insert(&mut conn, id, by, (&request.name, &request.scopes), &secret, state.clock.now()).await?)
}

/// Keeps a key of this secret.
pub(crate) async fn insert(
    conn: &mut PgConnection,
    id: ApiKeyId,
    account: UserId,
    (name, scopes): (&str, &[Scope]),
    secret: &OpaqueToken,
    now: DateTime<Utc>,
) -> Result<ApiKey, sqlx::Error> {
    let prefix: String = secret.expose().chars().take(PREFIX_CHARACTERS).collect();
    let new = NewApiKey { id, account, name, scopes, prefix: &prefix, secret_hash: &secret.hash() };
    let row = api_keys::insert(conn, &new, now).await?;
    Ok(row.api_key(Some(secret.expose().to_owned())))
}

/// Keys, newest first, from below an id on; one more than `limit` where there are more.
pub(crate) async fn list(state: &State, below: Option<Uuid>, limit: i64) -> Result<Vec<ApiKey>, AuthError> {
    let mut conn = state.pool.acquire().await?;
    let rows = api_keys::page(&mut conn, below, limit + 1).await?;
    Ok(rows.into_iter().map(|row| row.api_key(None)).collect())
}

/// Revokes a key for good: its tokens are refused everywhere within 2 s.
pub(crate) async fn revoke(state: &State, id: ApiKeyId) -> Result<(), AuthError> {
    let now = state.clock.now();
    let mut conn = state.pool.acquire().await?;
    let mut tx = conn.begin().await?;
    api_keys::revoke(&mut tx, id, now).await?.ok_or(AuthError::NotFound("API key"))?;
    let revoked = [revocations::of(RevokedSubject::ApiKey(id.0), now)];
    revocations::append(&mut tx, &revoked).await?;
    tx.commit().await?;
    state.revoked(&revoked);
    Ok(())
}
