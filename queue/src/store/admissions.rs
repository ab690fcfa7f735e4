//! `gateway.admissions`: who was let in.

use super::{number, stored};
use chrono::{DateTime, Utc};
use onsale_core::{AdmissionId, EventId, UserId};
use sqlx::PgConnection;

/// Why an admission is good no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ended {
    /// Its order was made.
    Spent,
    /// Its holder left.
    Left,
    /// Its time is over.
    Expired,
}

impl Ended {
    fn as_str(self) -> &'static str {
        match self {
            Self::Spent => "SPENT",
            Self::Left => "LEFT",
            Self::Expired => "EXPIRED",
        }
    }

    fn from_name(text: &str) -> Option<Self> {
        [Self::Spent, Self::Left, Self::Expired].into_iter().find(|why| why.as_str() == text)
    }
}

/// An admission.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct AdmissionRow {
    pub(crate) id: AdmissionId,
    pub(crate) position: u32,
    pub(crate) account: UserId,
    pub(crate) issued_at: DateTime<Utc>,
    pub(crate) expires_at: DateTime<Utc>,
    pub(crate) ended: Option<Ended>,
}

struct Raw {
    id: uuid::Uuid,
    position: i32,
    account_id: uuid::Uuid,
    issued_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
    ended_by: Option<String>,
}

impl From<Raw> for AdmissionRow {
    fn from(raw: Raw) -> Self {
        Self {
            id: raw.id.into(),
            position: number(raw.position),
            account: raw.account_id.into(),
            issued_at: raw.issued_at,
            expires_at: raw.expires_at,
            ended: raw.ended_by.as_deref().and_then(Ended::from_name),
        }
    }
}

/// The admission of a place.
pub(crate) async fn of_place(
    conn: &mut PgConnection,
    event: &EventId,
    place: u32,
) -> Result<Option<AdmissionRow>, sqlx::Error> {
    let raw = sqlx::query_as!(
        Raw,
        "SELECT id, position, account_id, issued_at, expires_at, ended_by FROM gateway.admissions
         WHERE event_id = $1 AND place = $2",
        event.as_str(),
        stored(place),
    );
    Ok(raw.fetch_optional(conn).await?.map(AdmissionRow::from))
}

/// The admissions of these positions.
pub(crate) async fn of_positions(
    conn: &mut PgConnection,
    event: &EventId,
    positions: &[i32],
) -> Result<Vec<AdmissionRow>, sqlx::Error> {
    let raws = sqlx::query_as!(
        Raw,
        "SELECT id, position, account_id, issued_at, expires_at, ended_by FROM gateway.admissions
         WHERE event_id = $1 AND position = ANY ($2)",
        event.as_str(),
        positions,
    );
    Ok(raws.fetch_all(conn).await?.into_iter().map(AdmissionRow::from).collect())
}

/// The living admission of an account.
pub(crate) async fn of_account(
    conn: &mut PgConnection,
    event: &EventId,
    account: UserId,
) -> Result<Option<AdmissionRow>, sqlx::Error> {
    let raw = sqlx::query_as!(
        Raw,
        "SELECT id, position, account_id, issued_at, expires_at, ended_by FROM gateway.admissions
         WHERE event_id = $1 AND account_id = $2 AND ended_at IS NULL",
        event.as_str(),
        account.0,
    );
    Ok(raw.fetch_optional(conn).await?.map(AdmissionRow::from))
}

/// Lets somebody in by a place; nothing where the place was used, or the account is in.
pub(crate) async fn insert(
    conn: &mut PgConnection,
    event: &EventId,
    place: u32,
    new: &AdmissionRow,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query!(
        "INSERT INTO gateway.admissions (id, event_id, place, position, account_id, issued_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
        new.id.0,
        event.as_str(),
        stored(place),
        stored(new.position),
        new.account.0,
        new.issued_at,
        new.expires_at,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Ends those whose time is over, of an account or of everybody.
pub(crate) async fn expire(
    conn: &mut PgConnection,
    event: &EventId,
    account: Option<UserId>,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    let sql = sqlx::query!(
        "UPDATE gateway.admissions SET ended_at = $3, ended_by = 'EXPIRED'
         WHERE event_id = $1 AND ($2::uuid IS NULL OR account_id = $2) AND ended_at IS NULL AND expires_at <= $3",
        event.as_str(),
        account.map(|account| account.0),
        now,
    );
    sql.execute(conn).await.map(|_| ())
}

/// Ends the living one of a position.
pub(crate) async fn leave(
    conn: &mut PgConnection,
    event: &EventId,
    position: u32,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    let sql = sqlx::query!(
        "UPDATE gateway.admissions SET ended_at = $3, ended_by = 'LEFT'
         WHERE event_id = $1 AND position = $2 AND ended_at IS NULL",
        event.as_str(),
        stored(position),
        now,
    );
    sql.execute(conn).await.map(|_| ())
}

/// Makes those good again whose holders are back in time, unless their account came in by another place.
pub(crate) async fn come_back(
    conn: &mut PgConnection,
    event: &EventId,
    positions: &[i32],
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    let sql = sqlx::query!(
        "UPDATE gateway.admissions a SET ended_at = NULL, ended_by = NULL
         WHERE event_id = $1 AND position = ANY ($2) AND ended_by = 'LEFT' AND expires_at > $3
           AND NOT EXISTS (SELECT FROM gateway.admissions other WHERE other.event_id = a.event_id
                           AND other.account_id = a.account_id AND other.ended_at IS NULL)
           AND position = (SELECT max(last.position) FROM gateway.admissions last WHERE last.event_id = a.event_id
                           AND last.account_id = a.account_id AND last.position = ANY ($2))",
        event.as_str(),
        positions,
        now,
    );
    sql.execute(conn).await.map(|_| ())
}

/// Ends those whose orders were made.
pub(crate) async fn spend(conn: &mut PgConnection, ids: &[uuid::Uuid], now: DateTime<Utc>) -> Result<(), sqlx::Error> {
    let sql = sqlx::query!(
        "UPDATE gateway.admissions SET ended_at = $2, ended_by = 'SPENT' WHERE id = ANY ($1) AND ended_at IS NULL",
        ids,
        now,
    );
    sql.execute(conn).await.map(|_| ())
}

/// The living ones that have held seats: their orders may have been made. Of very many another thousand each time.
pub(crate) async fn that_held(conn: &mut PgConnection, event: &EventId) -> Result<Vec<uuid::Uuid>, sqlx::Error> {
    sqlx::query_scalar!(
        "SELECT a.id FROM gateway.admissions a JOIN gateway.beats b ON b.admission_id = a.id
         WHERE a.event_id = $1 AND a.ended_at IS NULL AND b.held_at IS NOT NULL
         ORDER BY random() LIMIT 1000",
        event.as_str(),
    )
    .fetch_all(conn)
    .await
}

/// How many came of the places after `from` up to `to`.
pub(crate) async fn came_between(
    conn: &mut PgConnection,
    event: &EventId,
    from: u32,
    to: u32,
) -> Result<u32, sqlx::Error> {
    let count = sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM gateway.admissions WHERE event_id = $1 AND place > $2 AND place <= $3"#,
        event.as_str(),
        stored(from),
        stored(to),
    )
    .fetch_one(conn)
    .await?;
    Ok(u32::try_from(count).unwrap_or(u32::MAX))
}
