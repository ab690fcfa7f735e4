//! What each service's database role may do: everything with the rows of its own schema, except to
//! change history; and what the bus's users need in schema `bus`.

use crate::event_months;
use std::collections::HashMap;
use tokio_postgres::{Client, Error};

/// Passwords of the services' database roles, by service.
pub type Passwords = HashMap<String, String>;

/// Tables that are only ever added to, where they have this column: search, too, has a table `events`,
/// which is no event store.
const APPEND_ONLY: &[(&str, &str)] = &[
    ("events", "aggregate_id"),
    ("audit", "at"),
    ("acts", "at"),
    ("audit_chain", "hash"),
    ("settings", "changed_at"),
    ("journal", "entry_id"),
    ("order_notes", "note_id"),
];

/// Gives each service a role `onsale_<service>` and its rights. Without the right to create roles,
/// rights are given to those roles that are there already.
pub(crate) async fn grant(client: &Client, services: &[&str], passwords: &Passwords) -> Result<(), Error> {
    let may_create: bool = client
        .query_one("SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user", &[])
        .await?
        .get(0);
    let bus: bool = client.query_one("SELECT to_regclass('bus.messages') IS NOT NULL", &[]).await?.get(0);
    for service in services.iter().filter(|service| **service != "bus") {
        let role = format!("onsale_{service}");
        if may_create {
            create_role(client, &role, passwords.get(*service).map(String::as_str)).await?;
        }
        let exists: bool =
            client.query_one("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1)", &[&role]).await?.get(0);
        if !exists {
            tracing::warn!(%role, "the role is not there and may not be created: rights were not granted");
            continue;
        }
        client.batch_execute(&own_schema(service, &role)).await?;
        for (table, column) in APPEND_ONLY {
            if has_column(client, service, table, column).await? {
                client
                    .batch_execute(&format!("REVOKE UPDATE, DELETE, TRUNCATE ON {service}.{table} FROM {role}"))
                    .await?;
            }
        }
        event_months::grant(client, service, &role).await?;
        if bus {
            client.batch_execute(&bus_schema(&role)).await?;
        }
    }
    Ok(())
}

/// Whether there is such a table with such a column.
pub(crate) async fn has_column(client: &Client, schema: &str, table: &str, column: &str) -> Result<bool, Error> {
    let question = "SELECT EXISTS (SELECT FROM information_schema.columns
                    WHERE table_schema = $1 AND table_name = $2 AND column_name = $3)";
    Ok(client.query_one(question, &[&schema, &table, &column]).await?.get(0))
}

async fn create_role(client: &Client, role: &str, password: Option<&str>) -> Result<(), Error> {
    // Roles belong to the whole server: a migrator of another database may create it at this moment.
    client
        .batch_execute(&format!(
            "DO $$ BEGIN
                 IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') THEN
                     CREATE ROLE {role} LOGIN;
                 END IF;
             EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
             END $$"
        ))
        .await?;
    if let Some(password) = password {
        client.batch_execute(&format!("ALTER ROLE {role} PASSWORD {}", quoted(password))).await?;
    }
    Ok(())
}

/// A text as an SQL literal: statements that define roles take no parameters.
fn quoted(text: &str) -> String {
    format!("E'{}'", text.replace('\\', "\\\\").replace('\'', "''"))
}

fn own_schema(service: &str, role: &str) -> String {
    format!(
        "REVOKE ALL ON SCHEMA {service} FROM PUBLIC;
         GRANT USAGE ON SCHEMA {service} TO {role};
         GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {service} TO {role};
         GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {service} TO {role};
         REVOKE INSERT, UPDATE, DELETE ON {service}.schema_history FROM {role};"
    )
}

fn bus_schema(role: &str) -> String {
    format!(
        "GRANT USAGE ON SCHEMA bus TO {role};
         GRANT SELECT, INSERT ON bus.messages TO {role};
         GRANT SELECT, INSERT, UPDATE ON bus.partitions, bus.offsets, bus.progress, bus.groups TO {role};
         GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA bus TO {role};
         GRANT EXECUTE ON FUNCTION bus.forget(interval, integer) TO {role};"
    )
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn passwords_cannot_leave_their_quotes() {
        assert_eq!(quoted(r"a'b\c"), r"E'a''b\\c'");
    }
}
