//! The service's settings.

use onsale_platform::ServiceRole;
use onsale_platform::env::{Env, EnvError};
use onsale_platform::pg::PgConfig;
use std::time::Duration;

/// What search needs to run.
#[derive(Debug, Clone)]
pub struct Config {
    /// `DATABASE_URL_SEARCH`, else `DATABASE_URL`; `DATABASE_POOL_SEARCH`.
    pub database: PgConfig,
    /// `SEARCH_AVAILABILITY_MS`: how often booking is asked how much is left; 1000 by default, 100 at least.
    pub availability_every: Duration,
}

impl Config {
    /// Reads the settings.
    pub fn of(env: &Env) -> Result<Self, EnvError> {
        let availability_ms = env.get_or("SEARCH_AVAILABILITY_MS", 1_000_u64)?.max(100);
        Ok(Self {
            database: PgConfig::of(env, ServiceRole::Search)?,
            availability_every: Duration::from_millis(availability_ms),
        })
    }
}
