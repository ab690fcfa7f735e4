//! Kafka and Elasticsearch for tests: `TEST_KAFKA_BOOTSTRAP_SERVERS` and `TEST_ELASTICSEARCH_URL`, else private
//! ones below the target folder, which all test binaries share.
//!
//! They need a JRE. Where there is none a test says loudly that it was skipped; under `CI` it fails.

use crate::servers::{setting, target};
use onsale_engines::{BROKERS, EngineError, Jars, Kafka, KafkaConfig, shared};
use std::io::Write;
use std::path::PathBuf;
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

fn found<T>(engine: &str, outcome: Result<T, EngineError>) -> Option<T> {
    match outcome {
        Ok(found) => Some(found),
        Err(error @ EngineError::Missing { .. }) if setting("CI").is_none() => {
            // Written past the test harness, which would swallow it.
            let text = format!("\nSKIPPED: nothing was tested against {engine}: {error}\n");
            std::io::stderr().write_all(text.as_bytes()).expect("standard error is open");
            None
        }
        Err(error) => panic!("the tests' {engine} cannot be had: {error}"),
    }
}

/// A Kafka cluster of a test's own, to be broken; it ends with the test.
pub struct OwnKafka {
    home: PathBuf,
    configs: [KafkaConfig; BROKERS],
    brokers: [Option<Kafka>; BROKERS],
}

impl OwnKafka {
    /// Three running brokers; nothing where there is no JRE.
    ///
    /// # Panics
    /// When they cannot be started; without a JRE only under `CI`.
    pub async fn start() -> Option<Self> {
        let home = target().join(format!("tmp/kafka-{:016x}", rand::random::<u64>()));
        let jars = found("Kafka", Jars::fetch(&target().join("engines")).await)?;
        let configs = KafkaConfig::cluster(&home, &jars).expect("they get ports");
        let configs = configs.map(|config| KafkaConfig { heap_max_mib: 256, ..config });
        let mut cluster = Self { home, configs, brokers: [const { None }; BROKERS] };
        cluster.start_all().await;
        Some(cluster)
    }

    /// Where clients find it, whoever runs.
    #[must_use]
    pub fn bootstrap_servers(&self) -> String {
        self.configs.each_ref().map(|config| format!("127.0.0.1:{}", config.advertised_port)).join(",")
    }

    /// Kills one without a warning.
    ///
    /// # Panics
    /// When it does not run.
    pub async fn kill(&mut self, index: usize) {
        self.brokers[index].take().expect("it runs").kill().await;
    }

    /// Kills all that run.
    pub async fn kill_all(&mut self) {
        for broker in &mut self.brokers {
            if let Some(broker) = broker.take() {
                broker.kill().await;
            }
        }
    }

    /// Starts, on their data, those that do not run.
    ///
    /// # Panics
    /// When one does not start.
    pub async fn start_all(&mut self) {
        let away = self.brokers.iter_mut().zip(&self.configs).filter(|(broker, _)| broker.is_none());
        let starting = away.map(|(broker, config)| async {
            *broker = Some(Kafka::start(config.clone()).await.expect("a broker starts on its data"));
        });
        futures::future::join_all(starting).await;
    }
}

impl Drop for OwnKafka {
    fn drop(&mut self) {
        self.brokers = [const { None }; BROKERS];
        // What stays behind is in the target folder.
        let _left = std::fs::remove_dir_all(&self.home);
    }
}
