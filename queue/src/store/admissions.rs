//! `gateway.admissions`: who was let in.

use super::{number, stored};
use chrono::{DateTime, Utc};
use onsale_core::{AdmissionId, EventId, UserId};
use sqlx::PgConnection;
use std::collections::{HashMap, HashSet};

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
    place: i32,
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
        "SELECT place, id, position, account_id, issued_at, expires_at, ended_by FROM gateway.admissions
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
        "SELECT place, id, position, account_id, issued_at, expires_at, ended_by FROM gateway.admissions
         WHERE event_id = $1 AND position = ANY ($2)",
        event.as_str(),
        positions,
    );
    Ok(raws.fetch_all(conn).await?.into_iter().map(AdmissionRow::from).collect())
}

/// The admissions of these places, by place.
pub(crate) async fn of_places(
    conn: &mut PgConnection,
    event: &EventId,
    places: &[i32],
) -> Result<HashMap<u32, AdmissionRow>, sqlx::Error> {
    let raws = sqlx::query_as!(
        Raw,
        "SELECT place, id, position, account_id, issued_at, expires_at, ended_by FROM gateway.admissions
         WHERE event_id = $1 AND place = ANY ($2)",
        event.as_str(),
        places,
    );
    Ok(raws.fetch_all(conn).await?.into_iter().map(|raw| (number(raw.place), AdmissionRow::from(raw))).collect())
}

/// The living admissions of these accounts, by account.
pub(crate) async fn of_accounts(
    conn: &mut PgConnection,
    event: &EventId,
    accounts: &[uuid::Uuid],
) -> Result<HashMap<UserId, AdmissionRow>, sqlx::Error> {
    let raws = sqlx::query_as!(
        Raw,
        "SELECT place, id, position, account_id, issued_at, expires_at, ended_by FROM gateway.admissions
         WHERE event_id = $1 AND account_id = ANY ($2) AND ended_at IS NULL",
        event.as_str(),
        accounts,
    );
    let rows = raws.fetch_all(conn).await?.into_iter().map(AdmissionRow::from);
    Ok(rows.map(|row| (row.account, row)).collect())
}

/// Lets people in by their places, as far as the places were not used and the accounts are not in; gives the ids of those
/// who were.
pub(crate) async fn insert(
    conn: &mut PgConnection,
    event: &EventId,
    new: &[(u32, AdmissionRow)],
) -> Result<HashSet<uuid::Uuid>, sqlx::Error> {
    let inserted = sqlx::query_scalar!(
        "INSERT INTO gateway.admissions (event_id, id, place, position, account_id, issued_at, expires_at)
         SELECT $1, * FROM unnest($2::uuid[], $3::int[], $4::int[], $5::uuid[], $6::timestamptz[], $7::timestamptz[])
         ON CONFLICT DO NOTHING RETURNING id",
        event.as_str(),
        &new.iter().map(|(_, row)| row.id.0).collect::<Vec<_>>(),
        &new.iter().map(|(place, _)| stored(*place)).collect::<Vec<_>>(),
        &new.iter().map(|(_, row)| stored(row.position)).collect::<Vec<_>>(),
        &new.iter().map(|(_, row)| row.account.0).collect::<Vec<_>>(),
        &new.iter().map(|(_, row)| row.issued_at).collect::<Vec<_>>(),
        &new.iter().map(|(_, row)| row.expires_at).collect::<Vec<_>>(),
    )
    .fetch_all(conn)
    .await?;
    Ok(inserted.into_iter().collect())
}

/// Ends those whose time is over, of these accounts or of everybody.
pub(crate) async fn expire(
    conn: &mut PgConnection,
    event: &EventId,
    accounts: Option<&[uuid::Uuid]>,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    let sql = sqlx::query!(
        "UPDATE gateway.admissions SET ended_at = $3, ended_by = 'EXPIRED'
         WHERE event_id = $1 AND ($2::uuid[] IS NULL OR account_id = ANY ($2)) AND ended_at IS NULL AND expires_at <= $3",
        event.as_str(),
        accounts,
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
    if ids.is_empty() {
        return Ok(());
    }
    let sql = sqlx::query!(
        "UPDATE gateway.admissions SET ended_at = $2, ended_by = 'SPENT' WHERE id = ANY ($1) AND ended_at IS NULL",
        ids,
        now,
    );
    sql.execute(conn).await.map(|_| ())
}

/// The living ones that hold seats, as far as is known: their orders may have been made, their holds may have ended. Of
/// very many another thousand each time.
pub(crate) async fn that_held(conn: &mut PgConnection) -> Result<Vec<uuid::Uuid>, sqlx::Error> {
    sqlx::query_scalar!(
        "SELECT a.id FROM gateway.beats b JOIN gateway.admissions a ON a.id = b.admission_id
         WHERE b.held_at IS NOT NULL AND a.ended_at IS NULL ORDER BY random() LIMIT 1000",
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
