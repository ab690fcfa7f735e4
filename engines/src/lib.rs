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

/// One PostgreSQL and three Redis servers that belong to a folder.
pub struct Engines {
    postgres: Postgres,
    redis: Vec<Redis>,
    _lock: folder::Lock,
}

impl Engines {
    /// Starts them, with their data under `home`. What an earlier process left running is replaced.
    pub async fn start(home: &Path) -> Result<Self, EngineError> {
        let lock = folder::Lock::take(home)?;
        let postgres_config = PostgresConfig::new(home.join("postgres"));
        let redis_configs: Vec<_> =
            (1..=REDIS_MASTERS).map(|number| RedisConfig::new(home.join(format!("redis-{number}")))).collect();
        let (postgres, first, second, third) = tokio::try_join!(
            Postgres::start(postgres_config),
            Redis::start(redis_configs[0].clone()),
            Redis::start(redis_configs[1].clone()),
            Redis::start(redis_configs[2].clone()),
        )?;
        Ok(Self { postgres, redis: vec![first, second, third], _lock: lock })
    }

    /// The address of a database, for a database role.
    #[must_use]
    pub fn database_url(&self, user: &str) -> String {
        self.postgres.url(user, postgres::DATABASE)
    }

    /// The Redis masters' addresses, in their fixed order.
    #[must_use]
    pub fn redis_urls(&self) -> Vec<String> {
        self.redis.iter().map(Redis::url).collect()
    }

    /// Resolves when one of them ends by itself, with its name and the last lines of its log.
    pub async fn failed(&self) -> EngineError {
        tokio::select! {
            error = self.postgres.failed() => error,
            error = self.redis[0].failed() => error,
            error = self.redis[1].failed() => error,
            error = self.redis[2].failed() => error,
        }
    }

    /// Stops them softly, then hard.
    pub async fn stop(self) {
        let Self { postgres, redis, _lock } = self;
        tokio::join!(postgres.stop(), async {
            for server in redis {
                server.stop().await;
            }
        });
    }
}
