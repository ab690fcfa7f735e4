//! Tables `sessions` and `refresh_tokens`.

use chrono::{DateTime, Utc};
use onsale_core::{OrganisationId, SessionId, UserId};
use sqlx::PgConnection;

/// Why a session ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EndReason {
    Logout,
    TokenReused,
    PasswordChanged,
    Disabled,
}

impl EndReason {
    fn as_str(self) -> &'static str {
        match self {
            Self::Logout => "logout",
            Self::TokenReused => "token_reused",
            Self::PasswordChanged => "password_changed",
            Self::Disabled => "disabled",
        }
    }
}

/// A session, locked.
pub(crate) struct SessionRow {
    pub(crate) account_id: uuid::Uuid,
    pub(crate) expires_at: DateTime<Utc>,
    pub(crate) ended_at: Option<DateTime<Utc>>,
    /// For which organisation it acts.
    pub(crate) organisation_id: Option<uuid::Uuid>,
}

/// A refresh token.
pub(crate) struct TokenRow {
    pub(crate) expires_at: DateTime<Utc>,
    pub(crate) used_at: Option<DateTime<Utc>>,
}

/// Begins a session.
pub(crate) async fn insert(
    conn: &mut PgConnection,
    id: SessionId,
    account: UserId,
    expires_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO auth.sessions (id, account_id, created_at, expires_at) VALUES ($1, $2, $3, $4)",
        id.0,
        account.0,
        now,
        expires_at,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The session that a refresh token belongs to.
pub(crate) async fn of_token(conn: &mut PgConnection, hash: &[u8; 32]) -> Result<Option<SessionId>, sqlx::Error> {
    let found = sqlx::query_scalar!("SELECT session_id FROM auth.refresh_tokens WHERE hash = $1", &hash[..])
        .fetch_optional(conn)
        .await?;
    Ok(found.map(SessionId))
}

/// The session, locked until the transaction ends: whoever presents one of its tokens waits here.
pub(crate) async fn lock(conn: &mut PgConnection, id: SessionId) -> Result<Option<SessionRow>, sqlx::Error> {
    sqlx::query_as!(
        SessionRow,
        "SELECT account_id, expires_at, ended_at, organisation_id FROM auth.sessions WHERE id = $1 FOR UPDATE",
        id.0,
    )
    .fetch_optional(conn)
    .await
}

/// It acts for that organisation from now on.
pub(crate) async fn act_for(
    conn: &mut PgConnection,
    id: SessionId,
    organisation: OrganisationId,
) -> Result<(), sqlx::Error> {
    sqlx::query!("UPDATE auth.sessions SET organisation_id = $2 WHERE id = $1", id.0, organisation.0)
        .execute(conn)
        .await?;
    Ok(())
}

/// A refresh token of a locked session.
pub(crate) async fn token(conn: &mut PgConnection, hash: &[u8; 32]) -> Result<Option<TokenRow>, sqlx::Error> {
    sqlx::query_as!(TokenRow, "SELECT expires_at, used_at FROM auth.refresh_tokens WHERE hash = $1", &hash[..])
        .fetch_optional(conn)
        .await
}

/// Adds a refresh token.
pub(crate) async fn insert_token(
    conn: &mut PgConnection,
    hash: &[u8; 32],
    session: SessionId,
    expires_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO auth.refresh_tokens (hash, session_id, created_at, expires_at) VALUES ($1, $2, $3, $4)",
        &hash[..],
        session.0,
        now,
        expires_at,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Begins a session for each of these accounts.
pub(crate) async fn insert_many(
    conn: &mut PgConnection,
    ids: &[uuid::Uuid],
    accounts: &[uuid::Uuid],
    expires_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO auth.sessions (id, account_id, created_at, expires_at)
         SELECT id, account_id, $3, $4 FROM unnest($1::uuid[], $2::uuid[]) AS new (id, account_id)",
        ids,
        accounts,
        now,
        expires_at,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Adds a refresh token to each of these sessions.
pub(crate) async fn insert_tokens(
    conn: &mut PgConnection,
    hashes: &[Vec<u8>],
    sessions: &[uuid::Uuid],
    expires_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO auth.refresh_tokens (hash, session_id, created_at, expires_at)
         SELECT hash, session_id, $3, $4 FROM unnest($1::bytea[], $2::uuid[]) AS new (hash, session_id)",
        hashes,
        sessions,
        now,
        expires_at,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The token was used.
pub(crate) async fn use_token(conn: &mut PgConnection, hash: &[u8; 32], now: DateTime<Utc>) -> Result<(), sqlx::Error> {
    sqlx::query!("UPDATE auth.refresh_tokens SET used_at = $2 WHERE hash = $1 AND used_at IS NULL", &hash[..], now)
        .execute(conn)
        .await?;
    Ok(())
}

/// Ends a session; whether it had not ended before.
pub(crate) async fn end(
    conn: &mut PgConnection,
    id: SessionId,
    reason: EndReason,
    now: DateTime<Utc>,
) -> Result<bool, sqlx::Error> {
    let ended = sqlx::query!(
        "UPDATE auth.sessions SET ended_at = $2, end_reason = $3 WHERE id = $1 AND ended_at IS NULL",
        id.0,
        now,
        reason.as_str(),
    )
    .execute(conn)
    .await?;
    Ok(ended.rows_affected() == 1)
}

/// Ends all sessions of an account.
pub(crate) async fn end_all(
    conn: &mut PgConnection,
    account: UserId,
    reason: EndReason,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE auth.sessions SET ended_at = $2, end_reason = $3 WHERE account_id = $1 AND ended_at IS NULL",
        account.0,
        now,
        reason.as_str(),
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Forgets up to 1,000 sessions that were over before a time, with their tokens.
pub(crate) async fn forget(conn: &mut PgConnection, before: DateTime<Utc>) -> Result<u64, sqlx::Error> {
    let forgotten = sqlx::query!(
        "DELETE FROM auth.sessions WHERE id IN
             (SELECT id FROM auth.sessions WHERE expires_at < $1 LIMIT 1000 FOR UPDATE SKIP LOCKED)",
        before,
    )
    .execute(conn)
    .await?;
    Ok(forgotten.rows_affected())
}
