//! What every request and job of the service works with.

use crate::config::Config;
use crate::error::StartError;
use axum::extract::FromRef;
use onsale_platform::clock::Clock;
use onsale_platform::tokens::TokenVerifier;
use onsale_platform::{Platform, ServiceRole, pg};
use sqlx::PgPool;
use std::sync::Arc;

/// The service's state. Cheap to clone.
#[derive(Clone)]
pub struct State {
    pub(crate) pool: PgPool,
    pub(crate) clock: Clock,
    verifier: Arc<TokenVerifier>,
}

impl State {
    /// The service's own pool, e.g. for health checks.
    #[must_use]
    pub fn pool(&self) -> &PgPool {
        &self.pool
    }
}

impl FromRef<State> for Arc<TokenVerifier> {
    fn from_ref(state: &State) -> Self {
        Arc::clone(&state.verifier)
    }
}

/// Reads the settings and opens the pool.
pub async fn start(platform: &Platform) -> Result<State, StartError> {
    let config = Config::of(&platform.env)?;
    let pool = pg::connect(&config.database, ServiceRole::Admin).await?;
    Ok(State { pool, clock: platform.clock.clone(), verifier: Arc::clone(&platform.verifier) })
}
