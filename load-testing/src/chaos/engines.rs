//! The engines below the house, each alone, on ports: PostgreSQL, three Redis masters, and, where a JRE and the jars are to
//! be had, three Kafka brokers and Elasticsearch.

use super::squeeze::Disk;
use crate::server::free_address;
use anyhow::Context;
use futures::future::try_join_all;
use onsale_engines::{
    Elasticsearch, ElasticsearchConfig, Jars, Kafka, KafkaConfig, Listen, Postgres, PostgresConfig, Redis, RedisConfig,
};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;

/// How many Redis masters there are.
pub const REDIS_MASTERS: usize = 3;

/// Where PostgreSQL's data are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// With everything else.
    Home,
    /// On a small disk of its own.
    SmallDisk,
}

/// Each engine with its settings to be started by, and running or not.
pub struct ChaosEngines {
    addresses: BTreeMap<String, SocketAddr>,
    postgres: (PostgresConfig, Option<Postgres>),
    redis: Vec<(RedisConfig, Option<Redis>)>,
    kafka: Vec<(KafkaConfig, Option<Kafka>)>,
    elasticsearch: Option<(ElasticsearchConfig, Option<Elasticsearch>)>,
    disk: Option<Disk>,
}

impl ChaosEngines {
    /// Starts them on fresh data below the folder; Kafka and Elasticsearch where the folder of their jars is named.
    ///
    /// # Errors
    /// When one does not start.
    pub async fn start(home: &Path, jars: Option<&Path>, on: Place) -> anyhow::Result<Self> {
        let port = free_address()?;
        let disk = if on == Place::SmallDisk { Some(Disk::mount(&home.join("disk"))?) } else { None };
        let mut postgres = PostgresConfig::new(disk.as_ref().map_or(home, Disk::folder).join("postgres"));
        if disk.is_some() {
            postgres.settings.push(("max_wal_size".to_owned(), "256MB".to_owned()));
        }
        postgres.listen = Listen::Port(port.port());
        // Recovery else syncs thousands of files one by one before it begins.
        if cfg!(target_os = "linux") {
            postgres.settings.push(("recovery_init_sync_method".to_owned(), "syncfs".to_owned()));
        }
        // Before those who wait give up by themselves (1 s).
        postgres.settings.push(("deadlock_timeout".to_owned(), "200ms".to_owned()));
        let addresses = BTreeMap::from([("postgres".to_owned(), port)]);
        let mut engines = Self {
            addresses,
            postgres: (postgres, None),
            redis: Vec::new(),
            kafka: Vec::new(),
            elasticsearch: None,
            disk,
        };
        engines.start_postgres().await?;
        for number in 1..=REDIS_MASTERS {
            let address = free_address()?;
            let mut config = RedisConfig::new(home.join(format!("redis-{number}")));
            config.listen = Listen::Port(address.port());
            engines.redis.push((config, None));
            engines.addresses.insert(format!("redis-{number}"), address);
            engines.start_redis(number - 1).await?;
        }
        if let Some(jars) = jars {
            let jars = Jars::fetch(jars).await.context("Kafka runs on a JRE, and its jars come by Maven")?;
            engines.kafka = KafkaConfig::cluster(home, &jars)?.into_iter().map(|config| (config, None)).collect();
            engines.start_kafka(&[0, 1, 2]).await?;
            let config = ElasticsearchConfig::new(home, &jars)?;
            let address = SocketAddr::from(([127, 0, 0, 1], config.http_port));
            engines.addresses.insert("elasticsearch".to_owned(), address);
            engines.elasticsearch = Some((config, None));
            engines.start_elasticsearch().await?;
        }
        Ok(engines)
    }

    /// Where each listens, by its name.
    #[must_use]
    pub fn addresses(&self) -> &BTreeMap<String, SocketAddr> {
        &self.addresses
    }

    /// Where the brokers are reached, `host:port,…`, where there are some.
    #[must_use]
    pub fn kafka_servers(&self) -> Option<String> {
        let servers: Vec<_> =
            self.kafka.iter().map(|(config, _)| format!("127.0.0.1:{}", config.advertised_port)).collect();
        (!servers.is_empty()).then(|| servers.join(","))
    }

    /// Kills a Redis master, from 0.
    pub async fn kill_redis(&mut self, number: usize) {
        if let Some(server) = self.redis[number].1.take() {
            server.kill().await;
        }
    }

    /// Starts a Redis master again, empty.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn start_redis(&mut self, number: usize) -> anyhow::Result<()> {
        let master = &mut self.redis[number];
        master.1 = Some(Redis::start(master.0.clone()).await?);
        Ok(())
    }

    /// Kills PostgreSQL.
    pub async fn kill_postgres(&mut self) {
        if let Some(server) = self.postgres.1.take() {
            server.kill().await;
        }
    }

    /// Starts PostgreSQL on its data.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn start_postgres(&mut self) -> anyhow::Result<()> {
        self.postgres.1 = Some(Postgres::start(self.postgres.0.clone()).await?);
        Ok(())
    }

    /// Starts PostgreSQL again where it has ended by itself, as whoever looks after it would.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn restart_postgres_if_ended(&mut self) -> anyhow::Result<()> {
        if self.postgres.1.as_ref().is_none_or(Postgres::has_ended) {
            self.kill_postgres().await;
            self.start_postgres().await?;
        }
        Ok(())
    }

    /// The small disk.
    ///
    /// # Errors
    /// When the data are not on one.
    pub fn disk(&self) -> anyhow::Result<&Disk> {
        self.disk.as_ref().context("PostgreSQL's data are not on a small disk")
    }

    /// Kills Elasticsearch.
    pub async fn kill_elasticsearch(&mut self) {
        if let Some(node) = self.elasticsearch.as_mut().and_then(|(_, node)| node.take()) {
            node.kill().await;
        }
    }

    /// Starts Elasticsearch on its data.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn start_elasticsearch(&mut self) -> anyhow::Result<()> {
        if let Some((config, node)) = &mut self.elasticsearch {
            *node = Some(Elasticsearch::start(config.clone()).await?);
        }
        Ok(())
    }

    /// Kills a broker, from 0.
    pub async fn kill_kafka(&mut self, number: usize) {
        if let Some(broker) = self.kafka.get_mut(number).and_then(|broker| broker.1.take()) {
            broker.kill().await;
        }
    }

    /// Starts brokers on their data, all at once.
    ///
    /// # Errors
    /// When one does not start.
    pub async fn start_kafka(&mut self, numbers: &[usize]) -> anyhow::Result<()> {
        let configs = numbers.iter().filter_map(|number| Some(self.kafka.get(*number)?.0.clone()));
        let started = try_join_all(configs.map(Kafka::start)).await?;
        for (number, broker) in numbers.iter().zip(started) {
            self.kafka[*number].1 = Some(broker);
        }
        Ok(())
    }
}
