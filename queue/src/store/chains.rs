//! `gateway.chains` and `gateway.heads`: the chain's end, and what was published of it.

use super::{fixed, number, stored};
use chrono::{DateTime, Utc};
use onsale_core::EventId;
use onsale_core::lineup::Hash;
use onsale_core::lineup::proof::PublishedHead;
use sqlx::PgConnection;

/// The end of a chain, locked.
pub(crate) struct ChainEnd {
    pub(crate) count: u32,
    pub(crate) head: Hash,
    /// Whether its line takes nobody any more.
    pub(crate) closed: bool,
    /// Whether its lobby was frozen.
    pub(crate) frozen: bool,
}

/// Locks the chain until the transaction ends. Nothing where the event has no room.
pub(crate) async fn lock(conn: &mut PgConnection, event: &EventId) -> Result<Option<ChainEnd>, sqlx::Error> {
    let sql = sqlx::query!("SELECT count, head FROM gateway.chains WHERE event_id = $1 FOR UPDATE", event.as_str());
    let Some(end) = sql.fetch_optional(&mut *conn).await? else { return Ok(None) };
    // In a statement of its own: it sees what was committed while the lock was waited for.
    let room = sqlx::query!(
        r#"SELECT (closed_at IS NOT NULL OR mode = 'OFF') AS "closed!", (frozen_at IS NOT NULL) AS "frozen!"
           FROM gateway.rooms WHERE event_id = $1"#,
        event.as_str(),
    )
    .fetch_one(conn)
    .await?;
    let head = fixed(&end.head, "head")?;
    Ok(Some(ChainEnd { count: number(end.count), head, closed: room.closed, frozen: room.frozen }))
}

/// Moves the chain's end.
pub(crate) async fn set(conn: &mut PgConnection, event: &EventId, count: u32, head: &Hash) -> Result<(), sqlx::Error> {
    let sql = sqlx::query!(
        "UPDATE gateway.chains SET count = $2, head = $3 WHERE event_id = $1",
        event.as_str(),
        stored(count),
        &head.0[..],
    );
    sql.execute(conn).await.map(|_| ())
}

/// Publishes a head; one of the same count is published already.
pub(crate) async fn publish(conn: &mut PgConnection, event: &EventId, head: &PublishedHead) -> Result<(), sqlx::Error> {
    let sql = sqlx::query!(
        "INSERT INTO gateway.heads (event_id, count, head, at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
        event.as_str(),
        stored(head.count),
        &head.head.0[..],
        head.at,
    );
    sql.execute(conn).await.map(|_| ())
}

/// All heads that were published, oldest first.
pub(crate) async fn published(conn: &mut PgConnection, event: &EventId) -> Result<Vec<PublishedHead>, sqlx::Error> {
    let rows =
        sqlx::query!("SELECT count, head, at FROM gateway.heads WHERE event_id = $1 ORDER BY count", event.as_str(),)
            .fetch_all(conn)
            .await?;
    rows.into_iter()
        .map(|row| Ok(PublishedHead { count: number(row.count), head: fixed(&row.head, "head")?, at: row.at }))
        .collect()
}

/// When the newest head was published.
pub(crate) async fn last_published(
    conn: &mut PgConnection,
    event: &EventId,
) -> Result<Option<(u32, DateTime<Utc>)>, sqlx::Error> {
    let row = sqlx::query!(
        "SELECT count, at FROM gateway.heads WHERE event_id = $1 ORDER BY count DESC LIMIT 1",
        event.as_str(),
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| (number(row.count), row.at)))
}
