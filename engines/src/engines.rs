//! All servers that belong to a folder, started, watched and stopped together.

use crate::ports::Ports;
use crate::{
    BROKERS, Backups, Elasticsearch, ElasticsearchConfig, EngineError, Jars, Kafka, KafkaConfig, Listen, Postgres,
    PostgresConfig, REDIS_MASTERS, Redis, RedisConfig, backup, elasticsearch, folder, is_running, kafka, postgres,
    process, redis,
};
use std::path::Path;
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

/// How long after its end a server of a cluster is started again.
const MEND_AFTER: Duration = Duration::from_secs(2);

/// Which engines to start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted {
    /// PostgreSQL.
    pub postgres: bool,
    /// The Redis servers.
    pub redis: bool,
    /// The Kafka brokers.
    pub kafka: bool,
    /// Elasticsearch.
    pub elasticsearch: bool,
    /// PostgreSQL and Redis on ports that they keep, for all programs of the machine, instead of on sockets.
    pub on_ports: bool,
}

impl Wanted {
    /// What Onsale itself needs: PostgreSQL and Redis, on sockets.
    pub const HOUSE: Self = Self { postgres: true, redis: true, kafka: false, elasticsearch: false, on_ports: false };
    /// All there are, on ports.
    pub const CLUSTER: Self = Self { postgres: true, redis: true, kafka: true, elasticsearch: true, on_ports: true };

    fn jars(self) -> bool {
        self.kafka || self.elasticsearch
    }
}

/// One PostgreSQL, three Redis servers, three Kafka brokers and one Elasticsearch that belong to a folder, or some
/// of them.
pub struct Engines {
    postgres: Option<Postgres>,
    redis: Vec<Redis>,
    kafka: Vec<Kafka>,
    elasticsearch: Option<Elasticsearch>,
    _lock: folder::Lock,
}

/// Where the engines of a folder are reached.
#[derive(Debug, Clone, Default)]
pub struct Addresses {
    /// The superuser's address of the database `onsale`, where PostgreSQL runs.
    pub database_url: Option<String>,
    /// The Redis masters that run, in their fixed order.
    pub redis_urls: Vec<String>,
    /// The Kafka brokers that run, `127.0.0.1:port`.
    pub kafka: Vec<String>,
    /// Elasticsearch's address, where it runs.
    pub elasticsearch_url: Option<String>,
}

impl Addresses {
    /// Whether all of a cluster runs.
    #[must_use]
    pub fn are_all(&self) -> bool {
        self.database_url.is_some()
            && self.redis_urls.len() == REDIS_MASTERS
            && self.kafka.len() == BROKERS
            && self.elasticsearch_url.is_some()
    }

    /// As settings, for what runs.
    #[must_use]
    pub fn settings(&self) -> Vec<(String, String)> {
        let some = |text: String| Some(text).filter(|text| !text.is_empty());
        let settings = [
            ("KAFKA_BOOTSTRAP_SERVERS", some(self.kafka.join(","))),
            ("ELASTICSEARCH_URL", self.elasticsearch_url.clone()),
            ("REDIS_URLS", some(self.redis_urls.join(","))),
            ("DATABASE_URL", self.database_url.clone()),
        ];
        settings.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
    }

    /// The address of the database for a database role.
    #[must_use]
    pub fn database_url_of(&self, user: &str) -> Option<String> {
        let url = self.database_url.as_ref()?;
        Some(url.replacen(&format!("//{}@", postgres::SUPERUSER), &format!("//{user}@"), 1))
    }
}

impl Engines {
    /// Starts them, with their data under `home`. What an earlier process left running is replaced. The jars of
    /// Kafka and Elasticsearch are fetched when they are not there.
    pub async fn start(home: &Path, wanted: Wanted) -> Result<Self, EngineError> {
        let lock = folder::Lock::take(home)?;
        let (postgres_config, redis_configs) = (postgres_config(home, wanted)?, redis_configs(home, wanted)?);
        let (mut kafka_configs, mut elasticsearch_config) = (Vec::new(), None);
        if wanted.jars() {
            let jars = Jars::fetch(home).await?;
            if wanted.kafka {
                kafka_configs.extend(KafkaConfig::cluster(home, &jars)?);
            }
            if wanted.elasticsearch {
                elasticsearch_config = Some(ElasticsearchConfig::new(home, &jars)?);
            }
        }
        let postgres = started(postgres_config, Postgres::start);
        let redis = all_started(redis_configs, Redis::start);
        let kafka = all_started(kafka_configs, Kafka::start);
        let elasticsearch = started(elasticsearch_config, Elasticsearch::start);
        let (postgres, redis, kafka, elasticsearch) = tokio::try_join!(postgres, redis, kafka, elasticsearch)?;
        Ok(Self { postgres, redis, kafka, elasticsearch, _lock: lock })
    }

    /// Where the engines are that another process has running in `home` now.
    pub fn of_running(home: &Path) -> Result<Addresses, EngineError> {
        if !is_running(home) {
            return Ok(Addresses::default());
        }
        let ports = Ports::of(home);
        let listen = |name: &str| ports.get(name).map_or(Listen::Socket, Listen::Port);
        let mut redis_urls = Vec::new();
        for number in 1..=REDIS_MASTERS {
            redis_urls.extend(redis::running(&redis_config(home, number, listen(&redis_name(number))))?);
        }
        Ok(Addresses {
            database_url: postgres::running(&postgres_config_on(home, listen(POSTGRES)))?,
            redis_urls,
            kafka: kafka::running(home).into_iter().flatten().collect(),
            elasticsearch_url: elasticsearch::running(home),
        })
    }

    /// Where these engines are.
    #[must_use]
    pub fn addresses(&self) -> Addresses {
        Addresses {
            database_url: self.postgres.as_ref().map(Postgres::superuser_url),
            redis_urls: self.redis.iter().map(Redis::url).collect(),
            kafka: self.kafka.iter().map(Kafka::address).collect(),
            elasticsearch_url: self.elasticsearch.as_ref().map(Elasticsearch::url),
        }
    }

    /// The address of the database for a database role.
    #[must_use]
    pub fn database_url(&self, user: &str) -> Option<String> {
        self.postgres.as_ref().map(|postgres| postgres.url(user, postgres::DATABASE))
    }

    /// Kills PostgreSQL without a warning, as a crash would, and starts it again; nothing happens where none runs.
    pub async fn crash_postgres(&mut self) -> Result<(), EngineError> {
        if let Some(postgres) = self.postgres.take() {
            let mut config = postgres.config().clone();
            postgres.kill().await;
            // Recovery else syncs thousands of files one by one, half a minute on a busy disk, before it begins.
            if cfg!(target_os = "linux") {
                let whole = ("recovery_init_sync_method".to_owned(), "syncfs".to_owned());
                config.settings.retain(|setting| *setting != whole);
                config.settings.push(whole);
            }
            self.postgres = Some(Postgres::start(config).await?);
        }
        Ok(())
    }

    /// Resolves when one of them ends by itself, with its name and the last lines of its log.
    pub async fn failed(&self) -> EngineError {
        let mut endings: Vec<Pin<Box<dyn Future<Output = EngineError> + Send + '_>>> = Vec::new();
        if let Some(postgres) = &self.postgres {
            endings.push(Box::pin(postgres.failed()));
        }
        for server in &self.redis {
            endings.push(Box::pin(server.failed()));
        }
        for broker in &self.kafka {
            endings.push(Box::pin(broker.failed()));
        }
        if let Some(node) = &self.elasticsearch {
            endings.push(Box::pin(node.failed()));
        }
        std::future::poll_fn(|context| {
            let ended = endings.iter_mut().map(|ending| ending.as_mut().poll(context)).find(Poll::is_ready);
            ended.unwrap_or(Poll::Pending)
        })
        .await
    }

    /// Starts again, on its data, whatever ends by itself, for as long as this is polled.
    pub async fn keep_up(&mut self) -> ! {
        loop {
            let ended = self.failed().await;
            tracing::warn!(error = %ended, "a server has ended and is started again");
            tokio::time::sleep(MEND_AFTER).await;
            if let Err(error) = self.mend().await {
                tracing::error!(%error, "a server cannot be started; it is tried again");
            }
        }
    }

    /// Each server leaves its place only for its successor, so that none is forgotten when a start fails.
    async fn mend(&mut self) -> Result<(), EngineError> {
        if let Some(postgres) = self.postgres.as_mut().filter(|server| server.has_ended()) {
            *postgres = Postgres::start(postgres.config().clone()).await?;
        }
        for server in self.redis.iter_mut().filter(|server| server.has_ended()) {
            *server = Redis::start(server.config().clone()).await?;
        }
        // At once: alone none has a majority.
        let brokers = self.kafka.iter_mut().filter(|broker| broker.has_ended()).map(|broker| async {
            *broker = Kafka::start(broker.config().clone()).await?;
            Ok(())
        });
        futures::future::try_join_all(brokers).await?;
        if let Some(node) = self.elasticsearch.as_mut().filter(|node| node.has_ended()) {
            *node = Elasticsearch::start(node.config().clone()).await?;
        }
        Ok(())
    }

    /// Stops them softly, then hard.
    pub async fn stop(self) {
        let Self { postgres, redis, kafka, elasticsearch, _lock } = self;
        let redis = futures::future::join_all(redis.into_iter().map(Redis::stop));
        let kafka = futures::future::join_all(kafka.into_iter().map(Kafka::stop));
        let elasticsearch = futures::future::join_all(elasticsearch.into_iter().map(Elasticsearch::stop));
        let postgres = futures::future::join_all(postgres.into_iter().map(Postgres::stop));
        tokio::join!(postgres, redis, kafka, elasticsearch);
    }
}

async fn started<C, S, F>(config: Option<C>, start: impl Fn(C) -> F) -> Result<Option<S>, EngineError>
where
    F: Future<Output = Result<S, EngineError>>,
{
    match config {
        Some(config) => start(config).await.map(Some),
        None => Ok(None),
    }
}

async fn all_started<C, S, F>(configs: Vec<C>, start: impl Fn(C) -> F) -> Result<Vec<S>, EngineError>
where
    F: Future<Output = Result<S, EngineError>>,
{
    futures::future::try_join_all(configs.into_iter().map(start)).await
}

const POSTGRES: &str = postgres::FOLDER;

fn redis_name(number: usize) -> String {
    format!("redis-{number}")
}

fn postgres_config(home: &Path, wanted: Wanted) -> Result<Option<PostgresConfig>, EngineError> {
    if !wanted.postgres {
        return Ok(None);
    }
    let listen = listen(home, POSTGRES, &home.join(POSTGRES).join("postmaster.pid"), wanted)?;
    let mut config = postgres_config_on(home, listen);
    config.settings.extend(backup::archiving(Backups::of(home)?.folder()));
    Ok(Some(config))
}

fn postgres_config_on(home: &Path, listen: Listen) -> PostgresConfig {
    PostgresConfig { listen, ..PostgresConfig::new(home.join(POSTGRES)) }
}

fn redis_configs(home: &Path, wanted: Wanted) -> Result<Vec<RedisConfig>, EngineError> {
    if !wanted.redis {
        return Ok(Vec::new());
    }
    let config = |number| {
        let name = redis_name(number);
        let listen = listen(home, &name, &home.join(&name).join("redis.pid"), wanted)?;
        Ok(redis_config(home, number, listen))
    };
    (1..=REDIS_MASTERS).map(config).collect()
}

fn redis_config(home: &Path, number: usize, listen: Listen) -> RedisConfig {
    RedisConfig { listen, ..RedisConfig::new(home.join(redis_name(number))) }
}

fn listen(home: &Path, name: &str, pid: &Path, wanted: Wanted) -> Result<Listen, EngineError> {
    if !wanted.on_ports {
        return Ok(Listen::Socket);
    }
    Ports::of(home).take(name, process::recorded(pid).is_some()).map(Listen::Port)
}
