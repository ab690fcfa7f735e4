//! The engines' own rates, on a small scale, on servers that are started for it.

use onsale_engines::{Engines, Wanted};
use onsale_load_testing::baseline::{kafka, postgres::Baseline, redis};
use onsale_testkit::cluster;
use std::time::Duration;

#[tokio::test]
async fn postgresql_and_redis_tell_their_own_rates() {
    let home = std::env::temp_dir().join(format!("onsale-bench-{}", std::process::id()));
    std::fs::create_dir_all(&home).expect("a folder");
    let engines = Engines::start(&home.join("engines"), Wanted::HOUSE).await.expect("PostgreSQL and Redis start");
    let addresses = engines.addresses();
    let database_url = addresses.database_url.expect("PostgreSQL's address");
    // The scripts fail where a row is missing: each measurement counts them.
    let baseline = Baseline::create(&database_url, &home).await.expect("tables");
    let holds = baseline.holds_per_second(320).await;
    let orders = baseline.orders_per_second(320).await;
    let commits = baseline.commits_per_second(1).await;
    let rows = baseline.batched_rows_per_second(Duration::from_millis(500)).await;
    let locks = redis::locks_per_second(&addresses.redis_urls[0], 5000).await;
    engines.stop().await;
    std::fs::remove_dir_all(&home).expect("removed");
    assert!(holds.expect("holds were measured") > 10.0);
    assert!(orders.expect("orders were measured") > 10.0);
    let (commits, rows) = (commits.expect("commits were measured"), rows.expect("batches were measured"));
    assert!(commits > 10.0 && rows > commits, "{commits} commits of one row, {rows} rows in batches");
    assert!(locks.expect("locks were measured") > 100.0);
}

#[tokio::test]
async fn kafka_tells_its_own_rate() {
    let Some(servers) = cluster::kafka().await else { return };
    // It fails where an event was not acknowledged.
    let events = kafka::events_per_second(&servers, Duration::from_millis(500)).await;
    assert!(events.expect("events were measured") > 10.0);
}
