//! What every request and job of the service works with.

use crate::config::Config;
use crate::elastic::Elastic;
use crate::error::StartError;
use crate::routes::Cached;
use moka::future::Cache;
use onsale_platform::clock::Clock;
use onsale_platform::upstream::Upstreams;
use onsale_platform::{Platform, ServiceRole, pg};
use sqlx::PgPool;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;

/// How long an answer is given again without asking the database.
const ANSWERS_KEPT: Duration = Duration::from_millis(500);
/// How many answers are kept.
const ANSWERS_MAX: u64 = 2_000;

/// The service's state. Cheap to clone.
#[derive(Clone)]
pub struct State {
    pub(crate) pool: PgPool,
    pub(crate) clock: Clock,
    pub(crate) upstreams: Upstreams,
    pub(crate) config: Config,
    /// The search engine, where there is one.
    pub(crate) elastic: Option<Arc<Elastic>>,
    /// Told when rows have changed, so that the index follows at once.
    pub(crate) changed: Arc<Notify>,
    /// Answers by path and query: everybody gets the same ones.
    pub(crate) answers: Cache<String, Cached>,
}

impl State {
    /// The service's own pool, e.g. for health checks.
    #[must_use]
    pub fn pool(&self) -> &PgPool {
        &self.pool
    }
}

/// Reads the settings and opens the pool.
pub async fn start(platform: &Platform) -> Result<State, StartError> {
    let config = Config::of(&platform.env)?;
    let pool = pg::connect(&config.database, ServiceRole::Search).await?;
    let answers = Cache::builder().max_capacity(ANSWERS_MAX).time_to_live(ANSWERS_KEPT).build();
    let elastic = config.elasticsearch.as_ref().map(Elastic::new).transpose()?.map(Arc::new);
    let upstreams = platform.upstreams.acting_as(ServiceRole::Search);
    let changed = Arc::new(Notify::new());
    Ok(State { pool, clock: platform.clock.clone(), upstreams, config, elastic, changed, answers })
}
