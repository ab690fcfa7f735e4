//! What every handler and job of payment has at hand.

use crate::config::Config;
use crate::error::StartError;
use crate::provider::stripe::Stripe;
use crate::reads::Reads;
use crate::service::turns::Turns;
use crate::writer::Writer;
use axum::extract::FromRef;
use onsale_platform::clock::Clock;
use onsale_platform::tokens::TokenVerifier;
use onsale_platform::{Platform, ServiceRole, pg};
use sqlx::PgPool;
use std::sync::Arc;

/// The state of the service. Cheap to clone.
#[derive(Clone)]
pub struct State {
    pub(crate) pool: PgPool,
    pub(crate) clock: Clock,
    pub(crate) writer: Writer,
    pub(crate) reads: Reads,
    pub(crate) provider: Arc<Stripe>,
    pub(crate) turns: Turns,
    pub(crate) config: Arc<Config>,
    verifier: Arc<TokenVerifier>,
}

impl State {
    pub(crate) async fn start(platform: &Platform) -> Result<Self, StartError> {
        let config = Config::from_env(&platform.env)?;
        let pool = pg::connect(&config.database, ServiceRole::Payment).await?;
        Ok(Self {
            writer: Writer::start(&platform.shutdown, pool.clone(), platform.clock.clone()),
            reads: Reads::start(&platform.shutdown, pool.clone()),
            provider: Arc::new(Stripe::new(config.stripe.clone())?),
            turns: Turns::default(),
            clock: platform.clock.clone(),
            verifier: Arc::clone(&platform.verifier),
            config: Arc::new(config),
            pool,
        })
    }

    /// The service's database, for the health check.
    #[must_use]
    pub fn pool(&self) -> &PgPool {
        &self.pool
    }
}

impl FromRef<State> for Arc<TokenVerifier> {
    fn from_ref(state: &State) -> Self {
        Self::clone(&state.verifier)
    }
}
