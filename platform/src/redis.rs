//! The Redis masters: independent servers, each by a few multiplexed connections.

use crate::env::{Env, EnvError};
use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use std::time::Duration;

/// How long an answer is waited for; a dead master costs no more than this, once. Shorter, a process that is
/// itself starved of processor time takes masters for dead that are well.
pub const RESPONSE_MAX: Duration = Duration::from_millis(250);

/// One master.
#[derive(Clone)]
pub struct Master {
    /// Where it is, without a password.
    pub name: String,
    /// The way to it. It connects at once or later, and again after a loss.
    pub connection: ConnectionManager,
}

/// Connects to every master of `REDIS_URLS`, in the setting's order. None is fine: an empty list.
/// A master that is away now is connected to when it answers.
pub fn masters(env: &Env) -> Result<Vec<Master>, EnvError> {
    let urls = env.list("REDIS_URLS")?;
    urls.iter().map(|url| master(url)).collect()
}

fn master(url: &str) -> Result<Master, EnvError> {
    let invalid = |error: redis::RedisError| EnvError::Invalid {
        name: "REDIS_URLS".to_owned(),
        value: url.split('@').next_back().unwrap_or_default().to_owned(),
        reason: error.to_string(),
    };
    let client = redis::Client::open(url).map_err(invalid)?;
    let config = ConnectionManagerConfig::new()
        .set_response_timeout(Some(RESPONSE_MAX))
        .set_connection_timeout(Some(RESPONSE_MAX))
        .set_max_delay(Duration::from_millis(500));
    let connection = ConnectionManager::new_lazy_with_config(client, config).map_err(invalid)?;
    Ok(Master { name: url.split('@').next_back().unwrap_or_default().to_owned(), connection })
}
