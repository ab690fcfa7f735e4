//! What these tests share: a database with an event store, a bus on it, and events.

use onsale_core::events::{CloudEvent, Topic};
use onsale_platform::bus::{
    Bus, KafkaBus, KafkaConfig, Letter, LetterFilter, PgBus, PgBusConfig, Record, Subscription,
};
use onsale_platform::clock::Clock;
use onsale_platform::outbox::{Metadata, NewEvent};
use onsale_platform::{Platform, ServiceRole, random};
use onsale_testkit::{TestDb, TestKit};
use serde_json::json;
use std::time::{Duration, Instant};

/// The service whose store these tests use.
pub(crate) const ROLE: ServiceRole = ServiceRole::Sandbox;

/// The topics of these tests: each costs three brokers files.
const TOPICS: &[Topic] = &[Topic::TicketCreated, Topic::TicketConfirmed, Topic::TicketCancelled, Topic::UserCreated];

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

    /// The same with a Kafka of three brokers as its bus, and topics of its own; nothing where none is to be had.
    pub(crate) async fn on_kafka() -> Option<Self> {
        Some(Self::on_this_kafka(onsale_testkit::cluster::kafka().await?).await)
    }

    /// With this Kafka.
    pub(crate) async fn on_this_kafka(bootstrap_servers: String) -> Self {
        let mut stage = Self::new().await;
        let id: uuid::Uuid = random::new_id(stage.clock());
        let prefix = format!("test-{}-", id.simple());
        let config = KafkaConfig { bootstrap_servers, prefix, topics: TOPICS };
        let shutdown = stage.platform().shutdown;
        let database = PgBusConfig { url: stage.db.url().to_owned(), connections_max: 4, retention_days: 7 };
        let database = PgBus::connect(&database, &shutdown).await.expect("schema bus is there");
        stage.bus = Bus::Kafka(KafkaBus::connect(config, database).await.expect("Kafka answers"));
        stage.kit = TestKit::builder(&stage.db).await.bus(stage.bus.clone()).build();
        // The first message of a producer also waits for its id and for the topics' leaders.
        let start = Instant::now();
        while let Err(error) = stage.bus.publish(vec![stage.event(Topic::UserCreated, "first", 1)]).await {
            assert!(start.elapsed() < PATIENCE, "{error}");
        }
        stage
    }

    /// Waits until so many dead letters lie there that nobody has dealt with, and gives them.
    pub(crate) async fn until_letters(&self, wanted: usize) -> Vec<Letter> {
        let start = Instant::now();
        loop {
            let letters = self.bus.letters(&LetterFilter::default()).await.expect("the bus answers");
            if letters.len() == wanted {
                return letters;
            }
            assert!(start.elapsed() < PATIENCE, "{} instead of {wanted} letters", letters.len());
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Waits until a group has committed all there is.
    pub(crate) async fn until_caught_up(&self, group: &str) {
        let start = Instant::now();
        loop {
            let topics = self.bus.topics().await.expect("the bus answers");
            let lags = topics.iter().flat_map(|topic| &topic.lags).filter(|(name, _)| name == group);
            let lags: Vec<i64> = lags.map(|(_, lag)| *lag).collect();
            if !lags.is_empty() && lags.iter().all(|lag| *lag == 0) {
                return;
            }
            assert!(start.elapsed() < PATIENCE, "{group} is behind by {lags:?}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
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

/// Runs each of these tests, which take a stage, over schema `bus` and over Kafka.
macro_rules! over_each_bus {
    ($($test:ident),* $(,)?) => {
        mod over_schema_bus {
            use crate::stage::Stage;
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() {
                super::$test(Stage::new().await).await;
            })*
        }

        mod over_kafka {
            use crate::stage::Stage;
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() {
                if let Some(stage) = Stage::on_kafka().await {
                    super::$test(stage).await;
                }
            })*
        }
    };
}
pub(crate) use over_each_bus;
