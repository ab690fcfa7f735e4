//! Migrations against a real PostgreSQL.

use onsale_migration::{migrate, services};
use onsale_testkit::TestDb;
use tokio_postgres::error::SqlState;
use tokio_postgres::{Client, NoTls};

async fn connect(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.expect("PostgreSQL answers");
    tokio::spawn(connection);
    client
}

#[tokio::test]
async fn applies_each_script_once_also_when_two_migrate_at_once() {
    let database = TestDb::empty().await;
    let (one, two) = tokio::join!(
        migrate(database.url(), &["bus", "notification"]),
        migrate(database.url(), &["notification", "bus"]),
    );
    let mut applied = one.expect("migrates");
    applied.extend(two.expect("migrates"));
    let mut names: Vec<_> = applied
        .iter()
        .filter(|done| done.version == 1)
        .map(|done| (done.service.as_str(), done.name.as_str()))
        .collect();
    names.sort_unstable();
    assert_eq!(names, [("bus", "bus"), ("notification", "mails")]);

    assert_eq!(migrate(database.url(), &["bus", "notification"]).await.expect("migrates"), []);
    let client = connect(database.url()).await;
    let count: i64 =
        client.query_one("SELECT count(*) FROM notification.schema_history", &[]).await.expect("a history").get(0);
    assert!(count >= 1);
}

#[tokio::test]
async fn a_service_reaches_its_own_schema_and_the_bus_only() {
    let database = TestDb::empty().await;
    let admin = connect(database.url()).await;
    // A table of history, as the services with an event store have it.
    admin
        .batch_execute(
            "CREATE SCHEMA sandbox; CREATE SCHEMA notification; CREATE TABLE notification.events (aggregate_id int)",
        )
        .await
        .expect("tables");
    migrate(database.url(), &["bus", "notification"]).await.expect("migrates");
    admin.batch_execute("SET ROLE onsale_notification").await.expect("the role is there");

    for allowed in [
        "INSERT INTO notification.inbox (consumer, event_id) VALUES ('c', gen_random_uuid())",
        "DELETE FROM notification.inbox",
        "INSERT INTO notification.events VALUES (1)",
        "INSERT INTO bus.partitions VALUES ('t', 0, 1) ON CONFLICT (topic, partition) DO UPDATE SET next_offset = 2",
        "INSERT INTO bus.messages (topic, partition, \"offset\", key, value) VALUES ('t', 0, 0, 'k', '{}')",
        "SELECT bus.forget('7 days', 10)",
    ] {
        admin.batch_execute(allowed).await.unwrap_or_else(|error| panic!("{allowed}: {error}"));
    }
    for refused in [
        "UPDATE notification.events SET aggregate_id = 2",
        "DELETE FROM notification.events",
        "TRUNCATE notification.events",
        "DELETE FROM bus.messages",
        "UPDATE bus.messages SET value = ''",
        "UPDATE notification.schema_history SET name = ''",
        "CREATE TABLE notification.more (id int)",
        "CREATE TABLE sandbox.more (id int)",
    ] {
        let error = admin.batch_execute(refused).await.expect_err(refused);
        assert_eq!(error.code(), Some(&SqlState::INSUFFICIENT_PRIVILEGE), "{refused}: {error}");
    }
}

#[tokio::test]
async fn an_unknown_service_is_named() {
    let error = migrate("postgres://nowhere.invalid/none", &["bookings"]).await.expect_err("unknown");
    assert!(error.to_string().contains("\"bookings\""), "{error}");
    assert!(services().contains(&"bus"));
}
