//! An event of the store as a CloudEvent. The payload is copied as text, not read.

use crate::ServiceRole;
use crate::bus::Message;
use crate::outbox::Metadata;
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::value::RawValue;
use uuid::Uuid;

/// What the relay reads of an event.
#[derive(sqlx::FromRow)]
pub(super) struct Row {
    pub(super) xid: String,
    pub(super) position: i64,
    pub(super) id: Uuid,
    pub(super) topic: Option<String>,
    pub(super) aggregate_id: String,
    pub(super) sequence: Option<i64>,
    pub(super) occurred_at: DateTime<Utc>,
    pub(super) data: String,
    pub(super) metadata: String,
}

/// `core::events::CloudEvent` as it is written.
#[derive(Serialize)]
struct Envelope<'a> {
    specversion: &'static str,
    id: Uuid,
    source: String,
    #[serde(rename = "type")]
    topic: &'a str,
    subject: &'a str,
    time: DateTime<Utc>,
    datacontenttype: &'static str,
    dataschema: String,
    sequence: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    correlationid: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    causationid: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    traceparent: Option<String>,
    data: &'a RawValue,
}

/// The message of an event that goes to the bus.
pub(super) fn message(role: ServiceRole, row: &Row) -> Result<Message, serde_json::Error> {
    let metadata: Metadata = serde_json::from_str(&row.metadata)?;
    let topic = row.topic.as_deref().unwrap_or_default();
    let envelope = Envelope {
        specversion: "1.0",
        id: row.id,
        source: format!("/{role}"),
        topic,
        subject: &row.aggregate_id,
        time: row.occurred_at,
        datacontenttype: "application/json",
        dataschema: format!("/schemas/events/{topic}.json"),
        sequence: format!("{:020}", row.sequence.unwrap_or(0)),
        correlationid: metadata.correlation_id,
        causationid: metadata.causation_id,
        traceparent: metadata.traceparent,
        data: serde_json::from_str(&row.data)?,
    };
    Ok(Message { topic: topic.to_owned(), key: row.aggregate_id.clone(), value: serde_json::to_string(&envelope)? })
}
