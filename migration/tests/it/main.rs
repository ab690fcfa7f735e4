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

const EVENT: &str =
    "INSERT INTO payment.events (id, aggregate_type, aggregate_id, version, type, data, metadata, occurred_at)
                     VALUES (gen_random_uuid(), 'payment', $1, $2, 'payment-initiated', '{}', '{}', now())
                     RETURNING tableoid::regclass::text, position";

/// Appends an event; gives the part that it lies in, and its position.
async fn append(client: &Client, aggregate: &str, version: i32) -> Result<(String, i64), tokio_postgres::Error> {
    client.query_one(EVENT, &[&aggregate, &version]).await.map(|row| (row.get(0), row.get(1)))
}

/// The first id of a UUIDv7's kind so many months from now.
async fn id_in(client: &Client, months: i32) -> String {
    let first =
        "SELECT payment.first_id_of(date_trunc('month', now() AT TIME ZONE 'UTC') + make_interval(months => $1))";
    client.query_one(first, &[&months]).await.expect("an id").get::<_, String>(0) + "-7000-8000-000000000001"
}

#[tokio::test]
async fn events_lie_by_the_month_in_which_their_aggregate_began() {
    let database = TestDb::empty().await;
    migrate(database.url(), &["payment"]).await.expect("migrates");
    let admin = connect(database.url()).await;
    admin.batch_execute("SET ROLE onsale_payment").await.expect("the role is there");
    let (now, next, late) = (id_in(&admin, 0).await, id_in(&admin, 1).await, id_in(&admin, 3).await);
    let part = |appended: Result<(String, i64), _>| appended.expect("it may append").0;

    assert_eq!(part(append(&admin, &now, 1).await), "payment.events_first");
    let following = part(append(&admin, &next, 1).await);
    assert!(following.starts_with("payment.events_20"), "{following}");
    assert_eq!(part(append(&admin, "le-misanthrope", 1).await), "payment.events_other");
    // All of an aggregate's events lie together, whenever they happen, so that a version is unique among all.
    let twice = append(&admin, &next, 1).await.expect_err("the version is taken");
    assert_eq!(twice.code(), Some(&SqlState::UNIQUE_VIOLATION));

    // The months beyond are made by the service itself, which may not make tables.
    assert_eq!(part(append(&admin, &late.replace("-8000-", "-9000-"), 1).await), "payment.events_other");
    admin.batch_execute("RESET ROLE; TRUNCATE payment.events_other; SET ROLE onsale_payment").await.expect("emptied");
    let made: i32 = admin.query_one("SELECT payment.make_event_months(3)", &[]).await.expect("it may").get(0);
    assert_eq!(made, 1);
    assert!(part(append(&admin, &late, 1).await).starts_with("payment.events_20"));
    for refused in
        ["DELETE FROM payment.events", "CREATE TABLE payment.more (id int)", "DELETE FROM payment.events_first"]
    {
        let error = admin.batch_execute(refused).await.expect_err(refused);
        assert_eq!(error.code(), Some(&SqlState::INSUFFICIENT_PRIVILEGE), "{refused}: {error}");
    }
}

#[tokio::test]
async fn a_store_that_was_whole_keeps_its_events_and_goes_on_counting() {
    let database = TestDb::empty().await;
    migrate(database.url(), &["payment"]).await.expect("migrates");
    let admin = connect(database.url()).await;
    // As it was before there were months.
    admin
        .batch_execute(
            "CREATE TABLE payment.whole (LIKE payment.events INCLUDING DEFAULTS INCLUDING IDENTITY);
             DROP TABLE payment.events;
             ALTER TABLE payment.whole RENAME TO events;
             ALTER TABLE payment.events ADD CONSTRAINT events_pkey PRIMARY KEY (aggregate_id, version);
             CREATE INDEX events_relay ON payment.events (xid, position)",
        )
        .await
        .expect("a whole table");
    let id = id_in(&admin, 0).await;
    append(&admin, &id, 1).await.expect("an event of then");
    let (_, last) = append(&admin, "le-misanthrope", 1).await.expect("another");

    migrate(database.url(), &["payment"]).await.expect("cut into months");
    let rows = admin.query("SELECT tableoid::regclass::text, aggregate_id FROM payment.events ORDER BY position", &[]);
    let rows: Vec<(String, String)> =
        rows.await.expect("readable").iter().map(|row| (row.get(0), row.get(1))).collect();
    let kept = [
        ("payment.events_first".to_owned(), id.clone()),
        ("payment.events_other".to_owned(), "le-misanthrope".to_owned()),
    ];
    assert_eq!(rows, kept);
    let (part, position) = append(&admin, &id, 2).await.expect("it goes on");
    assert_eq!((part.as_str(), position), ("payment.events_first", last + 1));
    let again = append(&admin, &id, 1).await.expect_err("the version is taken");
    assert_eq!(again.code(), Some(&SqlState::UNIQUE_VIOLATION));
}

#[tokio::test]
async fn an_unknown_service_is_named() {
    let error = migrate("postgres://nowhere.invalid/none", &["bookings"]).await.expect_err("unknown");
    assert!(error.to_string().contains("\"bookings\""), "{error}");
    assert!(services().contains(&"bus"));
}
