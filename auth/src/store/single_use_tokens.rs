//! Table `single_use_tokens`: the links of mails.

use chrono::{DateTime, Utc};
use onsale_core::UserId;
use sqlx::PgConnection;

/// What a link does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    VerifyEmail,
    ResetPassword,
}

impl Purpose {
    fn as_str(self) -> &'static str {
        match self {
            Self::VerifyEmail => "verify_email",
            Self::ResetPassword => "reset_password",
        }
    }
}

/// Adds a link; earlier ones of the account and purpose stop working.
pub(crate) async fn replace(
    conn: &mut PgConnection,
    hash: &[u8; 32],
    account: UserId,
    purpose: Purpose,
    expires_at: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "DELETE FROM auth.single_use_tokens WHERE account_id = $1 AND purpose = $2 AND used_at IS NULL",
        account.0,
        purpose.as_str(),
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "INSERT INTO auth.single_use_tokens (hash, account_id, purpose, expires_at) VALUES ($1, $2, $3, $4)",
        &hash[..],
        account.0,
        purpose.as_str(),
        expires_at,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Whether a link would work.
pub(crate) async fn is_good(
    conn: &mut PgConnection,
    hash: &[u8; 32],
    purpose: Purpose,
    now: DateTime<Utc>,
) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT 1 FROM auth.single_use_tokens
                       WHERE hash = $1 AND purpose = $2 AND used_at IS NULL AND expires_at > $3) AS "good!""#,
        &hash[..],
        purpose.as_str(),
        now,
    )
    .fetch_one(conn)
    .await
}

/// Uses a link up; whose it was, if it worked.
pub(crate) async fn take(
    conn: &mut PgConnection,
    hash: &[u8; 32],
    purpose: Purpose,
    now: DateTime<Utc>,
) -> Result<Option<UserId>, sqlx::Error> {
    let taken = sqlx::query_scalar!(
        "UPDATE auth.single_use_tokens SET used_at = $3
         WHERE hash = $1 AND purpose = $2 AND used_at IS NULL AND expires_at > $3
         RETURNING account_id",
        &hash[..],
        purpose.as_str(),
        now,
    )
    .fetch_optional(conn)
    .await?;
    Ok(taken.map(UserId))
}

/// Forgets up to 1,000 links that ended before a time.
pub(crate) async fn forget(conn: &mut PgConnection, before: DateTime<Utc>) -> Result<u64, sqlx::Error> {
    let forgotten = sqlx::query!(
        "DELETE FROM auth.single_use_tokens WHERE hash IN
             (SELECT hash FROM auth.single_use_tokens WHERE expires_at < $1 LIMIT 1000)",
        before,
    )
    .execute(conn)
    .await?;
    Ok(forgotten.rows_affected())
}
