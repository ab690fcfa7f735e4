//! Table `second_factors`.

use chrono::{DateTime, Utc};
use onsale_core::UserId;
use sqlx::PgConnection;

/// A second factor.
pub(crate) struct FactorRow {
    pub(crate) sealed: Vec<u8>,
    pub(crate) confirmed_at: Option<DateTime<Utc>>,
}

/// The account's, locked until the transaction ends.
pub(crate) async fn lock(conn: &mut PgConnection, account: UserId) -> Result<Option<FactorRow>, sqlx::Error> {
    sqlx::query_as!(
        FactorRow,
        "SELECT sealed, confirmed_at FROM auth.second_factors WHERE account_id = $1 FOR UPDATE",
        account.0,
    )
    .fetch_optional(conn)
    .await
}

/// Begins one that counts once it is confirmed; false where the account has a confirmed one.
pub(crate) async fn begin(
    conn: &mut PgConnection,
    account: UserId,
    sealed: &[u8],
    now: DateTime<Utc>,
) -> Result<bool, sqlx::Error> {
    let begun = sqlx::query!(
        "INSERT INTO auth.second_factors AS known (account_id, sealed, created_at) VALUES ($1, $2, $3)
         ON CONFLICT (account_id) DO UPDATE SET sealed = excluded.sealed, created_at = excluded.created_at, used_step = 0
         WHERE known.confirmed_at IS NULL",
        account.0,
        sealed,
        now,
    )
    .execute(conn)
    .await?;
    Ok(begun.rows_affected() == 1)
}

/// It counts from now on, with these recovery codes.
pub(crate) async fn confirm(
    conn: &mut PgConnection,
    account: UserId,
    recovery: &[Vec<u8>],
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE auth.second_factors SET confirmed_at = coalesce(confirmed_at, $3), recovery_codes = $2
         WHERE account_id = $1",
        account.0,
        recovery,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Uses the code of a step up; false where it, or a later one, was used before.
pub(crate) async fn use_step(conn: &mut PgConnection, account: UserId, step: i64) -> Result<bool, sqlx::Error> {
    let used = sqlx::query!(
        "UPDATE auth.second_factors SET used_step = $2 WHERE account_id = $1 AND used_step < $2",
        account.0,
        step,
    )
    .execute(conn)
    .await?;
    Ok(used.rows_affected() == 1)
}

/// Uses a recovery code up; false where there is none of that hash.
pub(crate) async fn use_recovery(
    conn: &mut PgConnection,
    account: UserId,
    hash: &[u8; 32],
) -> Result<bool, sqlx::Error> {
    let used = sqlx::query!(
        "UPDATE auth.second_factors SET recovery_codes = array_remove(recovery_codes, $2)
         WHERE account_id = $1 AND confirmed_at IS NOT NULL AND $2 = ANY(recovery_codes)",
        account.0,
        &hash[..],
    )
    .execute(conn)
    .await?;
    Ok(used.rows_affected() == 1)
}

/// Takes it away; false where there was none.
pub(crate) async fn remove(conn: &mut PgConnection, account: UserId) -> Result<bool, sqlx::Error> {
    let removed =
        sqlx::query!("DELETE FROM auth.second_factors WHERE account_id = $1", account.0).execute(conn).await?;
    Ok(removed.rows_affected() == 1)
}
