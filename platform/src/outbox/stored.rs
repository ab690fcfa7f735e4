//! Looks at an event store: what happened to an aggregate, or to many, by type and time.

use crate::ServiceRole;
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use sqlx::{AssertSqlSafe, FromRow, PgConnection};
use uuid::Uuid;

/// The services that have an event store.
pub const WITH_EVENTS: &[ServiceRole] =
    &[ServiceRole::Booking, ServiceRole::Payment, ServiceRole::Auth, ServiceRole::Admin];

const COLUMNS: &str = "id, position, aggregate_type, aggregate_id, version, type, topic, sequence, data, metadata,
                       occurred_at";

/// An event as it was appended.
#[derive(Debug, Clone, PartialEq, Serialize, FromRow)]
#[serde(rename_all = "camelCase")]
pub struct StoredEvent {
    /// Unique for ever.
    pub id: Uuid,
    /// Its place in the order of appending; transactions may commit in another one.
    pub position: i64,
    /// What kind of thing it happened to.
    pub aggregate_type: String,
    /// Which one.
    pub aggregate_id: String,
    /// Counts all events of the aggregate, from 1.
    pub version: i32,
    /// What happened.
    #[serde(rename = "type")]
    #[sqlx(rename = "type")]
    pub kind: String,
    /// Where it goes on the bus; nothing when it stays in the store.
    pub topic: Option<String>,
    /// The count of the aggregate's events on the bus.
    pub sequence: Option<i64>,
    /// What it says.
    pub data: Value,
    /// Why it happened.
    pub metadata: Value,
    /// When it happened.
    #[serde(rename = "occurredAt")]
    #[sqlx(rename = "occurred_at")]
    pub at: DateTime<Utc>,
}

/// Which events; what is `None` does not matter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Of this type of aggregate.
    pub aggregate_type: Option<String>,
    /// Of this aggregate.
    pub aggregate_id: Option<String>,
    /// Of this type.
    pub kind: Option<String>,
    /// From then on.
    pub since: Option<DateTime<Utc>>,
    /// Before then.
    pub until: Option<DateTime<Utc>>,
    /// First to last, rather than last to first.
    pub oldest_first: bool,
    /// At most so many.
    pub limit: u16,
}

/// The events that fit, in the order in which they were appended or the other way round.
///
/// # Errors
/// When the database fails, or the service has no event store.
pub async fn list(
    conn: &mut PgConnection,
    role: ServiceRole,
    filter: &Filter,
) -> Result<Vec<StoredEvent>, sqlx::Error> {
    let direction = if filter.oldest_first { "ASC" } else { "DESC" };
    let sql = format!(
        "SELECT {COLUMNS} FROM {role}.events
         WHERE ($1::text IS NULL OR aggregate_type = $1) AND ($2::text IS NULL OR aggregate_id = $2)
           AND ($3::text IS NULL OR type = $3)
           AND ($4::timestamptz IS NULL OR occurred_at >= $4) AND ($5::timestamptz IS NULL OR occurred_at < $5)
         ORDER BY xid {direction}, position {direction} LIMIT $6"
    );
    sqlx::query_as(AssertSqlSafe(sql))
        .bind(filter.aggregate_type.as_deref())
        .bind(filter.aggregate_id.as_deref())
        .bind(filter.kind.as_deref())
        .bind(filter.since)
        .bind(filter.until)
        .bind(i64::from(filter.limit))
        .fetch_all(conn)
        .await
}

/// The event of this id. No index has it: the whole store is looked through.
///
/// # Errors
/// As [`list`].
pub async fn find(conn: &mut PgConnection, role: ServiceRole, id: Uuid) -> Result<Option<StoredEvent>, sqlx::Error> {
    let sql = format!("SELECT {COLUMNS} FROM {role}.events WHERE id = $1");
    sqlx::query_as(AssertSqlSafe(sql)).bind(id).fetch_optional(conn).await
}

/// All events of these aggregates, those of one in the order of their versions.
///
/// # Errors
/// As [`list`].
pub async fn of_aggregates(
    conn: &mut PgConnection,
    role: ServiceRole,
    aggregates: &[String],
) -> Result<Vec<StoredEvent>, sqlx::Error> {
    let sql =
        format!("SELECT {COLUMNS} FROM {role}.events WHERE aggregate_id = ANY($1) ORDER BY aggregate_id, version");
    sqlx::query_as(AssertSqlSafe(sql)).bind(aggregates).fetch_all(conn).await
}
