//! The relay passes on every event of the store.

use crate::stage::{ROLE, Stage, event_of, read};
use onsale_core::events::Topic;
use onsale_platform::outbox::{self, Relay};
use std::time::{Duration, Instant};

const TOPICS: &[Topic] = &[Topic::TicketCreated, Topic::TicketConfirmed];

impl Stage {
    async fn start_relay(&self) {
        let pool = self.db.service_pool(ROLE, 3).await;
        self.platform().shutdown.spawn("relay", Relay::new(&self.platform(), ROLE, pool).run());
    }
}

#[tokio::test]
async fn what_is_appended_comes_to_the_bus_as_cloud_events() {
    let stage = Stage::new().await;
    stage.start_relay().await;
    let (first, metadata) = stage.stored(Some(Topic::TicketCreated), "order-1", 1);
    let events = [
        (first.clone(), metadata),
        stage.stored(None, "order-1", 2),
        stage.stored(Some(Topic::TicketConfirmed), "order-1", 3),
    ];
    let mut transaction = stage.db.pool().begin().await.expect("a transaction");
    outbox::append(&mut transaction, ROLE, &events).await.expect("appended");
    transaction.commit().await.expect("committed");

    let mut subscription = stage.bus.subscribe("test.reader", TOPICS).expect("subscribed");
    let records = read(&mut subscription, 2).await;
    let event = event_of(&records[0]);
    assert_eq!((event.id, event.topic, event.subject.as_str()), (first.id, Topic::TicketCreated, "order-1"));
    assert_eq!((event.source.as_str(), event.sequence.as_str()), ("/sandbox", "00000000000000000001"));
    assert_eq!(event.dataschema, "/schemas/events/ticket-created.json");
    assert_eq!((event.correlationid.as_deref(), event.data), (Some("request-1"), first.data));
    assert_eq!(event_of(&records[1]).topic, Topic::TicketConfirmed, "what has no topic stays in the store");
}

#[tokio::test]
async fn a_late_commit_is_never_skipped() {
    let stage = Stage::new().await;
    stage.start_relay().await;
    let topic = Some(Topic::TicketCreated);
    // A takes its transaction id, and its place in the store, first.
    let mut a = stage.db.pool().begin().await.expect("a transaction");
    outbox::append(&mut a, ROLE, &[stage.stored(topic, "late", 1)]).await.expect("appended");
    // B comes later and commits first.
    let mut b = stage.db.pool().begin().await.expect("a transaction");
    outbox::append(&mut b, ROLE, &[stage.stored(topic, "early", 1)]).await.expect("appended");
    b.commit().await.expect("committed");

    // The relay looks many times, and must not pass A's place.
    tokio::time::sleep(Duration::from_millis(700)).await;
    assert_eq!(stage.count("bus.messages").await, 0, "nothing is passed on while an older transaction runs");
    a.commit().await.expect("committed");
    let mut subscription = stage.bus.subscribe("test.reader", TOPICS).expect("subscribed");
    let mut keys: Vec<_> = read(&mut subscription, 2).await.into_iter().map(|record| record.key).collect();
    keys.sort_unstable();
    assert_eq!(keys, ["early", "late"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn writers_that_cross_lose_nothing_and_two_relays_send_nothing_twice() {
    let stage = Stage::new().await;
    stage.start_relay().await;
    stage.start_relay().await;
    let pool = stage.db.service_pool(ROLE, 8).await;
    let writers = (0..8).map(|writer| {
        let (stage, pool) = (&stage, &pool);
        async move {
            for version in 1..=50 {
                let subject = format!("order-{writer}");
                let event = stage.stored(Some(Topic::TicketCreated), &subject, version);
                let mut transaction = pool.begin().await.expect("a transaction");
                outbox::append(&mut transaction, ROLE, &[event]).await.expect("appended");
                // Transactions end in another order than they began in.
                tokio::time::sleep(Duration::from_millis(u64::try_from((writer * 7 + version) % 13).expect("small")))
                    .await;
                if version % 10 == 0 && writer == 0 {
                    transaction.rollback().await.expect("rolled back");
                    let event = stage.stored(Some(Topic::TicketCreated), &subject, version);
                    transaction = pool.begin().await.expect("a transaction");
                    outbox::append(&mut transaction, ROLE, &[event]).await.expect("appended");
                }
                transaction.commit().await.expect("committed");
            }
        }
    });
    futures::future::join_all(writers).await;
    stage.until_count("bus.messages", 400).await;
    stage.until_count("(SELECT DISTINCT value::json ->> 'id' FROM bus.messages) m", 400).await;
    let mut subscription = stage.bus.subscribe("test.reader", TOPICS).expect("subscribed");
    let mut last = std::collections::HashMap::new();
    for record in read(&mut subscription, 400).await {
        let event = event_of(&record);
        let before = last.insert(event.subject.clone(), event.sequence_number());
        assert_eq!(before.unwrap_or(0) + 1, event.sequence_number(), "{} keeps its order", event.subject);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backlog_is_relayed_in_batches() {
    let stage = Stage::new().await;
    for start in 0..10 {
        let events: Vec<_> =
            (0..1_000).map(|n| stage.stored(Some(Topic::TicketCreated), &format!("order-{start}-{n}"), 1)).collect();
        let mut transaction = stage.db.pool().begin().await.expect("a transaction");
        outbox::append(&mut transaction, ROLE, &events).await.expect("appended");
        transaction.commit().await.expect("committed");
    }
    let start = Instant::now();
    stage.start_relay().await;
    stage.until_count("bus.messages", 10_000).await;
    let elapsed = start.elapsed();
    println!("10,000 events relayed in {elapsed:?}");
    assert!(elapsed < Duration::from_secs(15), "a row at a time would take longer: {elapsed:?}");
}
