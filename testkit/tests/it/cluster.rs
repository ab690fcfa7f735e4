//! The shared Kafka and Elasticsearch are started once, and found by all who ask.

use onsale_testkit::cluster;
use std::net::TcpStream;
use std::time::{Duration, Instant};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_who_ask_get_the_same_running_ones() {
    let (kafka, elasticsearch) = tokio::join!(cluster::kafka(), cluster::elasticsearch());
    let (Some(kafka), Some(elasticsearch)) = (kafka, elasticsearch) else { return };
    let begin = Instant::now();
    assert_eq!(cluster::kafka().await.as_deref(), Some(kafka.as_str()));
    assert_eq!(cluster::elasticsearch().await.as_deref(), Some(elasticsearch.as_str()));
    assert!(begin.elapsed() < Duration::from_secs(1));
    assert_eq!(kafka.split(',').count(), 3, "{kafka}");
    for address in kafka.split(',').chain([elasticsearch.trim_start_matches("http://")]) {
        TcpStream::connect(address).unwrap_or_else(|error| panic!("{address}: {error}"));
    }
}
