//! `gateway.events`: the mails that are asked for.

use chrono::{DateTime, Utc};
use onsale_core::events::{MailTemplate, NotificationRequested, Topic};
use onsale_core::{EventId, UserId};
use onsale_platform::ServiceRole;
use onsale_platform::outbox::{self, Metadata, NewEvent};
use serde_json::json;
use sqlx::PgConnection;
use uuid::Uuid;

/// Asks for a mail to each of these accounts, in the transaction that notes that they were told. Each is an aggregate
/// of its own; `ids` gives its id.
pub(crate) async fn ask_for_mails(
    conn: &mut PgConnection,
    event: &EventId,
    (template, accounts): (MailTemplate, &[UserId]),
    now: DateTime<Utc>,
    mut ids: impl FnMut() -> Uuid,
) -> Result<(), sqlx::Error> {
    let mut events = Vec::with_capacity(accounts.len());
    for account in accounts {
        let mut parameters = serde_json::Map::new();
        parameters.insert("eventId".to_owned(), json!(event));
        let data = NotificationRequested { user_id: *account, template, parameters };
        let id = ids();
        let new = NewEvent {
            id,
            aggregate_type: "queue",
            aggregate_id: id.to_string(),
            version: 1,
            kind: Topic::NotificationRequested.as_str(),
            publish: Some((Topic::NotificationRequested, 1)),
            data: serde_json::to_value(data).map_err(|error| sqlx::Error::Encode(error.into()))?,
            at: now,
        };
        events.push((new, Metadata { user_id: Some(*account), ..Metadata::default() }));
    }
    outbox::append(conn, ServiceRole::Gateway, &events).await
}
