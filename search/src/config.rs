//! The service's settings.

use onsale_platform::ServiceRole;
use onsale_platform::env::{Env, EnvError};
use onsale_platform::pg::PgConfig;
use secrecy::SecretString;
use std::time::Duration;

/// What search needs to run.
#[derive(Debug, Clone)]
pub struct Config {
    /// `DATABASE_URL_SEARCH`, else `DATABASE_URL`; `DATABASE_POOL_SEARCH`.
    pub database: PgConfig,
    /// `SEARCH_AVAILABILITY_MS`: how often booking is asked how much is left; 1000 by default, 100 at least.
    pub availability_every: Duration,
    /// The search engine; without one PostgreSQL searches.
    pub elasticsearch: Option<ElasticConfig>,
}

/// Where Elasticsearch is.
#[derive(Debug, Clone)]
pub struct ElasticConfig {
    /// `ELASTICSEARCH_URL`: `http://host:9200`, with name and password where it asks for them.
    pub(crate) url: SecretString,
    /// `ELASTICSEARCH_INDEX`: what the names of our indices begin with, to share a cluster; `onsale-events`.
    pub(crate) index: String,
    /// `ELASTICSEARCH_TIMEOUT_MS`: how long a search may take, with all its calls, before PostgreSQL answers; 300.
    pub(crate) search_max: Duration,
}

impl ElasticConfig {
    fn of(env: &Env) -> Result<Option<Self>, EnvError> {
        let Some(url) = env.secret("ELASTICSEARCH_URL")? else { return Ok(None) };
        let index = env.get_or("ELASTICSEARCH_INDEX", "onsale-events".to_owned())?;
        // What Elasticsearch takes in a name, and no pattern in it.
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_.".contains(&byte);
        if index.len() > 100 || !index.starts_with(|c: char| c.is_ascii_lowercase()) || !index.bytes().all(plain) {
            let reason = "use at most 100 small letters, digits, '-', '_' and '.', a letter first".to_owned();
            return Err(EnvError::Invalid { name: "ELASTICSEARCH_INDEX".to_owned(), value: index, reason });
        }
        let search_max = Duration::from_millis(env.get_or("ELASTICSEARCH_TIMEOUT_MS", 300_u64)?.max(1));
        Ok(Some(Self { url, index, search_max }))
    }
}

impl Config {
    /// Reads the settings.
    pub fn of(env: &Env) -> Result<Self, EnvError> {
        let availability_ms = env.get_or("SEARCH_AVAILABILITY_MS", 1_000_u64)?.max(100);
        Ok(Self {
            database: PgConfig::of(env, ServiceRole::Search)?,
            elasticsearch: ElasticConfig::of(env)?,
            availability_every: Duration::from_millis(availability_ms),
        })
    }
}
