//! Table `revocations`, which every process follows.

use chrono::{DateTime, TimeDelta, Utc};
use onsale_core::api::internal::{Revocation, Revocations, RevokedSubject};
use onsale_platform::tokens::ACCESS_LIFETIME;
use sqlx::{Connection, PgConnection};
use uuid::Uuid;

/// The channel that wakes followers.
pub(crate) const CHANNEL: &str = "auth_revocations";
/// As many are told at once.
const PAGE: i64 = 1_000;
/// Beyond the last token's end, for clocks that differ.
const MARGIN: TimeDelta = TimeDelta::minutes(1);

/// The revocation of a subject, now.
pub(crate) fn of(subject: RevokedSubject, now: DateTime<Utc>) -> Revocation {
    Revocation { subject, at: now, until: now + ACCESS_LIFETIME + MARGIN }
}

/// Appends, last in the transaction of the change, and wakes the followers when it commits.
pub(crate) async fn append(conn: &mut PgConnection, revocations: &[Revocation]) -> Result<(), sqlx::Error> {
    if revocations.is_empty() {
        return Ok(());
    }
    debug_assert!(conn.is_in_transaction(), "the lock below is the transaction's");
    sqlx::query!("SELECT pg_advisory_xact_lock(hashtextextended('auth.revocations', 0))").fetch_one(&mut *conn).await?;
    for revocation in revocations {
        let (kind, subject) = to_columns(&revocation.subject);
        sqlx::query!(
            "INSERT INTO auth.revocations (kind, subject, revoked_at, until) VALUES ($1, $2, $3, $4)",
            kind,
            subject,
            revocation.at,
            revocation.until,
        )
        .execute(&mut *conn)
        .await?;
    }
    sqlx::query!("SELECT pg_notify($1, '')", CHANNEL).fetch_one(conn).await?;
    Ok(())
}

/// The revocations in force after a cursor, oldest first.
pub(crate) async fn after(
    conn: &mut PgConnection,
    cursor: i64,
    now: DateTime<Utc>,
) -> Result<Revocations, sqlx::Error> {
    let rows = sqlx::query!(
        "SELECT id, kind, subject, revoked_at, until FROM auth.revocations
         WHERE id > $1 AND until > $2 ORDER BY id LIMIT $3",
        cursor,
        now,
        PAGE,
    )
    .fetch_all(conn)
    .await?;
    let cursor = rows.last().map_or(cursor, |row| row.id);
    let entries = rows
        .into_iter()
        .filter_map(|row| {
            let subject = from_columns(&row.kind, row.subject)?;
            Some(Revocation { subject, at: row.revoked_at, until: row.until })
        })
        .collect();
    Ok(Revocations { cursor, entries })
}

/// Forgets up to 10,000 revocations that ended before a time.
pub(crate) async fn forget(conn: &mut PgConnection, before: DateTime<Utc>) -> Result<u64, sqlx::Error> {
    let forgotten = sqlx::query!(
        "DELETE FROM auth.revocations WHERE id IN (SELECT id FROM auth.revocations WHERE until < $1 LIMIT 10000)",
        before,
    )
    .execute(conn)
    .await?;
    Ok(forgotten.rows_affected())
}

fn to_columns(subject: &RevokedSubject) -> (&'static str, String) {
    match subject {
        RevokedSubject::Session(id) => ("session", id.to_string()),
        RevokedSubject::Account(id) => ("account", id.to_string()),
        RevokedSubject::ApiKey(id) => ("api_key", id.to_string()),
        RevokedSubject::SigningKey(kid) => ("signing_key", kid.clone()),
    }
}

fn from_columns(kind: &str, subject: String) -> Option<RevokedSubject> {
    let id = || Uuid::parse_str(&subject).ok();
    match kind {
        "session" => id().map(RevokedSubject::Session),
        "account" => id().map(RevokedSubject::Account),
        "api_key" => id().map(RevokedSubject::ApiKey),
        "signing_key" => Some(RevokedSubject::SigningKey(subject)),
        _ => None,
    }
}
