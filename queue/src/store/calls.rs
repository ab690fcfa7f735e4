//! `gateway.calls`: when the line moved, and how far.

use super::{number, stored};
use chrono::{DateTime, Utc};
use onsale_core::EventId;
use sqlx::PgConnection;

/// Notes that the line moved up to there.
pub(crate) async fn note(
    conn: &mut PgConnection,
    event: &EventId,
    served: u32,
    at: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    let sql = sqlx::query!(
        "INSERT INTO gateway.calls (event_id, served, at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        event.as_str(),
        stored(served),
        at,
    );
    sql.execute(conn).await.map(|_| ())
}

/// All moves beyond a place, oldest first.
pub(crate) async fn beyond(
    conn: &mut PgConnection,
    event: &EventId,
    served: u32,
) -> Result<Vec<(u32, DateTime<Utc>)>, sqlx::Error> {
    let rows = sqlx::query!(
        "SELECT served, at FROM gateway.calls WHERE event_id = $1 AND served > $2 ORDER BY served",
        event.as_str(),
        stored(served),
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (number(row.served), row.at)).collect())
}
