//! The private PostgreSQL, Redis, Kafka and Elasticsearch servers of one machine: found, started, watched
//! and stopped.
//!
//! [`Engines`] is what `onsale up` runs on: one PostgreSQL and three Redis servers with their data in
//! one folder, on sockets, so that nothing clashes with what the machine runs already; or, as
//! `onsale cluster` wants it, on ports, with three Kafka brokers and Elasticsearch beside them. They end with
//! the process that started them, however it ends. [`shared`] gives tests engines that outlive a test
//! binary. [`Postgres`], [`Redis`], [`Kafka`] and [`Elasticsearch`] alone are for benchmarks and for tests that
//! kill them.

mod account;
mod backup;
mod elasticsearch;
mod engines;
mod error;
mod folder;
mod jars;
mod kafka;
mod locate;
mod ports;
mod postgres;
mod process;
mod redis;
pub mod shared;

pub use backup::{Backups, remove_data};
pub use elasticsearch::{Elasticsearch, ElasticsearchConfig};
pub use engines::{Addresses, Engines, Wanted};
pub use error::EngineError;
pub use folder::{is_running, stop_running};
pub use jars::Jars;
pub use kafka::{BROKERS, Kafka, KafkaConfig, KafkaPorts};
pub use locate::{java, postgres_programs, redis_server};
pub use postgres::{Durability, Postgres, PostgresConfig};
pub use process::Lifetime;
pub use redis::{Redis, RedisConfig};

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
