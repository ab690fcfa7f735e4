use crate::{folder, remove};
use onsale_engines::{EngineError, Engines, is_running};
use std::time::{Duration, Instant};

#[tokio::test]
async fn the_second_start_takes_under_three_seconds() {
    let home = folder();
    let first = Engines::start(&home).await.expect("they start");
    assert_eq!(first.redis_urls().len(), 3);
    assert!(is_running(&home));
    let Err(error) = Engines::start(&home).await else { panic!("two started in one folder") };
    assert!(matches!(error, EngineError::InUse { .. }), "{error}");
    assert!(error.to_string().contains(&std::process::id().to_string()), "{error}");
    first.stop().await;
    assert!(!is_running(&home));

    let started = Instant::now();
    let second = Engines::start(&home).await.expect("they start again");
    assert!(started.elapsed() < Duration::from_secs(3), "took {:?}", started.elapsed());
    second.stop().await;
    remove(&home);
}
