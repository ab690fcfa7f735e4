//! The same over a real Kafka of three brokers.

use crate::stage::{PATIENCE, ROLE, Stage, event_of, read};
use onsale_core::events::Topic;
use onsale_platform::ServiceRole;
use onsale_platform::inbox::{self, ConsumeError, Consumer, Delivery};
use onsale_platform::outbox::{self, Relay};
use sqlx::PgPool;
use std::collections::HashMap;
use std::time::{Duration, Instant};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kafka_keeps_each_keys_order_and_what_was_committed() {
    let Some(stage) = Stage::on_kafka().await else { return };
    let start = Instant::now();
    for round in 0..5 {
        let events = (0..1_000)
            .map(|n| stage.event(Topic::TicketCreated, &format!("order-{}", n % 50), round * 20 + n / 50 + 1));
        stage.bus.publish(events.collect()).await.expect("published");
    }
    println!("5,000 messages published, acks=all, in {:?}", start.elapsed());
    let mut one = stage.bus.subscribe("test.group", &[Topic::TicketCreated]).expect("subscribed");
    let records = read(&mut one, 5_000).await;
    let mut last: HashMap<String, i64> = HashMap::new();
    for record in &records {
        let last = last.entry(record.key.clone()).or_default();
        assert_eq!(event_of(record).sequence_number(), *last + 1, "{} keeps its order", record.key);
        *last += 1;
    }
    let mut ends: HashMap<_, i64> = HashMap::new();
    for record in &records {
        ends.insert((record.topic, record.partition), record.offset + 1);
    }
    let ends: Vec<_> = ends.into_iter().collect();
    one.commit(&ends).await.expect("committed");
    drop(one);
    stage.bus.publish(vec![stage.event(Topic::TicketCreated, "after", 1)]).await.expect("published");
    let mut two = stage.bus.subscribe("test.group", &[Topic::TicketCreated]).expect("subscribed");
    let again = read(&mut two, 1).await;
    assert_eq!(again.iter().map(|record| record.key.as_str()).collect::<Vec<_>>(), ["after"]);
}

pub(crate) struct Effects {
    pub(crate) pool: PgPool,
}

impl Consumer for Effects {
    const GROUP: &'static str = "test.effects";
    const TOPICS: &'static [Topic] = &[Topic::TicketCreated, Topic::TicketConfirmed, Topic::TicketCancelled];
    const ROLE: ServiceRole = ROLE;
    const ORDERED: bool = true;

    async fn handle(&self, delivery: Delivery) -> Result<(), ConsumeError> {
        let mut transaction = self.pool.begin().await?;
        if !delivery.is_first(&mut transaction).await? {
            return Ok(());
        }
        if delivery.event.subject == "poison" {
            return Err(ConsumeError::Poison("it cannot be understood".to_owned()));
        }
        sqlx::query("INSERT INTO sandbox.effects (subject, sequence) VALUES ($1, $2)")
            .bind(&delivery.event.subject)
            .bind(delivery.event.sequence_number())
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn from_the_store_over_kafka_each_effect_once_and_in_order() {
    let Some(stage) = Stage::on_kafka().await else { return };
    let pool = stage.db.service_pool(ROLE, 4).await;
    let platform = stage.platform();
    platform.shutdown.spawn("relay", Relay::new(&platform, ROLE, pool.clone()).run());
    // Two members of the group: partitions are given to one, then shared with the other.
    for _ in 0..2 {
        platform.shutdown.spawn("consumer", inbox::run(platform.clone(), Effects { pool: pool.clone() }));
    }
    let topics = [Topic::TicketCreated, Topic::TicketConfirmed, Topic::TicketCancelled];
    for version in 1..=30 {
        let topic = Some(topics[usize::try_from(version).expect("small") % 3]);
        let mut events: Vec<_> = (0..20).map(|n| stage.stored(topic, &format!("order-{n}"), version)).collect();
        if version == 1 {
            events.push(stage.stored(topic, "poison", 1));
        }
        let mut transaction = stage.db.pool().begin().await.expect("a transaction");
        outbox::append(&mut transaction, ROLE, &events).await.expect("appended");
        transaction.commit().await.expect("committed");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    stage.until_count("sandbox.effects", 600).await;
    stage.until_count("bus.progress WHERE parked", 1).await;
    let out_of_order =
        "(SELECT sequence - lag(sequence, 1, 0::bigint) OVER (PARTITION BY subject ORDER BY position) AS step
                         FROM sandbox.effects) s WHERE step <> 1";
    assert_eq!(stage.count(out_of_order).await, 0, "each aggregate's events were applied in their order");
    platform.shutdown.request();
    assert!(platform.shutdown.wait(PATIENCE).await, "all stop");
}
