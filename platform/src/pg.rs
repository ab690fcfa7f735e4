//! PostgreSQL: a pool a service, bounded sessions, and what its errors mean.

use crate::ServiceRole;
use crate::env::{Env, EnvError};
use sqlx::PgPool;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use std::str::FromStr;
use std::time::Duration;

/// Where a service's data is and how many connections it may open.
#[derive(Debug, Clone)]
pub struct PgConfig {
    /// `DATABASE_URL_<ROLE>`, else `DATABASE_URL`.
    pub url: String,
    /// `DATABASE_POOL_<ROLE>`: the most connections of this process's pool.
    pub connections_max: u32,
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
        Ok(Self { url, connections_max })
    }
}

/// Opens a pool whose sessions are bounded: a lock is waited for 1 s, a transaction may idle 2 s,
/// a statement may take 5 s (DESIGN.md, "Holding a seat").
pub async fn connect(config: &PgConfig, role: ServiceRole) -> Result<PgPool, sqlx::Error> {
    let options = PgConnectOptions::from_str(&config.url)?
        .application_name(&format!("onsale-{role}"))
        .statement_cache_capacity(256)
        .options([
            ("lock_timeout", "1s"),
            ("idle_in_transaction_session_timeout", "2s"),
            ("statement_timeout", "5s"),
            ("jit", "off"),
        ]);
    PgPoolOptions::new()
        .max_connections(config.connections_max)
        .acquire_timeout(Duration::from_secs(1))
        .test_before_acquire(false)
        .connect_with(options)
        .await
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
