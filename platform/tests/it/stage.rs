//! What these tests share: a database with an event store, a bus on it, and events.

use onsale_core::events::{CloudEvent, Topic};
use onsale_platform::bus::{Bus, PgBus, PgBusConfig, Record, Subscription};
use onsale_platform::clock::Clock;
use onsale_platform::outbox::{Metadata, NewEvent};
use onsale_platform::{Platform, ServiceRole, random};
use onsale_testkit::{TestDb, TestKit};
use serde_json::json;
use std::time::{Duration, Instant};

/// The service whose store these tests use.
pub(crate) const ROLE: ServiceRole = ServiceRole::Sandbox;

/// Long enough for a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// A process with a bus.
pub(crate) struct Stage {
    pub(crate) kit: TestKit,
    pub(crate) bus: Bus,
    pub(crate) db: TestDb,
}

impl Stage {
    pub(crate) async fn new() -> Self {
        let db = TestDb::new().await;
        sqlx::raw_sql(include_str!("event_store.sql")).execute(db.pool()).await.expect("the event store is made");
        let shutdown = onsale_platform::shutdown::Shutdown::new();
        let config = PgBusConfig { url: db.url().to_owned(), connections_max: 4, retention_days: 7 };
        let bus = Bus::Postgres(PgBus::connect(&config, &shutdown).await.expect("schema bus is there"));
        let kit = TestKit::builder(&db).await.bus(bus.clone()).build();
        Self { kit, bus, db }
    }

    pub(crate) fn platform(&self) -> Platform {
        self.kit.platform().clone()
    }

    pub(crate) fn clock(&self) -> &Clock {
        &self.kit.platform().clock
    }

    /// An event of the bus.
    pub(crate) fn event(&self, topic: Topic, subject: &str, sequence: i64) -> CloudEvent {
        CloudEvent {
            specversion: "1.0".to_owned(),
            id: random::new_id(self.clock()),
            source: "/test".to_owned(),
            topic,
            subject: subject.to_owned(),
            time: self.clock().now(),
            datacontenttype: "application/json".to_owned(),
            dataschema: format!("/schemas/events/{topic}.json"),
            sequence: format!("{sequence:020}"),
            correlationid: None,
            causationid: None,
            traceparent: None,
            data: json!({ "n": sequence }),
        }
    }

    /// An event of the store.
    pub(crate) fn stored(&self, topic: Option<Topic>, subject: &str, version: i32) -> (NewEvent, Metadata) {
        let event = NewEvent {
            id: random::new_id(self.clock()),
            aggregate_type: "thing",
            aggregate_id: subject.to_owned(),
            version,
            kind: topic.map_or("thing-noted", Topic::as_str),
            publish: topic.map(|topic| (topic, i64::from(version))),
            data: json!({ "n": version }),
            at: self.clock().now(),
        };
        let metadata = Metadata { correlation_id: Some("request-1".to_owned()), ..Metadata::default() };
        (event, metadata)
    }

    /// Rows of a table.
    pub(crate) async fn count(&self, from: &str) -> i64 {
        onsale_testkit::database::count(self.db.pool(), from).await
    }

    /// Waits until there are so many rows.
    #[track_caller]
    pub(crate) fn until_count<'a>(&'a self, from: &'a str, wanted: i64) -> impl Future<Output = ()> + 'a {
        let caller = std::panic::Location::caller();
        async move {
            let start = Instant::now();
            loop {
                let count = self.count(from).await;
                if count == wanted {
                    return;
                }
                assert!(start.elapsed() < PATIENCE, "{caller}: {count} instead of {wanted} rows in {from}");
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
    }
}

/// Reads until there are so many messages.
pub(crate) async fn read(subscription: &mut Subscription, count: usize) -> Vec<Record> {
    let mut records = Vec::new();
    let reading = async {
        while records.len() < count {
            let more = subscription.fetch(1_000).await.expect("the bus answers");
            if more.is_empty() {
                subscription.wait().await.expect("the bus answers");
            }
            records.extend(more);
        }
    };
    let in_time = tokio::time::timeout(PATIENCE, reading).await.is_ok();
    assert!(in_time, "{} instead of {count} messages came", records.len());
    records
}

/// The event of a message.
pub(crate) fn event_of(record: &Record) -> CloudEvent {
    serde_json::from_str(&record.value).expect("a CloudEvent")
}
