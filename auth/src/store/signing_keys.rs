//! Table `signing_keys`.

use crate::domain::rotation::Schedule;
use chrono::{DateTime, Utc};
use sqlx::PgConnection;

/// A key, sealed.
pub(crate) struct SigningKeyRow {
    pub(crate) kid: String,
    pub(crate) sealed: Vec<u8>,
    pub(crate) not_before: DateTime<Utc>,
    pub(crate) retires_at: Option<DateTime<Utc>>,
    pub(crate) expires_at: Option<DateTime<Utc>>,
}

/// The keys that are not forgotten at a time.
pub(crate) async fn unexpired(conn: &mut PgConnection, now: DateTime<Utc>) -> Result<Vec<SigningKeyRow>, sqlx::Error> {
    sqlx::query_as!(
        SigningKeyRow,
        "SELECT kid, sealed, not_before, retires_at, expires_at FROM auth.signing_keys
         WHERE expires_at IS NULL OR expires_at > $1 ORDER BY not_before, kid",
        now,
    )
    .fetch_all(conn)
    .await
}

/// One change of the keys at a time, until the transaction ends.
pub(crate) async fn lock(conn: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::query!("SELECT pg_advisory_xact_lock(hashtextextended('auth.signing_keys', 0))").fetch_one(conn).await?;
    Ok(())
}

/// Adds a key that signs from `not_before` on.
pub(crate) async fn insert(
    conn: &mut PgConnection,
    kid: &str,
    sealed: &[u8],
    not_before: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO auth.signing_keys (kid, sealed, created_at, not_before) VALUES ($1, $2, $3, $4)",
        kid,
        sealed,
        now,
        not_before,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Retires the keys that have no end yet; a second end never comes later than the first. Which ones they are.
pub(crate) async fn retire_all(conn: &mut PgConnection, schedule: Schedule) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar!(
        "UPDATE auth.signing_keys
         SET retires_at = least(retires_at, $1), expires_at = least(expires_at, $2)
         WHERE expires_at IS NULL OR expires_at > $2
         RETURNING kid",
        schedule.handover,
        schedule.old_expires_at,
    )
    .fetch_all(conn)
    .await
}

/// Forgets keys that ended before a time.
pub(crate) async fn forget(conn: &mut PgConnection, before: DateTime<Utc>) -> Result<u64, sqlx::Error> {
    let forgotten = sqlx::query!("DELETE FROM auth.signing_keys WHERE expires_at < $1", before).execute(conn).await?;
    Ok(forgotten.rows_affected())
}
