//! What the loss of brokers costs: of one nothing, of all only time.

use crate::bus_kafka::Effects;
use crate::stage::{PATIENCE, ROLE, Stage};
use onsale_core::events::Topic;
use onsale_platform::inbox;
use onsale_platform::outbox::{self, Relay};
use onsale_testkit::cluster::OwnKafka;
use std::time::{Duration, Instant};

/// Longer than a client waits for one answer; in earnest they are away for a minute.
const AWAY: Duration = Duration::from_secs(8);

async fn append(stage: &Stage, orders: std::ops::Range<i32>, version: i32) {
    let events: Vec<_> =
        orders.map(|n| stage.stored(Some(Topic::TicketCreated), &format!("order-{n}"), version)).collect();
    let mut transaction = stage.db.pool().begin().await.expect("a transaction");
    outbox::append(&mut transaction, ROLE, &events).await.expect("appended");
    transaction.commit().await.expect("committed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_one_lost_broker_nothing_is_noticed_and_after_all_were_lost_all_is_caught_up_with() {
    let Some(mut kafka) = OwnKafka::start().await else { return };
    let stage = Stage::on_this_kafka(kafka.bootstrap_servers()).await;
    let pool = stage.db.service_pool(ROLE, 4).await;
    let platform = stage.platform();
    platform.shutdown.spawn("relay", Relay::new(&platform, ROLE, pool.clone()).run());
    platform.shutdown.spawn("consumer", inbox::run(platform.clone(), Effects { pool }));

    // One of three dies while events are published all the time.
    let mut longest = Duration::ZERO;
    for version in 1..=40 {
        if version == 10 {
            kafka.kill(0).await;
        }
        append(&stage, 0..20, version).await;
        let begin = Instant::now();
        let event = stage.event(Topic::UserCreated, "user", i64::from(version));
        stage.bus.publish(vec![event]).await.expect("published, whoever is away");
        longest = longest.max(begin.elapsed());
    }
    stage.until_count("sandbox.effects", 800).await;
    println!("one of three brokers killed: publishing took {longest:?} at most");
    assert!(longest <= Duration::from_secs(10), "{longest:?}");
    kafka.start_all().await;

    // All are away: what is sold goes on.
    kafka.kill_all().await;
    let away = Instant::now();
    for block in 0..10 {
        append(&stage, 1_000 + block * 1_000..2_000 + block * 1_000, 1).await;
    }
    let selling = away.elapsed();
    assert!(selling < AWAY, "appending does not wait for Kafka: {selling:?}");
    tokio::time::sleep(AWAY.saturating_sub(selling)).await;
    assert_eq!(stage.count("sandbox.effects").await, 800);
    kafka.start_all().await;
    let back = Instant::now();
    stage.until_count("sandbox.effects", 10_800).await;
    let drained = back.elapsed();
    println!("all brokers away for {AWAY:?}: 10,000 events were handled {drained:?} after they were back");
    assert_eq!(stage.count("(SELECT DISTINCT subject, sequence FROM sandbox.effects) e").await, 10_800, "each once");
    assert!(drained <= Duration::from_secs(30), "{drained:?}");
    platform.shutdown.request();
    assert!(platform.shutdown.wait(PATIENCE).await, "all stop");
}
