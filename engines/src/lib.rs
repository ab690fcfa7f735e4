//! The private PostgreSQL and Redis servers of one machine: found, started, watched and stopped.
//!
//! [`Engines`] is what `onsale up` runs on: one PostgreSQL and three Redis servers with their data in
//! one folder, on sockets, so that nothing clashes with what the machine runs already. They end with
//! the process that started them, however it ends. [`shared`] gives tests engines that outlive a test
//! binary. [`Postgres`] and [`Redis`] alone are for benchmarks and for tests that kill them.

mod account;
mod error;
mod folder;
mod locate;
mod postgres;
mod process;
mod redis;
pub mod shared;

pub use error::EngineError;
pub use folder::is_running;
pub use locate::{postgres_programs, redis_server};
pub use postgres::{Durability, Postgres, PostgresConfig};
pub use process::Lifetime;
pub use redis::{Redis, RedisConfig};

use std::path::Path;
use std::pin::Pin;
use std::task::Poll;

/// How many Redis masters there are: the least with which one may be lost.
const REDIS_MASTERS: usize = 3;

/// Where a server listens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listen {
    /// On a Unix socket that only its own user reaches.
    Socket,
    /// On this port of 127.0.0.1, for programs that know no sockets; anybody on the machine gets in.
    Port(u16),
}

/// Which engines to start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted {
    /// PostgreSQL.
    pub postgres: bool,
    /// The Redis servers.
    pub redis: bool,
}

impl Wanted {
    /// Both kinds.
    pub const ALL: Self = Self { postgres: true, redis: true };
}

/// One PostgreSQL and three Redis servers that belong to a folder.
pub struct Engines {
    postgres: Option<Postgres>,
    redis: Vec<Redis>,
    _lock: folder::Lock,
}

/// Where the engines of a folder are reached.
#[derive(Debug, Clone)]
pub struct Addresses {
    /// The superuser's address of the database `onsale`, where PostgreSQL runs.
    pub database_url: Option<String>,
    /// The Redis masters that run, in their fixed order.
    pub redis_urls: Vec<String>,
}

impl Engines {
    /// Starts them, with their data under `home`. What an earlier process left running is replaced.
    pub async fn start(home: &Path, wanted: Wanted) -> Result<Self, EngineError> {
        let lock = folder::Lock::take(home)?;
        let postgres = async {
            match wanted.postgres {
                true => Postgres::start(postgres_config(home)).await.map(Some),
                false => Ok(None),
            }
        };
        let redis = async {
            let mut servers = Vec::new();
            for config in redis_configs(home).filter(|_| wanted.redis) {
                servers.push(Redis::start(config).await?);
            }
            Ok(servers)
        };
        let (postgres, redis) = tokio::try_join!(postgres, redis)?;
        Ok(Self { postgres, redis, _lock: lock })
    }

    /// Where the engines are that another process has running in `home` now.
    pub fn of_running(home: &Path) -> Result<Addresses, EngineError> {
        let mut addresses = Addresses { database_url: None, redis_urls: Vec::new() };
        if is_running(home) {
            addresses.database_url = postgres::running(&postgres_config(home))?;
            for config in redis_configs(home) {
                addresses.redis_urls.extend(redis::running(&config)?);
            }
        }
        Ok(addresses)
    }

    /// Where these engines are.
    #[must_use]
    pub fn addresses(&self) -> Addresses {
        Addresses {
            database_url: self.postgres.as_ref().map(Postgres::superuser_url),
            redis_urls: self.redis.iter().map(Redis::url).collect(),
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
        std::future::poll_fn(|context| {
            let ended = endings.iter_mut().map(|ending| ending.as_mut().poll(context)).find(Poll::is_ready);
            ended.unwrap_or(Poll::Pending)
        })
        .await
    }

    /// Stops them softly, then hard.
    pub async fn stop(self) {
        let Self { postgres, redis, _lock } = self;
        let redis = async {
            for server in redis {
                server.stop().await;
            }
        };
        let postgres = async {
            if let Some(postgres) = postgres {
                postgres.stop().await;
            }
        };
        tokio::join!(postgres, redis);
    }
}

fn postgres_config(home: &Path) -> PostgresConfig {
    PostgresConfig::new(home.join("postgres"))
}

fn redis_configs(home: &Path) -> impl Iterator<Item = RedisConfig> {
    (1..=REDIS_MASTERS).map(move |number| RedisConfig::new(home.join(format!("redis-{number}"))))
}
