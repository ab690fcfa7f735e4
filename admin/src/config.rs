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
        Ok(Self { database: PgConfig::of(env, ServiceRole::Admin)? })
    }
}
