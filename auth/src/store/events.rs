//! Table `events`: what happened to accounts.

use chrono::{DateTime, Utc};
use onsale_core::UserId;
use onsale_core::events::Topic;
use onsale_platform::ServiceRole;
use onsale_platform::outbox::{self, Metadata, NewEvent};
use sqlx::PgConnection;
use uuid::Uuid;

/// Something that happened to an account.
pub(crate) struct AccountEvent {
    pub(crate) id: Uuid,
    pub(crate) account: UserId,
    /// The topic's name, where it goes to the bus.
    pub(crate) kind: &'static str,
    pub(crate) topic: Option<Topic>,
    pub(crate) data: serde_json::Value,
    /// Who asked for it.
    pub(crate) by: Option<UserId>,
}

/// Appends to the account's events, in the transaction of the change.
pub(crate) async fn append(
    conn: &mut PgConnection,
    event: AccountEvent,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    let counted = sqlx::query!(
        "UPDATE auth.accounts SET event_version = event_version + 1, bus_sequence = bus_sequence + $2
         WHERE id = $1 RETURNING event_version, bus_sequence",
        event.account.0,
        i64::from(event.topic.is_some()),
    )
    .fetch_one(&mut *conn)
    .await?;
    let new = NewEvent {
        id: event.id,
        aggregate_type: "user",
        aggregate_id: event.account.to_string(),
        version: counted.event_version,
        kind: event.kind,
        publish: event.topic.map(|topic| (topic, counted.bus_sequence)),
        data: event.data,
        at: now,
    };
    let why = Metadata { user_id: event.by, ..Metadata::default() };
    outbox::append(conn, ServiceRole::Auth, &[(new, why)]).await
}
