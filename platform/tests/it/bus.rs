//! Schema `bus` has Kafka's semantics.

use crate::stage::{Stage, event_of, read};
use onsale_core::events::Topic;
use onsale_platform::bus::PARTITIONS;
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

const TOPIC: Topic = Topic::TicketCreated;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_publishers_leave_no_hole_and_keep_each_keys_order() {
    let stage = Stage::new().await;
    let publishers = (0..8).map(|publisher| {
        let stage = &stage;
        async move {
            for round in 0..20 {
                let sequence = |n: i64| round * 10 + n + 1;
                let key = format!("order-{publisher}");
                let events = (0..10).map(|n| stage.event(TOPIC, &key, sequence(n))).collect();
                stage.bus.publish(events).await.expect("published");
            }
        }
    });
    let reading = async {
        let mut subscription = stage.bus.subscribe("test.reader", &[TOPIC]).expect("subscribed");
        read(&mut subscription, 8 * 200).await
    };
    let (_, records) = tokio::join!(futures::future::join_all(publishers), reading);

    let mut next: BTreeMap<i32, i64> = BTreeMap::new();
    let mut sequences: BTreeMap<String, i64> = BTreeMap::new();
    for record in &records {
        let offset = next.entry(record.partition).or_default();
        assert_eq!(record.offset, *offset, "read while it was written: no offset is passed or comes twice");
        *offset += 1;
        let last = sequences.entry(record.key.clone()).or_default();
        assert_eq!(event_of(record).sequence_number(), *last + 1, "{} keeps its order", record.key);
        *last += 1;
    }
    assert_eq!(sequences.len(), 8);
    assert!(next.len() > 1 && next.len() <= usize::try_from(PARTITIONS).expect("positive"));
}

#[tokio::test]
async fn an_aggregates_events_come_in_their_order_over_topics() {
    let stage = Stage::new().await;
    let topics = [Topic::TicketCreated, Topic::TicketConfirmed, Topic::TicketCancelled];
    for round in 0..30 {
        let events = topics.iter().zip(1..).map(|(topic, n)| stage.event(*topic, "order-1", round * 3 + n)).collect();
        stage.bus.publish(events).await.expect("published");
    }
    let mut subscription = stage.bus.subscribe("test.reader", &topics).expect("subscribed");
    // Small bites: what is cut off of one topic must not let another one run ahead.
    let mut sequences = Vec::new();
    while sequences.len() < 90 {
        let bite = subscription.fetch(7).await.expect("the bus answers");
        sequences.extend(bite.iter().map(|record| event_of(record).sequence_number()));
    }
    assert_eq!(sequences, (1..=90).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_group_goes_on_where_it_committed_and_has_one_reader() {
    let stage = Stage::new().await;
    stage.bus.publish((1..=3).map(|n| stage.event(TOPIC, "order-1", n)).collect()).await.expect("published");
    let mut one = stage.bus.subscribe("test.group", &[TOPIC]).expect("subscribed");
    let mut two = stage.bus.subscribe("test.group", &[TOPIC]).expect("subscribed");
    let mut other = stage.bus.subscribe("test.other", &[TOPIC]).expect("subscribed");

    let records = read(&mut one, 3).await;
    assert_eq!(two.fetch(10).await.expect("the bus answers"), [], "the group has its reader");
    assert_eq!(read(&mut other, 3).await, records, "another group reads all of it");

    let second = &records[1];
    let place = (second.topic, second.partition);
    one.commit(&[(place, second.offset + 1)]).await.expect("committed");
    drop(one);
    let again = read(&mut two, 1).await;
    assert_eq!(again, records[2..], "what was not committed comes again, to the next reader");
}

#[tokio::test]
async fn readers_are_woken() {
    let stage = Stage::new().await;
    let mut subscription = stage.bus.subscribe("test.reader", &[TOPIC]).expect("subscribed");
    assert_eq!(subscription.fetch(10).await.expect("the bus answers"), []);
    // The first may come before the process listens; of ten, most find the reader waiting.
    let mut waits = BTreeSet::new();
    for n in 1..=10 {
        stage.bus.publish(vec![stage.event(TOPIC, "order-1", n)]).await.expect("published");
        let start = Instant::now();
        read(&mut subscription, 1).await;
        waits.insert(start.elapsed());
    }
    let median = waits.into_iter().nth(4).expect("ten waits");
    assert!(median < Duration::from_millis(500), "woken, not polled: {median:?}");
}

#[tokio::test]
async fn old_messages_are_forgotten_but_never_those_of_the_last_day() {
    let stage = Stage::new().await;
    stage.bus.publish((1..=10).map(|n| stage.event(TOPIC, "order-1", n)).collect()).await.expect("published");
    sqlx::query("UPDATE bus.messages SET published_at = now() - interval '8 days' WHERE \"offset\" < 6")
        .execute(stage.db.pool())
        .await
        .expect("aged");
    let forget = |rows_max: i32, keep: &'static str| {
        sqlx::query_scalar::<_, i64>("SELECT bus.forget($1::text::interval, $2)")
            .bind(keep)
            .bind(rows_max)
            .fetch_one(stage.db.pool())
    };
    assert_eq!(forget(4, "7 days").await.expect("forgotten"), 4, "bounded");
    assert_eq!(forget(4, "0 days").await.expect("forgotten"), 2, "the last day stays, whatever is asked");
    let mut subscription = stage.bus.subscribe("test.reader", &[TOPIC]).expect("subscribed");
    let left = read(&mut subscription, 4).await;
    assert_eq!(left.first().map(|record| record.offset), Some(6), "a new group begins with what is there");
}
