//! The service's settings.

use onsale_platform::ServiceRole;
use onsale_platform::env::{Env, EnvError};
use onsale_platform::pg::PgConfig;

/// What admin needs to run.
#[derive(Debug, Clone)]
pub struct Config {
    /// `DATABASE_URL_ADMIN`, else `DATABASE_URL`; `DATABASE_POOL_ADMIN`.
    pub database: PgConfig,
}

impl Config {
    /// Reads the settings.
    pub fn of(env: &Env) -> Result<Self, EnvError> {
        // A plan of 60,000 seats is read and written between the statements of one transaction.
        let transaction_idle_max = std::time::Duration::from_secs(15);
        Ok(Self { database: PgConfig { transaction_idle_max, ..PgConfig::of(env, ServiceRole::Admin)? } })
    }
}
