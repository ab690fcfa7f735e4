//! `gateway.beats` and `gateway.reserves`: who of the admitted was seen, and how reserve does.

use chrono::{DateTime, TimeDelta, Utc};
use onsale_core::{AdmissionId, EventId};
use sqlx::PgConnection;
use uuid::Uuid;

/// Somebody admitted was seen.
#[derive(Debug, Clone)]
pub(crate) struct Beat {
    pub(crate) admission: AdmissionId,
    pub(crate) event: EventId,
    /// When, in this process.
    pub(crate) at: DateTime<Utc>,
    /// Whether they held seats by this call.
    pub(crate) held: bool,
}

/// Notes who was seen.
pub(crate) async fn note(conn: &mut PgConnection, beats: &[Beat]) -> Result<(), sqlx::Error> {
    let sql = sqlx::query!(
        "INSERT INTO gateway.beats (admission_id, event_id, seen_at, held_at)
         SELECT id, event, at, CASE WHEN held THEN at END
         FROM unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::bool[]) AS seen (id, event, at, held)
         ORDER BY id
         ON CONFLICT (admission_id) DO UPDATE
         SET seen_at = greatest(beats.seen_at, excluded.seen_at), held_at = coalesce(excluded.held_at, beats.held_at)",
        &beats.iter().map(|beat| beat.admission.0).collect::<Vec<_>>(),
        &beats.iter().map(|beat| beat.event.to_string()).collect::<Vec<_>>(),
        &beats.iter().map(|beat| beat.at).collect::<Vec<_>>(),
        &beats.iter().map(|beat| beat.held).collect::<Vec<_>>(),
    );
    sql.execute(conn).await.map(|_| ())
}

/// How many with a living admission were seen since a moment and have not held seats.
pub(crate) async fn shoppers(
    conn: &mut PgConnection,
    event: &EventId,
    since: DateTime<Utc>,
) -> Result<u32, sqlx::Error> {
    let count = sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM gateway.beats b JOIN gateway.admissions a ON a.id = b.admission_id
           WHERE b.event_id = $1 AND b.seen_at >= $2 AND b.held_at IS NULL AND a.ended_at IS NULL"#,
        event.as_str(),
        since,
    )
    .fetch_one(conn)
    .await?;
    Ok(u32::try_from(count).unwrap_or(u32::MAX))
}

/// Notes of those who held seats before a moment that they hold none any more.
pub(crate) async fn let_go(
    conn: &mut PgConnection,
    admissions: &[Uuid],
    before: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    if admissions.is_empty() {
        return Ok(());
    }
    let sql = sqlx::query!(
        "UPDATE gateway.beats SET held_at = NULL WHERE admission_id = ANY ($1) AND held_at < $2",
        admissions,
        before,
    );
    sql.execute(conn).await.map(|_| ())
}

/// How reserve did in a process.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Reserves {
    pub(crate) calls: i32,
    pub(crate) failed: i32,
    pub(crate) slow_ms: i32,
}

/// Notes how reserve did in a process's last second.
pub(crate) async fn note_reserves(
    conn: &mut PgConnection,
    process: Uuid,
    at: DateTime<Utc>,
    reserves: Reserves,
) -> Result<(), sqlx::Error> {
    let sql = sqlx::query!(
        "INSERT INTO gateway.reserves (process_id, at, calls, failed, slow_ms) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (process_id) DO UPDATE
         SET at = excluded.at, calls = excluded.calls, failed = excluded.failed, slow_ms = excluded.slow_ms",
        process,
        at,
        reserves.calls,
        reserves.failed,
        reserves.slow_ms,
    );
    sql.execute(conn).await.map(|_| ())
}

/// How reserve does in all processes: their sums, and the slowest process's time.
pub(crate) async fn reserves(conn: &mut PgConnection, now: DateTime<Utc>) -> Result<Reserves, sqlx::Error> {
    let row = sqlx::query!(
        r#"SELECT coalesce(sum(calls), 0)::int AS "calls!", coalesce(sum(failed), 0)::int AS "failed!",
                  coalesce(max(slow_ms) FILTER (WHERE calls > 0), 0)::int AS "slow_ms!"
           FROM gateway.reserves WHERE at > $1"#,
        now - TimeDelta::seconds(3),
    )
    .fetch_one(conn)
    .await?;
    Ok(Reserves { calls: row.calls, failed: row.failed, slow_ms: row.slow_ms })
}

/// Forgets who was last seen long ago.
pub(crate) async fn forget(conn: &mut PgConnection, before: DateTime<Utc>) -> Result<(), sqlx::Error> {
    sqlx::query!("DELETE FROM gateway.beats WHERE seen_at < $1", before).execute(&mut *conn).await?;
    sqlx::query!("DELETE FROM gateway.reserves WHERE at < $1", before).execute(conn).await?;
    Ok(())
}
