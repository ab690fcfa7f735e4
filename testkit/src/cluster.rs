//! Kafka and Elasticsearch for tests: `TEST_KAFKA_BOOTSTRAP_SERVERS` and `TEST_ELASTICSEARCH_URL`, else private
//! ones below the target folder, which all test binaries share.
//!
//! They need a JRE. Where there is none a test says loudly that it was skipped; under `CI` it fails.

use crate::servers::{setting, target};
use onsale_engines::{EngineError, shared};
use std::io::Write;
use tokio::sync::OnceCell;

static KAFKA: OnceCell<Option<String>> = OnceCell::const_new();
static ELASTICSEARCH: OnceCell<Option<String>> = OnceCell::const_new();

/// The addresses of a Kafka cluster of three brokers, `host:port,…`. Let each test have topics of its own: a prefix.
///
/// # Panics
/// When the cluster cannot be started; without a JRE only under `CI`.
pub async fn kafka() -> Option<String> {
    if let Some(servers) = setting("TEST_KAFKA_BOOTSTRAP_SERVERS") {
        return Some(servers);
    }
    let start = || async { found("Kafka", shared::kafka(&target().join("engines")).await) };
    KAFKA.get_or_init(start).await.clone()
}

/// The address of an Elasticsearch, `http://host:port`. Let each test have indices of its own: a prefix.
///
/// # Panics
/// When it cannot be started; without a JRE only under `CI`.
pub async fn elasticsearch() -> Option<String> {
    if let Some(url) = setting("TEST_ELASTICSEARCH_URL") {
        return Some(url);
    }
    let start = || async { found("Elasticsearch", shared::elasticsearch(&target().join("engines")).await) };
    ELASTICSEARCH.get_or_init(start).await.clone()
}

fn found(engine: &str, outcome: Result<String, EngineError>) -> Option<String> {
    match outcome {
        Ok(address) => Some(address),
        Err(error @ EngineError::Missing { .. }) if setting("CI").is_none() => {
            // Written past the test harness, which would swallow it.
            let text = format!("\nSKIPPED: nothing was tested against {engine}: {error}\n");
            std::io::stderr().write_all(text.as_bytes()).expect("standard error is open");
            None
        }
        Err(error) => panic!("the tests' {engine} cannot be had: {error}"),
    }
}
