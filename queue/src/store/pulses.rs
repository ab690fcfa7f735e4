//! `gateway.pulses`: what was measured and done.

use chrono::{DateTime, Utc};
use onsale_core::EventId;
use onsale_core::api::queue::QueuePulse;
use sqlx::PgConnection;

/// Notes what was measured.
pub(crate) async fn note(conn: &mut PgConnection, event: &EventId, pulse: &QueuePulse) -> Result<(), sqlx::Error> {
    let sql = sqlx::query!(
        "INSERT INTO gateway.pulses (event_id, at, joined, served, waiting, shoppers, rate, free, held, sold, latency_ms,
                                     failed, holds_end_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT DO NOTHING",
        event.as_str(),
        pulse.at,
        pulse.joined,
        pulse.served,
        pulse.waiting,
        pulse.shoppers,
        pulse.rate,
        pulse.free,
        pulse.held,
        pulse.sold,
        pulse.latency_ms,
        pulse.failed,
        pulse.holds_end_at,
    );
    sql.execute(conn).await.map(|_| ())
}

/// The newest ones since a moment, oldest first.
pub(crate) async fn since(
    conn: &mut PgConnection,
    event: &EventId,
    since: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<QueuePulse>, sqlx::Error> {
    let mut newest = sqlx::query_as!(
        QueuePulse,
        "SELECT at, joined, served, waiting, shoppers, rate, free, held, sold, holds_end_at, latency_ms, failed
         FROM gateway.pulses
         WHERE event_id = $1 AND at > $2 ORDER BY at DESC LIMIT $3",
        event.as_str(),
        since,
        limit,
    )
    .fetch_all(conn)
    .await?;
    newest.reverse();
    Ok(newest)
}
