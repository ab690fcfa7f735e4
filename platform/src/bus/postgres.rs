//! Schema `bus`: Kafka's semantics on PostgreSQL.
//!
//! A publisher raises `bus.partitions.next_offset` and so holds that row's lock until it commits:
//! offsets become visible in their order and without holes. One process reads for a group at a
//! time, by a session's advisory lock; the same session reads and commits, so that whoever loses the
//! lock cannot commit either.

mod housekeeping;
mod letters;
mod publish;
mod read;
mod state;
mod wake;

pub use read::PgSubscription;

use super::{BusError, Message};
use crate::env::{Env, EnvError};
use crate::shutdown::Shutdown;
use onsale_core::events::Topic;
use sqlx::PgPool;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use std::str::FromStr;
use std::time::Duration;

/// Where schema `bus` is and how long it keeps messages.
#[derive(Debug, Clone)]
pub struct PgBusConfig {
    /// `BUS_DATABASE_URL`, else `DATABASE_URL`.
    pub url: String,
    /// `DATABASE_POOL_BUS`: the most connections for publishing.
    pub connections_max: u32,
    /// `BUS_RETENTION_DAYS`: how long messages are kept, whether read or not.
    pub retention_days: u16,
}

impl PgBusConfig {
    /// From the settings.
    pub fn of(env: &Env) -> Result<Self, EnvError> {
        let url = match env.text("BUS_DATABASE_URL")? {
            Some(url) => url,
            None => {
                env.require("DATABASE_URL", "give PostgreSQL's address, e.g. postgres://onsale@localhost/onsale")?
            }
        };
        Ok(Self {
            url,
            connections_max: env.get_or("DATABASE_POOL_BUS", 4)?,
            retention_days: env.get_or("BUS_RETENTION_DAYS", 7)?,
        })
    }
}

/// Schema `bus`. Cheap to clone.
#[derive(Clone)]
pub struct PgBus {
    pool: PgPool,
    options: PgConnectOptions,
    wake: wake::Wake,
}

impl PgBus {
    /// Opens the schema, and until shutdown listens for new messages and forgets old ones.
    pub async fn connect(config: &PgBusConfig, shutdown: &Shutdown) -> Result<Self, BusError> {
        let options = PgConnectOptions::from_str(&config.url)?.application_name("onsale-bus").options([
            ("lock_timeout", "2s"),
            ("idle_in_transaction_session_timeout", "2s"),
            ("statement_timeout", "5s"),
            ("jit", "off"),
        ]);
        // One more than for publishing: one listens.
        let pool = PgPoolOptions::new()
            .max_connections(config.connections_max.max(1) + 1)
            .acquire_timeout(Duration::from_secs(2))
            .connect_with(options.clone())
            .await?;
        let wake = wake::Wake::default();
        shutdown.spawn("bus.listen", wake::listen(pool.clone(), wake.clone(), shutdown.clone()));
        let keep = Duration::from_secs(u64::from(config.retention_days) * 86_400);
        shutdown.spawn("bus.forget", housekeeping::forget_old(pool.clone(), keep, shutdown.clone()));
        Ok(Self { pool, options, wake })
    }

    /// Where statements on the schema are run.
    pub(super) fn pool(&self) -> &PgPool {
        &self.pool
    }

    pub(super) async fn send(&self, messages: Vec<Message>) -> Result<(), BusError> {
        publish::publish(&self.pool, messages).await.map_err(BusError::from)
    }

    pub(super) fn subscribe(&self, group: &'static str, topics: &[Topic]) -> PgSubscription {
        PgSubscription::new(self.options.clone(), self.wake.subscribe(), group, topics)
    }
}
