//! PostgreSQL: a pool a service, bounded sessions, and what its errors mean.

use crate::ServiceRole;
use crate::env::{Env, EnvError};
use sqlx::PgPool;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use std::str::FromStr;
use std::time::Duration;

/// How often the metrics learn how full a pool is.
const REPORTED_EVERY: Duration = Duration::from_secs(5);
/// How long a request waits for a connection: whoever has to be refused is refused in less than a second.
const ACQUIRE_MAX: Duration = Duration::from_millis(750);

/// Where a service's data is and how many connections it may open.
#[derive(Debug, Clone)]
pub struct PgConfig {
    /// `DATABASE_URL_<ROLE>`, else `DATABASE_URL`.
    pub url: String,
    /// `DATABASE_POOL_<ROLE>`: the most connections of this process's pool.
    pub connections_max: u32,
    /// How long a session may rest inside a transaction: 2 s, because others wait for its locks.
    pub transaction_idle_max: Duration,
}

impl PgConfig {
    /// The settings of one service.
    pub fn of(env: &Env, role: ServiceRole) -> Result<Self, EnvError> {
        let suffix = role.as_str().to_ascii_uppercase();
        let url = match env.text(&format!("DATABASE_URL_{suffix}"))? {
            Some(url) => url,
            None => {
                env.require("DATABASE_URL", "give PostgreSQL's address, e.g. postgres://onsale@localhost/onsale")?
            }
        };
        let connections_max = env.get_or(&format!("DATABASE_POOL_{suffix}"), 8)?;
        Ok(Self { url, connections_max, transaction_idle_max: Duration::from_secs(2) })
    }
}

/// Opens a pool whose sessions are bounded: a lock is waited for 1 s, a transaction may idle 2 s,
/// a statement may take 5 s (DESIGN.md, "Holding a seat").
pub async fn connect(config: &PgConfig, role: ServiceRole) -> Result<PgPool, sqlx::Error> {
    let pool = options(config).connect_with(session(config, role)?).await?;
    tokio::spawn(report(pool.clone(), role, config.connections_max));
    Ok(pool)
}

/// As [`connect`], without a connection before one is wanted: for what can do without its database for a while.
pub fn connect_lazily(config: &PgConfig, role: ServiceRole) -> Result<PgPool, sqlx::Error> {
    let pool = options(config).connect_lazy_with(session(config, role)?);
    tokio::spawn(report(pool.clone(), role, config.connections_max));
    Ok(pool)
}

fn session(config: &PgConfig, role: ServiceRole) -> Result<PgConnectOptions, sqlx::Error> {
    let options = PgConnectOptions::from_str(&config.url)?
        .application_name(&format!("onsale-{role}"))
        .statement_cache_capacity(256)
        .options([("lock_timeout", "1s"), ("statement_timeout", "5s"), ("jit", "off")])
        .options([("idle_in_transaction_session_timeout", config.transaction_idle_max.as_millis().to_string())]);
    Ok(options)
}

fn options(config: &PgConfig) -> PgPoolOptions {
    PgPoolOptions::new().max_connections(config.connections_max).acquire_timeout(ACQUIRE_MAX).test_before_acquire(false)
}

/// Tells the metrics how full a pool is, until it is closed.
async fn report(pool: PgPool, role: ServiceRole, connections_max: u32) {
    let role = role.as_str();
    metrics::gauge!("onsale_pool_connections_max", "role" => role).set(connections_max);
    while !pool.is_closed() {
        let idle = u32::try_from(pool.num_idle()).unwrap_or(u32::MAX);
        metrics::gauge!("onsale_pool_connections", "role" => role, "state" => "idle").set(idle);
        metrics::gauge!("onsale_pool_connections", "role" => role, "state" => "in_use")
            .set(pool.size().saturating_sub(idle));
        tokio::time::sleep(REPORTED_EVERY).await;
    }
}

/// Whether the database is away or full, rather than the statement wrong.
#[must_use]
pub fn is_unavailable(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::Protocol(_)
        | sqlx::Error::WorkerCrashed => true,
        // Class 08 connection, 53 resources, 57P0x shutting down or starting up, 25006 read-only
        // (PostgreSQL, Appendix A).
        sqlx::Error::Database(error) => error.code().is_some_and(|code| {
            code.starts_with("08") || code.starts_with("53") || code.starts_with("57P") || code == "25006"
        }),
        _ => false,
    }
}

/// Whether the same transaction may pass when it is tried again: a deadlock, a serialisation
/// failure, or a lock that was not had in time.
#[must_use]
pub fn is_retryable(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Database(error) => {
            error.code().is_some_and(|code| matches!(code.as_ref(), "40P01" | "40001" | "55P03" | "57014"))
        }
        _ => false,
    }
}

/// The name of the constraint that a statement violated.
#[must_use]
pub fn violated_constraint(error: &sqlx::Error) -> Option<&str> {
    match error {
        sqlx::Error::Database(error) => error.constraint(),
        _ => None,
    }
}
