//! Table `attempts`: tries that limits count. A bucket is the hash of what they are counted for, so
//! that the table holds no addresses.

use chrono::{DateTime, TimeDelta, Utc};
use sha2::{Digest, Sha256};
use sqlx::PgConnection;

/// Tries are counted for so long; then the oldest is forgiven, so that no lock-out lasts.
pub(crate) const WINDOW: TimeDelta = TimeDelta::minutes(15);

/// What tries are counted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Bucket([u8; 32]);

impl Bucket {
    /// The bucket of a subject, e.g. `login-account` of an address.
    pub(crate) fn of(kind: &str, subject: &[u8]) -> Self {
        let mut hasher = Sha256::new();
        hasher.update(kind.as_bytes());
        hasher.update([0]);
        hasher.update(subject);
        Self(hasher.finalize().into())
    }

    fn lock_key(&self) -> i64 {
        let mut key = [0; 8];
        key.copy_from_slice(&self.0[..8]);
        i64::from_be_bytes(key)
    }
}

/// The tries of a bucket.
pub(crate) struct Tries {
    pub(crate) count: i64,
    pub(crate) oldest: Option<DateTime<Utc>>,
}

/// The tries of the last 15 minutes.
pub(crate) async fn count(conn: &mut PgConnection, bucket: Bucket, now: DateTime<Utc>) -> Result<Tries, sqlx::Error> {
    sqlx::query_as!(
        Tries,
        r#"SELECT count(*) AS "count!", min(attempted_at) AS oldest
         FROM auth.attempts WHERE bucket = $1 AND attempted_at > $2"#,
        &bucket.0[..],
        now - WINDOW,
    )
    .fetch_one(conn)
    .await
}

/// One writer of a bucket at a time, until the transaction ends: tries in parallel are counted one by one.
pub(crate) async fn lock(conn: &mut PgConnection, bucket: Bucket) -> Result<(), sqlx::Error> {
    sqlx::query!("SELECT pg_advisory_xact_lock($1)", bucket.lock_key()).fetch_one(conn).await?;
    Ok(())
}

/// One more try.
pub(crate) async fn record(conn: &mut PgConnection, bucket: Bucket, now: DateTime<Utc>) -> Result<(), sqlx::Error> {
    sqlx::query!("INSERT INTO auth.attempts (bucket, attempted_at) VALUES ($1, $2)", &bucket.0[..], now)
        .execute(conn)
        .await?;
    Ok(())
}

/// Forgets up to 10,000 tries of before a time.
pub(crate) async fn forget(conn: &mut PgConnection, before: DateTime<Utc>) -> Result<u64, sqlx::Error> {
    let forgotten = sqlx::query!(
        "DELETE FROM auth.attempts WHERE ctid IN
             (SELECT ctid FROM auth.attempts WHERE attempted_at < $1 LIMIT 10000)",
        before,
    )
    .execute(conn)
    .await?;
    Ok(forgotten.rows_affected())
}
