//! `booking.events`: what happened, as far as people look at it. The outbox writes it.

use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::PgConnection;

/// Something that happened.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Happened {
    /// Its type.
    pub kind: String,
    /// What it says.
    pub data: Value,
    /// When.
    pub at: DateTime<Utc>,
}

/// What happened to some aggregates, first to last.
pub(crate) async fn of(
    conn: &mut PgConnection,
    aggregates: &[String],
    limit: i64,
) -> Result<Vec<Happened>, sqlx::Error> {
    sqlx::query_as!(
        Happened,
        r#"SELECT type AS kind, data, occurred_at AS at FROM booking.events
           WHERE aggregate_id = ANY($1) ORDER BY occurred_at, position LIMIT $2"#,
        aggregates,
        limit,
    )
    .fetch_all(conn)
    .await
}

/// Holds and orders that have events but no row, by type and id: there should be none.
pub(crate) async fn without_row(conn: &mut PgConnection, limit: i64) -> Result<Vec<(String, String)>, sqlx::Error> {
    let rows = sqlx::query!(
        "SELECT e.aggregate_type, e.aggregate_id FROM booking.events e
         WHERE e.version = 1
           AND CASE e.aggregate_type
                   WHEN 'reservation' THEN NOT EXISTS (SELECT FROM booking.reservations WHERE id = e.aggregate_id::uuid)
                   WHEN 'order' THEN NOT EXISTS (SELECT FROM booking.orders WHERE id = e.aggregate_id::uuid)
                   ELSE false END
         LIMIT $1",
        limit,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.aggregate_type, row.aggregate_id)).collect())
}
