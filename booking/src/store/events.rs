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
