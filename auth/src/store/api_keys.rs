//! Table `api_keys`.

use chrono::{DateTime, Utc};
use onsale_core::api::accounts::ApiKey;
use onsale_core::{ApiKeyId, OrganisationId, Scope, UserId};
use sqlx::PgConnection;
use uuid::Uuid;

/// A row, without what is kept of the secret.
pub(crate) struct ApiKeyRow {
    pub(crate) id: Uuid,
    pub(crate) name: String,
    pub(crate) scopes: Vec<String>,
    pub(crate) organisation_id: Uuid,
    pub(crate) prefix: String,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) revoked_at: Option<DateTime<Utc>>,
}

impl ApiKeyRow {
    /// The key as admins see it; the secret only in the answer that made it.
    pub(crate) fn api_key(self, secret: Option<String>) -> ApiKey {
        ApiKey {
            id: ApiKeyId(self.id),
            name: self.name,
            scopes: parse_scopes(&self.scopes),
            organisation_id: OrganisationId(self.organisation_id),
            prefix: self.prefix,
            secret,
            created_at: self.created_at,
            revoked_at: self.revoked_at,
        }
    }
}

/// A new key.
pub(crate) struct NewApiKey<'a> {
    pub(crate) id: ApiKeyId,
    pub(crate) account: UserId,
    pub(crate) organisation: OrganisationId,
    pub(crate) name: &'a str,
    pub(crate) scopes: &'a [Scope],
    pub(crate) prefix: &'a str,
    pub(crate) secret_hash: &'a [u8; 32],
}

/// A key that a secret belongs to, with its account.
pub(crate) struct OwnedKey {
    pub(crate) id: Uuid,
    pub(crate) account_id: Uuid,
    pub(crate) organisation_id: Uuid,
    pub(crate) scopes: Vec<String>,
    pub(crate) tokens_revoked_at: Option<DateTime<Utc>>,
}

pub(crate) fn parse_scopes(names: &[String]) -> Vec<Scope> {
    names.iter().filter_map(|name| name.parse().ok()).collect()
}

fn scope_names(scopes: &[Scope]) -> Vec<String> {
    let mut names: Vec<_> = scopes.iter().map(|scope| scope.as_str().to_owned()).collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// Makes a key. One of the same secret is brought to this state.
pub(crate) async fn insert(
    conn: &mut PgConnection,
    key: &NewApiKey<'_>,
    now: DateTime<Utc>,
) -> Result<ApiKeyRow, sqlx::Error> {
    sqlx::query_as!(
        ApiKeyRow,
        "INSERT INTO auth.api_keys (id, account_id, name, scopes, prefix, secret_hash, created_at, organisation_id)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT ON CONSTRAINT api_keys_secret_unique DO UPDATE
         SET name = excluded.name, scopes = excluded.scopes
         RETURNING id, name, scopes, organisation_id, prefix, created_at, revoked_at",
        key.id.0,
        key.account.0,
        key.name,
        &scope_names(key.scopes),
        key.prefix,
        &key.secret_hash[..],
        now,
        key.organisation.0,
    )
    .fetch_one(conn)
    .await
}

/// Keys of an organisation, or of all, newest first, from below an id on.
pub(crate) async fn page(
    conn: &mut PgConnection,
    of: Option<OrganisationId>,
    below: Option<Uuid>,
    limit: i64,
) -> Result<Vec<ApiKeyRow>, sqlx::Error> {
    sqlx::query_as!(
        ApiKeyRow,
        "SELECT id, name, scopes, organisation_id, prefix, created_at, revoked_at FROM auth.api_keys
         WHERE ($1::uuid IS NULL OR id < $1) AND ($3::uuid IS NULL OR organisation_id = $3)
         ORDER BY id DESC LIMIT $2",
        below,
        limit,
        of.map(|id| id.0),
    )
    .fetch_all(conn)
    .await
}

/// Whose key it is.
pub(crate) async fn organisation_of(
    conn: &mut PgConnection,
    id: ApiKeyId,
) -> Result<Option<OrganisationId>, sqlx::Error> {
    let of = sqlx::query_scalar!("SELECT organisation_id FROM auth.api_keys WHERE id = $1", id.0);
    Ok(of.fetch_optional(conn).await?.map(OrganisationId))
}

/// Revokes a key; the moment it was revoked at, now or before. Nothing when there is no such key.
pub(crate) async fn revoke(
    conn: &mut PgConnection,
    id: ApiKeyId,
    now: DateTime<Utc>,
) -> Result<Option<DateTime<Utc>>, sqlx::Error> {
    let revoked = sqlx::query_scalar!(
        r#"UPDATE auth.api_keys SET revoked_at = coalesce(revoked_at, $2) WHERE id = $1 RETURNING revoked_at AS "at!""#,
        id.0,
        now,
    )
    .fetch_optional(conn)
    .await?;
    Ok(revoked)
}

/// The key of a secret, if it is good and its account is too.
pub(crate) async fn by_secret(conn: &mut PgConnection, hash: &[u8; 32]) -> Result<Option<OwnedKey>, sqlx::Error> {
    sqlx::query_as!(
        OwnedKey,
        "SELECT k.id, k.account_id, k.organisation_id, k.scopes, a.tokens_revoked_at
         FROM auth.api_keys k JOIN auth.accounts a ON a.id = k.account_id
         WHERE k.secret_hash = $1 AND k.revoked_at IS NULL AND a.disabled_at IS NULL",
        &hash[..],
    )
    .fetch_optional(conn)
    .await
}
