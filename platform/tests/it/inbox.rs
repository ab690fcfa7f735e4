//! Each message's effect once; only what fails waits.

use crate::stage::{ROLE, Stage, over_each_bus, read};
use onsale_core::events::{CloudEvent, Topic};
use onsale_platform::ServiceRole;
use onsale_platform::bus::{Bus, LetterFilter, Message, Settlement};
use onsale_platform::inbox::{self, ConsumeError, Consumer, Delivery};
use onsale_platform::shutdown::Shutdown;
use sqlx::PgPool;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

over_each_bus!(
    what_fails_is_tried_again_in_its_order_while_others_go_on,
    poison_becomes_a_dead_letter_with_the_reason,
    where_order_matters_holes_are_waited_for_also_over_a_restart,
    where_order_matters_a_dead_letter_parks_only_its_aggregate,
    a_dropped_letter_is_passed_over_and_those_behind_it_can_be_replayed,
    who_has_no_room_holds_and_then_gets_the_rest,
    topics_tell_how_far_each_group_is_behind,
    after_a_stop_ten_thousand_events_are_caught_up_with_each_once,
);

/// Writes an effect a message, and fails as it is told.
#[derive(Clone)]
struct Effects<const ORDERED: bool> {
    pool: PgPool,
    /// What was wrong with poison is mended.
    cured: bool,
    /// Failures that are still to come, by subject.
    failures: Arc<Mutex<HashMap<&'static str, u32>>>,
}

impl<const ORDERED: bool> Effects<ORDERED> {
    fn new(stage: &Stage, failures: &[(&'static str, u32)]) -> Self {
        let failures = Arc::new(Mutex::new(failures.iter().copied().collect()));
        Self { pool: stage.db.pool().clone(), cured: false, failures }
    }
}

impl<const O: bool> Consumer for Effects<O> {
    const GROUP: &'static str = "test.effects";
    const TOPICS: &'static [Topic] = &[Topic::TicketCreated, Topic::TicketConfirmed];
    const ROLE: ServiceRole = ROLE;
    const ORDERED: bool = O;

    async fn handle(&self, delivery: Delivery) -> Result<(), ConsumeError> {
        let event = &delivery.event;
        let mut transaction = self.pool.begin().await?;
        if !delivery.is_first(&mut transaction).await? {
            return Ok(());
        }
        sqlx::query("INSERT INTO sandbox.effects (subject, sequence) VALUES ($1, $2)")
            .bind(&event.subject)
            .bind(event.sequence_number())
            .execute(&mut *transaction)
            .await?;
        if event.subject == "poison" && !self.cured {
            return Err(ConsumeError::Poison("it cannot be understood".to_owned()));
        }
        assert!(event.subject != "panic" || self.take_failure("panic").is_none(), "a handler may panic");
        if let Some(left) = self.take_failure(&event.subject) {
            return Err(ConsumeError::Retry(format!("away, {left} more times")));
        }
        transaction.commit().await?;
        Ok(())
    }
}

impl<const O: bool> Effects<O> {
    fn take_failure(&self, subject: &str) -> Option<u32> {
        let mut failures = self.failures.lock().expect("not poisoned");
        let left = failures.get_mut(subject).filter(|left| **left > 0)?;
        *left -= 1;
        Some(*left)
    }
}

/// Runs the consumer, in a process of its own, until what it returns is told to stop.
fn start<const O: bool>(stage: &Stage, effects: Effects<O>) -> Shutdown {
    let mut platform = stage.platform();
    platform.shutdown = Shutdown::new();
    let shutdown = platform.shutdown.clone();
    shutdown.spawn("consumer", inbox::run(platform, effects));
    shutdown
}

async fn stop(shutdown: &Shutdown) {
    shutdown.request();
    assert!(shutdown.wait(Duration::from_secs(10)).await, "the consumer stops");
}

#[tokio::test]
async fn a_message_that_comes_twice_has_one_effect() {
    let stage = Stage::new().await;
    let events: Vec<_> = (1..=5).map(|n| stage.event(Topic::TicketCreated, "order-1", n)).collect();
    stage.bus.publish(events.clone()).await.expect("published");
    stage.bus.publish(events).await.expect("published");
    let consumer = start(&stage, Effects::<false>::new(&stage, &[]));
    stage.until_count("(SELECT FROM bus.offsets WHERE next_offset = 10) o", 1).await;
    stop(&consumer).await;
    assert_eq!(stage.count("sandbox.effects").await, 5);

    // Offsets that were lost: all of it comes again, and changes nothing.
    sqlx::query("DELETE FROM bus.offsets").execute(stage.db.pool()).await.expect("lost");
    let consumer = start(&stage, Effects::<false>::new(&stage, &[]));
    stage.until_count("(SELECT FROM bus.offsets WHERE next_offset = 10) o", 1).await;
    stop(&consumer).await;
    assert_eq!(stage.count("sandbox.effects").await, 5);
}

async fn what_fails_is_tried_again_in_its_order_while_others_go_on(stage: Stage) {
    let mut events: Vec<_> = (1..=3).map(|n| stage.event(Topic::TicketCreated, "failing", n)).collect();
    events.push(stage.event(Topic::TicketCreated, "panic", 1));
    events.extend((1..=3).map(|n| stage.event(Topic::TicketCreated, "fine", n)));
    stage.bus.publish(events).await.expect("published");
    let consumer = start(&stage, Effects::<false>::new(&stage, &[("failing", 5), ("panic", 1)]));
    stage.until_count("sandbox.effects", 7).await;
    stop(&consumer).await;
    let order: Vec<(String, i64)> = sqlx::query_as("SELECT subject, sequence FROM sandbox.effects ORDER BY position")
        .fetch_all(stage.db.pool())
        .await
        .expect("effects");
    let of = |subject: &str| order.iter().filter(|row| row.0 == subject).map(|row| row.1).collect::<Vec<_>>();
    assert_eq!((of("failing"), of("fine"), of("panic")), (vec![1, 2, 3], vec![1, 2, 3], vec![1]));
    let place = |wanted: (&str, i64)| order.iter().position(|row| (row.0.as_str(), row.1) == wanted);
    assert!(place(("fine", 3)) < place(("failing", 1)), "others did not wait: {order:?}");
}

async fn poison_becomes_a_dead_letter_with_the_reason(stage: Stage) {
    let poison = stage.event(Topic::TicketCreated, "poison", 1);
    let garbage = Message { topic: "ticket-created".into(), key: "garbage".into(), value: "no JSON".into() };
    stage.bus.publish(vec![poison.clone()]).await.expect("published");
    stage.bus.send(vec![garbage]).await.expect("published");
    stage.bus.publish(vec![stage.event(Topic::TicketCreated, "fine", 1)]).await.expect("published");
    let consumer = start(&stage, Effects::<false>::new(&stage, &[]));
    stage.until_count("sandbox.effects", 1).await;
    let letters = stage.until_letters(2).await;
    stop(&consumer).await;
    let poisoned = letters.iter().find(|letter| letter.event.is_some()).expect("the letter");
    assert_eq!(poisoned.event, Some(poison), "all of it is there");
    assert_eq!((poisoned.group.as_str(), poisoned.error.as_str()), ("test.effects", "it cannot be understood"));
    assert!(letters.iter().any(|letter| letter.value["value"] == "no JSON"), "{letters:?}");
    assert_eq!(stage.count("sandbox.inbox").await, 1, "the poison's transaction left nothing");
}

async fn where_order_matters_holes_are_waited_for_also_over_a_restart(stage: Stage) {
    let event = |n: i64| {
        let topic = if n % 2 == 0 { Topic::TicketConfirmed } else { Topic::TicketCreated };
        stage.event(topic, "order-1", n)
    };
    stage.bus.publish(vec![event(1)]).await.expect("published");
    let consumer = start(&stage, Effects::<true>::new(&stage, &[]));
    stage.until_count("bus.progress WHERE sequence = 1", 1).await;
    stage
        .bus
        .publish(vec![event(4), event(3), stage.event(Topic::TicketCreated, "order-2", 1)])
        .await
        .expect("published");
    stage.until_count("sandbox.effects", 2).await;
    stop(&consumer).await;
    assert_eq!(stage.count("sandbox.effects WHERE subject = 'order-1'").await, 1, "3 and 4 wait for 2");

    let consumer = start(&stage, Effects::<true>::new(&stage, &[]));
    stage.bus.publish(vec![event(2)]).await.expect("published");
    stage.until_count("bus.progress WHERE sequence = 4", 1).await;
    stop(&consumer).await;
    let order: Vec<i64> =
        sqlx::query_scalar("SELECT sequence FROM sandbox.effects WHERE subject = 'order-1' ORDER BY position")
            .fetch_all(stage.db.pool())
            .await
            .expect("effects");
    assert_eq!(order, [1, 2, 3, 4]);
}

async fn where_order_matters_a_dead_letter_parks_only_its_aggregate(stage: Stage) {
    let mut events: Vec<_> = (1..=3).map(|n| stage.event(Topic::TicketCreated, "poison", n)).collect();
    events.extend((1..=3).map(|n| stage.event(Topic::TicketCreated, "fine", n)));
    stage.bus.publish(events).await.expect("published");
    let consumer = start(&stage, Effects::<true>::new(&stage, &[]));
    stage.until_count("sandbox.effects", 3).await;
    stage.until_letters(3).await;
    stop(&consumer).await;
    // Also for a process that starts later.
    let consumer = start(&stage, Effects::<true>::new(&stage, &[]));
    stage.bus.publish(vec![stage.event(Topic::TicketConfirmed, "poison", 4)]).await.expect("published");
    let letters = stage.until_letters(4).await;
    stop(&consumer).await;

    // What was wrong is mended: all of it comes again, in its order, for this group alone.
    let mended = Effects::<true> { cured: true, ..Effects::new(&stage, &[]) };
    let consumer = start(&stage, mended.clone());
    stage.bus.settle(&letters, Settlement::Replay, "a test").await.expect("put back");
    stage.until_count("sandbox.effects WHERE subject = 'poison'", 4).await;
    stage.until_letters(0).await;
    stage.until_count("bus.progress WHERE subject = 'poison' AND sequence = 4 AND NOT parked", 1).await;
    stage.until_caught_up("test.effects").await;
    stage.bus.publish(vec![stage.event(Topic::TicketCreated, "poison", 5)]).await.expect("published");
    stage.until_count("sandbox.effects WHERE subject = 'poison'", 5).await;
    stop(&consumer).await;
    let order: Vec<i64> =
        sqlx::query_scalar("SELECT sequence FROM sandbox.effects WHERE subject = 'poison' ORDER BY position")
            .fetch_all(stage.db.pool())
            .await
            .expect("effects");
    assert_eq!(order, [1, 2, 3, 4, 5]);
}

async fn a_dropped_letter_is_passed_over_and_those_behind_it_can_be_replayed(stage: Stage) {
    stage
        .bus
        .publish((1..=3).map(|n| stage.event(Topic::TicketCreated, "poison", n)).collect())
        .await
        .expect("published");
    let consumer = start(&stage, Effects::<true>::new(&stage, &[]));
    let letters = stage.until_letters(3).await;
    assert!(letters.is_sorted_by_key(|letter| letter.event.as_ref().map(CloudEvent::sequence_number)));
    let of_another = LetterFilter { group: Some("test.other".to_owned()), ..LetterFilter::default() };
    assert_eq!(stage.bus.letters(&of_another).await.expect("the bus answers"), []);
    stage.bus.settle(&letters[..1], Settlement::Drop, "a test").await.expect("told");
    stage.until_count("bus.progress WHERE subject = 'poison' AND sequence = 1 AND NOT parked", 1).await;
    assert_eq!(stage.count("sandbox.effects").await, 0, "nobody handled it");
    assert_eq!(stage.until_letters(2).await, letters[1..]);
    stop(&consumer).await;
    let consumer = start(&stage, Effects::<true> { cured: true, ..Effects::new(&stage, &[]) });
    stage.bus.settle(&letters[1..], Settlement::Replay, "a test").await.expect("put back");
    stage.until_count("sandbox.effects", 2).await;
    stop(&consumer).await;
    assert_eq!(stage.count("sandbox.effects WHERE sequence = 1").await, 0);
}

/// A consumer whose hands are full for longer than anything is handled, and that is not fetched for meanwhile.
async fn who_has_no_room_holds_and_then_gets_the_rest(stage: Stage) {
    let events = |from: i64| (from..from + 300).map(|n| stage.event(Topic::TicketCreated, &format!("order-{n}"), 1));
    stage.bus.publish(events(0).collect()).await.expect("published");
    let mut subscription = stage.bus.subscribe("test.slow", &[Topic::TicketCreated]).expect("subscribed");
    let first = read(&mut subscription, 1).await;
    for _ in 0..20 {
        subscription.hold().await.expect("it stays a member");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    stage.bus.publish(events(300).collect()).await.expect("published");
    subscription.hold().await.expect("it stays a member");
    let rest = read(&mut subscription, 600 - first.len()).await;
    let keys: std::collections::BTreeSet<&str> = first.iter().chain(&rest).map(|record| record.key.as_str()).collect();
    assert_eq!((keys.len(), first.len() + rest.len()), (600, 600), "each came once");
}

async fn topics_tell_how_far_each_group_is_behind(stage: Stage) {
    let consumer = start(&stage, Effects::<false>::new(&stage, &[]));
    stage
        .bus
        .publish((1..=5).map(|n| stage.event(Topic::TicketCreated, "order", n)).collect())
        .await
        .expect("published");
    stage.until_count("sandbox.effects", 5).await;
    stage.until_caught_up("test.effects").await;
    stop(&consumer).await;
    stage
        .bus
        .publish((6..=8).map(|n| stage.event(Topic::TicketCreated, "order", n)).collect())
        .await
        .expect("published");
    let topics = stage.bus.topics().await.expect("the bus answers");
    let created = topics.iter().find(|topic| topic.name == "ticket-created").expect("it is there");
    let replicas = if matches!(stage.bus, Bus::Kafka(_)) { 3 } else { 1 };
    assert_eq!((created.partitions, created.replicas, created.in_sync), (8, replicas, replicas));
    assert_eq!((created.messages, &created.lags), (8, &vec![("test.effects".to_owned(), 3)]));
    let confirmed = topics.iter().find(|topic| topic.name == "ticket-confirmed").expect("it is there");
    assert_eq!((confirmed.messages, &confirmed.lags), (0, &vec![("test.effects".to_owned(), 0)]));
    assert!(topics.iter().any(|topic| topic.name == "ticket-created.dlq" && topic.lags.is_empty()));
}

#[tokio::test]
async fn a_database_that_goes_away_costs_nothing() {
    let stage = Stage::new().await;
    let consumer = start(&stage, Effects::<true>::new(&stage, &[]));
    for round in 0..5 {
        let events = (1..=20).map(|n| stage.event(Topic::TicketCreated, &format!("order-{n}"), round + 1)).collect();
        stage.bus.publish(events).await.expect("published");
        // The bus's own sessions are cut: reader, listener.
        sqlx::query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'onsale-bus' AND state = 'idle'")
            .execute(stage.db.pool())
            .await
            .expect("cut");
    }
    stage.until_count("sandbox.effects", 100).await;
    stage.until_count("bus.progress WHERE sequence = 5", 20).await;
    stop(&consumer).await;
}

async fn after_a_stop_ten_thousand_events_are_caught_up_with_each_once(stage: Stage) {
    for round in 0..10 {
        let events = (0..1_000).map(|n| stage.event(Topic::TicketCreated, &format!("order-{n}"), round + 1)).collect();
        stage.bus.publish(events).await.expect("published");
    }
    let begin = Instant::now();
    let consumer = start(&stage, Effects::<false>::new(&stage, &[]));
    stage.until_count("sandbox.effects", 10_000).await;
    let elapsed = begin.elapsed();
    stage.until_caught_up("test.effects").await;
    stop(&consumer).await;
    assert_eq!(stage.count("(SELECT DISTINCT subject, sequence FROM sandbox.effects) e").await, 10_000);
    // A consumer that was stopped catches up with 10,000 events in 30 s.
    assert!(elapsed < Duration::from_secs(30), "{elapsed:?}");
}

#[tokio::test]
async fn without_a_bus_nothing_is_consumed_and_stopping_works() {
    let stage = Stage::new().await;
    let mut platform = stage.platform();
    platform.bus = Bus::Off;
    platform.shutdown = Shutdown::new();
    let shutdown = platform.shutdown.clone();
    shutdown.spawn("consumer", inbox::run(platform, Effects::<false>::new(&stage, &[])));
    tokio::time::sleep(Duration::from_millis(50)).await;
    stop(&shutdown).await;
}
