//! `booking.counters`: one row an event, raised last in each batch.

use super::expect_rows;
use crate::domain::rows::{CounterChange, EventNo};
use onsale_core::EventId;
use sqlx::PgConnection;
use std::collections::BTreeMap;

/// An event's counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counter {
    /// Grows with each batch that changed the event.
    pub version: i64,
    /// Free places.
    pub free: i64,
    /// Held places.
    pub held: i64,
    /// Sold places.
    pub sold: i64,
}

/// Counts what a batch changed. With several events their rows are locked in order first.
pub(crate) async fn raise(
    conn: &mut PgConnection,
    changes: &BTreeMap<EventNo, CounterChange>,
) -> Result<(), sqlx::Error> {
    if changes.is_empty() {
        return Ok(());
    }
    let events: Vec<EventNo> = changes.keys().copied().collect();
    if events.len() > 1 {
        sqlx::query!(
            "SELECT event_no FROM booking.counters WHERE event_no = ANY($1) ORDER BY event_no FOR UPDATE",
            &events,
        )
        .fetch_all(&mut *conn)
        .await?;
    }
    let result = sqlx::query!(
        "UPDATE booking.counters c
         SET version = c.version + 1, free = c.free + change.free, held = c.held + change.held,
             sold = c.sold + change.sold
         FROM unnest($1::int[], $2::bigint[], $3::bigint[], $4::bigint[]) AS change (event_no, free, held, sold)
         WHERE c.event_no = change.event_no",
        &events,
        &changes.values().map(|change| change.free).collect::<Vec<_>>(),
        &changes.values().map(|change| change.held).collect::<Vec<_>>(),
        &changes.values().map(|change| change.sold).collect::<Vec<_>>(),
    )
    .execute(conn)
    .await?;
    expect_rows(&result, changes.len(), "booking.counters")
}

/// Makes the counter of a new inventory.
pub(crate) async fn create(conn: &mut PgConnection, event: EventNo, free: i64) -> Result<(), sqlx::Error> {
    sqlx::query!("INSERT INTO booking.counters (event_no, free) VALUES ($1, $2) ON CONFLICT DO NOTHING", event, free,)
        .execute(conn)
        .await?;
    Ok(())
}

/// An event's counts, if it has an inventory.
pub(crate) async fn of_event(conn: &mut PgConnection, event: EventNo) -> Result<Option<Counter>, sqlx::Error> {
    sqlx::query_as!(Counter, "SELECT version, free, held, sold FROM booking.counters WHERE event_no = $1", event)
        .fetch_optional(conn)
        .await
}

/// The counts of these events.
pub(crate) async fn of_events(
    conn: &mut PgConnection,
    events: &[EventNo],
) -> Result<BTreeMap<EventNo, Counter>, sqlx::Error> {
    let rows = sqlx::query!(
        "SELECT event_no, version, free, held, sold FROM booking.counters WHERE event_no = ANY($1)",
        events,
    )
    .fetch_all(conn)
    .await?;
    let counter = |version, free, held, sold| Counter { version, free, held, sold };
    Ok(rows.into_iter().map(|row| (row.event_no, counter(row.version, row.free, row.held, row.sold))).collect())
}

/// The counts of all events, by their public id.
pub(crate) async fn all(conn: &mut PgConnection) -> Result<Vec<(EventNo, EventId, Counter)>, sqlx::Error> {
    let rows = sqlx::query!(
        "SELECT event_no, i.event_id, c.version, c.free, c.held, c.sold
         FROM booking.counters c JOIN booking.inventories i USING (event_no)
         ORDER BY i.event_id"
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            let counter = Counter { version: row.version, free: row.free, held: row.held, sold: row.sold };
            let event = EventId::new(row.event_id).map_err(|_| super::corrupt("booking.inventories", "no event id"))?;
            Ok((row.event_no, event, counter))
        })
        .collect()
}
