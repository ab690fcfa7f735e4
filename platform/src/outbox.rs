//! The event store of a service, which is also its outbox, and the relay that empties it onto the bus.
//!
//! Each schema has a table `events`; a service appends to it in the transaction that changes its rows.

pub mod fold;
mod relay;
pub mod stored;

pub use relay::Relay;
pub use stored::StoredEvent;

use crate::ServiceRole;
use chrono::{DateTime, Utc};
use onsale_core::UserId;
use onsale_core::events::Topic;
use serde::{Deserialize, Serialize};
use sqlx::{AssertSqlSafe, PgConnection};
use uuid::Uuid;

/// An event about to be appended.
#[derive(Debug, Clone, PartialEq)]
pub struct NewEvent {
    /// Unique for ever.
    pub id: Uuid,
    /// What kind of thing it happened to: `reservation`, `order`, `payment`, `user`, `event`.
    pub aggregate_type: &'static str,
    /// Which one.
    pub aggregate_id: String,
    /// Counts all events of the aggregate, from 1.
    pub version: i32,
    /// What happened. The topic's name, where it goes to the bus.
    pub kind: &'static str,
    /// The topic and the count, from 1 and without holes, of the aggregate's events on the bus;
    /// nothing when the event stays in the store.
    pub publish: Option<(Topic, i64)>,
    /// The payload: of `core::events` where it goes to the bus.
    pub data: serde_json::Value,
    /// When it happened.
    pub at: DateTime<Utc>,
}

/// Why an event happened.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Metadata {
    /// The request that started it all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correlation_id: Option<String>,
    /// The event that this one follows from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub causation_id: Option<String>,
    /// Who asked for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<UserId>,
    /// W3C trace context.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub traceparent: Option<String>,
}

/// Appends events, in the caller's transaction. `(aggregate_id, version)` is unique: a second writer
/// of the same version fails here.
pub async fn append(
    conn: &mut PgConnection,
    role: ServiceRole,
    events: &[(NewEvent, Metadata)],
) -> Result<(), sqlx::Error> {
    if events.is_empty() {
        return Ok(());
    }
    let sql = format!(
        "INSERT INTO {role}.events
             (id, aggregate_type, aggregate_id, version, type, topic, sequence, data, metadata, occurred_at)
         SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::int[], $5::text[], $6::text[],
                              $7::bigint[], $8::jsonb[], $9::jsonb[], $10::timestamptz[])"
    );
    let column =
        |pick: fn(&NewEvent) -> &str| events.iter().map(|(event, _)| pick(event).to_owned()).collect::<Vec<_>>();
    sqlx::query(AssertSqlSafe(sql))
        .bind(events.iter().map(|(event, _)| event.id).collect::<Vec<_>>())
        .bind(column(|event| event.aggregate_type))
        .bind(column(|event| &event.aggregate_id))
        .bind(events.iter().map(|(event, _)| event.version).collect::<Vec<_>>())
        .bind(column(|event| event.kind))
        .bind(events.iter().map(|(event, _)| event.publish.map(|(topic, _)| topic.as_str())).collect::<Vec<_>>())
        .bind(events.iter().map(|(event, _)| event.publish.map(|(_, sequence)| sequence)).collect::<Vec<_>>())
        .bind(events.iter().map(|(event, _)| event.data.clone()).collect::<Vec<_>>())
        .bind(events.iter().map(|(_, why)| serde_json::to_value(why).unwrap_or_default()).collect::<Vec<_>>())
        .bind(events.iter().map(|(event, _)| event.at).collect::<Vec<_>>())
        .execute(conn)
        .await?;
    Ok(())
}
