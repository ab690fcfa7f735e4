//! `gateway.entries`: who joined, in order.

use super::{fixed, number, stored};
use chrono::{DateTime, Utc};
use onsale_core::lineup::{EntryId, Hash};
use onsale_core::{EventId, UserId};
use sqlx::PgConnection;
use std::collections::HashSet;

/// An entry, as its device asks for it.
#[derive(Debug, Clone)]
pub(crate) struct EntryRow {
    pub(crate) position: u32,
    pub(crate) id: EntryId,
    pub(crate) head: Hash,
    pub(crate) device: [u8; 32],
    pub(crate) joined_at: DateTime<Utc>,
    pub(crate) left_at: Option<DateTime<Utc>>,
}

struct Raw {
    position: i32,
    id: Vec<u8>,
    head: Vec<u8>,
    device: Vec<u8>,
    joined_at: DateTime<Utc>,
    left_at: Option<DateTime<Utc>>,
}

impl Raw {
    fn read(self) -> Result<EntryRow, sqlx::Error> {
        Ok(EntryRow {
            position: number(self.position),
            id: fixed(&self.id, "id")?,
            head: fixed(&self.head, "head")?,
            device: fixed(&self.device, "device")?,
            joined_at: self.joined_at,
            left_at: self.left_at,
        })
    }
}

/// The living entries of these devices.
pub(crate) async fn living(
    conn: &mut PgConnection,
    event: &EventId,
    devices: &[Vec<u8>],
) -> Result<Vec<EntryRow>, sqlx::Error> {
    let rows = sqlx::query_as!(
        Raw,
        "SELECT position, id, head, device, joined_at, left_at FROM gateway.entries
         WHERE event_id = $1 AND device = ANY ($2) AND ended_at IS NULL",
        event.as_str(),
        devices,
    );
    rows.fetch_all(conn).await?.into_iter().map(Raw::read).collect()
}

/// The entry at a position, as it was given out.
pub(crate) async fn at(
    conn: &mut PgConnection,
    event: &EventId,
    position: u32,
) -> Result<Option<EntryRow>, sqlx::Error> {
    let row = sqlx::query_as!(
        Raw,
        "SELECT position, id, head, device, joined_at, left_at FROM gateway.entries WHERE event_id = $1 AND position = $2",
        event.as_str(),
        stored(position),
    );
    row.fetch_optional(conn).await?.map(Raw::read).transpose()
}

/// A new entry.
pub(crate) struct NewEntry {
    pub(crate) row: EntryRow,
    pub(crate) account: Option<UserId>,
}

/// Adds entries.
pub(crate) async fn insert(conn: &mut PgConnection, event: &EventId, new: &[NewEntry]) -> Result<(), sqlx::Error> {
    let column = |pick: fn(&EntryRow) -> &[u8]| new.iter().map(|new| pick(&new.row).to_vec()).collect::<Vec<_>>();
    sqlx::query!(
        "INSERT INTO gateway.entries (event_id, position, id, head, device, account_id, joined_at)
         SELECT $1, * FROM unnest($2::int[], $3::bytea[], $4::bytea[], $5::bytea[], $6::uuid[], $7::timestamptz[])",
        event.as_str(),
        &new.iter().map(|new| stored(new.row.position)).collect::<Vec<_>>(),
        &column(|row| &row.id.0),
        &column(|row| &row.head.0),
        &column(|row| &row.device),
        &new.iter().map(|new| new.account.map(|account| account.0)).collect::<Vec<_>>() as &[Option<uuid::Uuid>],
        &new.iter().map(|new| new.row.joined_at).collect::<Vec<_>>(),
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Gives these entries up for good.
pub(crate) async fn end(
    conn: &mut PgConnection,
    event: &EventId,
    positions: &[i32],
    at: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    let sql = sqlx::query!(
        "UPDATE gateway.entries SET ended_at = $3 WHERE event_id = $1 AND position = ANY ($2) AND ended_at IS NULL",
        event.as_str(),
        positions,
        at,
    );
    sql.execute(conn).await.map(|_| ())
}

/// These are back in line.
pub(crate) async fn come_back(conn: &mut PgConnection, event: &EventId, positions: &[i32]) -> Result<(), sqlx::Error> {
    let sql = sqlx::query!(
        "UPDATE gateway.entries SET left_at = NULL WHERE event_id = $1 AND position = ANY ($2)",
        event.as_str(),
        positions,
    );
    sql.execute(conn).await.map(|_| ())
}

/// Notes that somebody left; who left before left then.
pub(crate) async fn leave(
    conn: &mut PgConnection,
    event: &EventId,
    position: u32,
    at: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    let sql = sqlx::query!(
        "UPDATE gateway.entries SET left_at = coalesce(left_at, $3) WHERE event_id = $1 AND position = $2",
        event.as_str(),
        stored(position),
        at,
    );
    sql.execute(conn).await.map(|_| ())
}

/// Of these positions, those that are in line and have not left; locked, so that nobody leaves meanwhile.
pub(crate) async fn that_are_there(
    conn: &mut PgConnection,
    event: &EventId,
    positions: &[i32],
) -> Result<HashSet<u32>, sqlx::Error> {
    let there = sqlx::query_scalar!(
        "SELECT position FROM gateway.entries
         WHERE event_id = $1 AND position = ANY ($2) AND left_at IS NULL AND ended_at IS NULL
         ORDER BY position FOR SHARE",
        event.as_str(),
        positions,
    )
    .fetch_all(conn)
    .await?;
    Ok(there.into_iter().map(number).collect())
}

/// The positions of those who left or gave up their place.
pub(crate) async fn gone(conn: &mut PgConnection, event: &EventId) -> Result<Vec<u32>, sqlx::Error> {
    let rows = sqlx::query_scalar!(
        "SELECT position FROM gateway.entries WHERE event_id = $1 AND left_at IS NOT NULL",
        event.as_str(),
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(number).collect())
}

/// The entries after a position up to another one, in order.
pub(crate) async fn between(
    conn: &mut PgConnection,
    event: &EventId,
    after: u32,
    to: u32,
) -> Result<Vec<EntryId>, sqlx::Error> {
    let rows = sqlx::query_scalar!(
        "SELECT id FROM gateway.entries WHERE event_id = $1 AND position > $2 AND position <= $3 ORDER BY position",
        event.as_str(),
        stored(after),
        stored(to),
    )
    .fetch_all(conn)
    .await?;
    rows.iter().map(|id| fixed(id, "id")).collect()
}

/// The same with their accounts, as far as they are known.
pub(crate) async fn listed_between(
    conn: &mut PgConnection,
    event: &EventId,
    after: u32,
    to: u32,
) -> Result<Vec<(EntryId, Option<UserId>)>, sqlx::Error> {
    let rows = sqlx::query!(
        "SELECT id, account_id FROM gateway.entries
         WHERE event_id = $1 AND position > $2 AND position <= $3 ORDER BY position",
        event.as_str(),
        stored(after),
        stored(to),
    )
    .fetch_all(conn)
    .await?;
    rows.iter().map(|row| Ok((fixed(&row.id, "id")?, row.account_id.map(UserId)))).collect()
}

/// Notes the accounts of entries that had none.
pub(crate) async fn note_accounts(
    conn: &mut PgConnection,
    events: &[String],
    positions: &[i32],
    accounts: &[uuid::Uuid],
) -> Result<(), sqlx::Error> {
    let sql = sqlx::query!(
        "UPDATE gateway.entries e SET account_id = seen.account
         FROM unnest($1::text[], $2::int[], $3::uuid[]) AS seen (event, place, account)
         WHERE e.event_id = seen.event AND e.position = seen.place AND e.account_id IS NULL",
        events,
        positions,
        accounts,
    );
    sql.execute(conn).await.map(|_| ())
}

/// Of these positions, the accounts that are known of those who are in line.
pub(crate) async fn accounts_of(
    conn: &mut PgConnection,
    event: &EventId,
    positions: &[i32],
) -> Result<Vec<UserId>, sqlx::Error> {
    let rows = sqlx::query_scalar!(
        r#"SELECT DISTINCT account_id AS "account!" FROM gateway.entries
           WHERE event_id = $1 AND position = ANY ($2) AND account_id IS NOT NULL AND left_at IS NULL
             AND ended_at IS NULL"#,
        event.as_str(),
        positions,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(UserId).collect())
}
