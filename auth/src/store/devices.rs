//! Table `known_devices`.

use chrono::{DateTime, Utc};
use onsale_core::UserId;
use sqlx::PgConnection;

/// As many devices of an account are remembered.
const DEVICES_MAX: i64 = 20;

/// Whether the account signed in from there before.
pub(crate) async fn is_known(conn: &mut PgConnection, account: UserId, hash: &[u8; 32]) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT 1 FROM auth.known_devices WHERE account_id = $1 AND hash = $2) AS "known!""#,
        account.0,
        &hash[..],
    )
    .fetch_one(conn)
    .await
}

/// The account signed in from there. The devices that were not used for longest are forgotten.
pub(crate) async fn remember(
    conn: &mut PgConnection,
    account: UserId,
    hash: &[u8; 32],
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO auth.known_devices (account_id, hash, last_used_at) VALUES ($1, $2, $3)
         ON CONFLICT (account_id, hash) DO UPDATE SET last_used_at = excluded.last_used_at",
        account.0,
        &hash[..],
        now,
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "DELETE FROM auth.known_devices WHERE account_id = $1 AND hash IN
             (SELECT hash FROM auth.known_devices WHERE account_id = $1 ORDER BY last_used_at DESC OFFSET $2)",
        account.0,
        DEVICES_MAX,
    )
    .execute(conn)
    .await?;
    Ok(())
}
