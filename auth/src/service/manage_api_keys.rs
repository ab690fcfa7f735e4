//! Makes, lists and revokes API keys.

use crate::domain::opaque::{Kind, OpaqueToken};
use crate::error::AuthError;
use crate::service::keep_audit;
use crate::state::State;
use crate::store::api_keys::{self, NewApiKey};
use crate::store::revocations;
use chrono::{DateTime, Utc};
use onsale_core::api::accounts::{ApiKey, CreateApiKey};
use onsale_core::api::internal::RevokedSubject;
use onsale_core::{ApiKeyId, OrganisationId, Scope, UserId};
use onsale_platform::identity::{Caller, Reach};
use onsale_platform::random;
use serde_json::json;
use sqlx::{Connection, PgConnection};
use uuid::Uuid;

/// As much of a secret is kept to tell keys apart: `osk_` and 6 characters.
const PREFIX_CHARACTERS: usize = 10;

/// Makes a key; its secret is in this answer only.
pub(crate) async fn create(state: &State, by: &Caller, request: &CreateApiKey) -> Result<ApiKey, AuthError> {
    let secret = OpaqueToken::new(Kind::ApiKey, &random::secret_bytes());
    let id: ApiKeyId = random::new_id(&state.clock);
    let mut conn = state.pool.acquire().await?;
    let mut tx = conn.begin().await?;
    let owner = (by.user_id, by.organisation);
    let key = insert(&mut tx, id, owner, (&request.name, &request.scopes), &secret, state.clock.now()).await?;
    let detail = json!({"name": key.name, "scopes": key.scopes, "prefix": key.prefix});
    let who = (Some(by.user_id), Some(by.organisation));
    keep_audit::note(state, &mut tx, who, ("api-key.create", "api-key", &id.to_string()), detail).await?;
    tx.commit().await?;
    Ok(key)
}

/// Keeps a key of this secret.
pub(crate) async fn insert(
    conn: &mut PgConnection,
    id: ApiKeyId,
    (account, organisation): (UserId, OrganisationId),
    (name, scopes): (&str, &[Scope]),
    secret: &OpaqueToken,
    now: DateTime<Utc>,
) -> Result<ApiKey, sqlx::Error> {
    let prefix: String = secret.expose().chars().take(PREFIX_CHARACTERS).collect();
    let new = NewApiKey { id, account, organisation, name, scopes, prefix: &prefix, secret_hash: &secret.hash() };
    let row = api_keys::insert(conn, &new, now).await?;
    Ok(row.api_key(Some(secret.expose().to_owned())))
}

/// Keys within reach, newest first, from below an id on; one more than `limit` where there are more.
pub(crate) async fn list(
    state: &State,
    reach: Reach,
    below: Option<Uuid>,
    limit: i64,
) -> Result<Vec<ApiKey>, AuthError> {
    let mut conn = state.pool.acquire().await?;
    let rows = api_keys::page(&mut conn, reach.only(), below, limit + 1).await?;
    Ok(rows.into_iter().map(|row| row.api_key(None)).collect())
}

/// Revokes a key for good: its tokens are refused everywhere within 2 s.
pub(crate) async fn revoke(state: &State, by: &Caller, id: ApiKeyId) -> Result<(), AuthError> {
    let now = state.clock.now();
    let mut conn = state.pool.acquire().await?;
    let mut tx = conn.begin().await?;
    let organisation = api_keys::organisation_of(&mut tx, id).await?.filter(|of| by.reach().covers(*of));
    let organisation = organisation.ok_or(AuthError::NotFound("API key"))?;
    api_keys::revoke(&mut tx, id, now).await?.ok_or(AuthError::NotFound("API key"))?;
    let who = (Some(by.user_id), Some(organisation));
    keep_audit::note(state, &mut tx, who, ("api-key.revoke", "api-key", &id.to_string()), json!({})).await?;
    let revoked = [revocations::of(RevokedSubject::ApiKey(id.0), now)];
    revocations::append(&mut tx, &revoked).await?;
    tx.commit().await?;
    state.revoked(&revoked);
    Ok(())
}
