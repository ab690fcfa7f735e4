//! All engines of a folder: one user at a time, and a fast second start.

use crate::{folder, remove};
use onsale_engines::{EngineError, Engines, Wanted, is_running};
use std::time::{Duration, Instant};

#[tokio::test]
async fn the_second_start_takes_under_three_seconds() {
    let home = folder();
    let first = Engines::start(&home, Wanted::HOUSE).await.expect("they start");
    assert_eq!(first.addresses().redis_urls.len(), 3);
    assert!(is_running(&home));
    let seen = Engines::of_running(&home).expect("they are found");
    assert_eq!(seen.database_url, first.addresses().database_url);
    assert_eq!(seen.redis_urls, first.addresses().redis_urls);
    let Err(error) = Engines::start(&home, Wanted::HOUSE).await else { panic!("two started in one folder") };
    assert!(matches!(error, EngineError::InUse { .. }), "{error}");
    assert!(error.to_string().contains(&std::process::id().to_string()), "{error}");
    first.stop().await;
    assert!(!is_running(&home));

    let started = Instant::now();
    let second = Engines::start(&home, Wanted::HOUSE).await.expect("they start again");
    assert!(started.elapsed() < Duration::from_secs(3), "took {:?}", started.elapsed());
    second.stop().await;
    remove(&home);
}
