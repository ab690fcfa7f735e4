//! Lists the signing keys that are not forgotten; what `onsale keys list` shows.

use crate::error::KeyError;
use crate::store::signing_keys;
use chrono::{DateTime, Utc};
use onsale_platform::clock::Clock;
use sqlx::PgPool;

/// A signing key, without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SigningKey {
    /// Its name.
    pub kid: String,
    /// It signs from here on.
    pub signs_from: DateTime<Utc>,
    /// It signs until here, once it is retired.
    pub signs_until: Option<DateTime<Utc>>,
    /// Nothing that it signed is good after this, once it is retired.
    pub expires_at: Option<DateTime<Utc>>,
}

/// The keys whose tokens may still be good, the oldest first.
pub async fn list_keys(pool: &PgPool, clock: &Clock) -> Result<Vec<SigningKey>, KeyError> {
    let mut conn = pool.acquire().await?;
    let rows = signing_keys::unexpired(&mut conn, clock.now()).await?;
    let key = |row: signing_keys::SigningKeyRow| SigningKey {
        kid: row.kid,
        signs_from: row.not_before,
        signs_until: row.retires_at,
        expires_at: row.expires_at,
    };
    Ok(rows.into_iter().map(key).collect())
}
