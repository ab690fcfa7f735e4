//! The event stores, cut into months: what there is becomes the first part, and the months to come are made ahead.
//! A service makes further ones while it runs, by `make_event_months` in its schema.

use crate::grants::has_column;
use tokio_postgres::{Client, Error};

const SCRIPT: &str = include_str!("event_months.sql");

/// Cuts the service's event store where it is whole, and makes the next months. Nothing to do where it has none.
pub(crate) async fn keep(client: &mut Client, service: &str) -> Result<(), Error> {
    if !has_store(client, service).await? {
        return Ok(());
    }
    let transaction = client.transaction().await?;
    transaction.batch_execute(&SCRIPT.replace("{service}", service)).await?;
    transaction.commit().await
}

/// What the service's role may do with the parts: nothing by themselves, all through the whole.
pub(crate) async fn grant(client: &Client, service: &str, role: &str) -> Result<(), Error> {
    if !has_store(client, service).await? {
        return Ok(());
    }
    let parts = "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = to_regclass($1)";
    for part in client.query(parts, &[&format!("{service}.events")]).await? {
        let part: String = part.get(0);
        client.batch_execute(&format!("REVOKE ALL ON {part} FROM {role}")).await?;
    }
    client.batch_execute(&format!("GRANT EXECUTE ON FUNCTION {service}.make_event_months(integer) TO {role}")).await
}

/// Search, too, has a table `events`, which is no event store.
async fn has_store(client: &Client, service: &str) -> Result<bool, Error> {
    has_column(client, service, "events", "xid").await
}
