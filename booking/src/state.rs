//! What every request and job of booking works with.

use crate::config::Config;
use crate::error::StartError;
use crate::service::break_down_sales::RecentDetails;
use crate::service::count_check_ins::RecentCounts;
use crate::service::desk::Desk;
use crate::service::find::Looks;
use crate::service::idempotency::InFlight;
use crate::service::inventories::Inventories;
use crate::service::lock_seats::SeatLocks;
use crate::service::lowest_price::LowestPrices;
use crate::service::report_sales::RecentSums;
use crate::service::seat_map::SeatMaps;
use crate::service::show_event::Plans;
use crate::service::watch_seats::Watched;
use axum::extract::FromRef;
use ed25519_dalek::SigningKey;
use onsale_platform::clock::Clock;
use onsale_platform::fanout::Fanout;
use onsale_platform::pg::PgConfig;
use onsale_platform::settings::Live;
use onsale_platform::shutdown::Shutdown;
use onsale_platform::tokens::{AdmissionTokens, DeploymentSecret, TokenVerifier};
use onsale_platform::upstream::Upstreams;
use onsale_platform::{Platform, ServiceRole, pg, redis};
use sqlx::PgPool;
use std::ops::Deref;
use std::sync::Arc;
use tokio::sync::Semaphore;

/// How many exports a process bears beside its sale.
const EXPORTS_MAX: usize = 2;

/// The service's state. Cheap to clone: a request clones it once for each layer and handler.
#[derive(Clone)]
pub struct State(Arc<Shared>);

/// The parts.
pub struct Shared {
    pub(crate) config: Arc<Config>,
    pub(crate) pool: PgPool,
    pub(crate) clock: Clock,
    pub(crate) desk: Desk,
    pub(crate) looks: Looks,
    pub(crate) inventories: Inventories,
    pub(crate) seat_maps: SeatMaps,
    pub(crate) plans: Plans,
    pub(crate) lowest_prices: LowestPrices,
    pub(crate) watched: Watched,
    pub(crate) fanout: Fanout,
    pub(crate) settings: Live,
    pub(crate) sums: RecentSums,
    pub(crate) details: RecentDetails,
    /// Exports and settlements that run at once: each reads a page of orders at a time for as long as it takes.
    pub(crate) exports: Arc<Semaphore>,
    pub(crate) check_ins: RecentCounts,
    pub(crate) locks: SeatLocks,
    /// Reserves that may go to PostgreSQL at once while Redis has no majority.
    pub(crate) without_redis: Arc<Semaphore>,
    pub(crate) in_flight: InFlight,
    pub(crate) admissions: AdmissionTokens,
    pub(crate) ticket_key: Arc<SigningKey>,
    pub(crate) upstreams: Upstreams,
    pub(crate) shutdown: Shutdown,
    verifier: Arc<TokenVerifier>,
}

impl Deref for State {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
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

/// Reads the settings, opens the pool, connects to Redis and opens the desk.
pub async fn start(platform: &Platform) -> Result<State, StartError> {
    let config = Config::of(&platform.env)?;
    let pool = pg::connect(&PgConfig::of(&platform.env, ServiceRole::Booking)?, ServiceRole::Booking).await?;
    let masters = redis::masters(&platform.env)?;
    let prefix = platform.env.get_or("REDIS_PREFIX", "onsale:".to_owned())?;
    let locks = SeatLocks::start(masters, &prefix, pool.clone(), &platform.shutdown);
    let inventories = Inventories::new(pool.clone());
    let clock = platform.clock.clone();
    let desk = Desk::start(pool.clone(), clock.clone(), inventories.clone(), locks.clone(), &platform.shutdown);
    let secret = DeploymentSecret::of(&platform.env)?;
    Ok(State(Arc::new(Shared {
        without_redis: Arc::new(Semaphore::new(config.without_redis_max)),
        config: Arc::new(config),
        plans: Plans::default(),
        lowest_prices: LowestPrices::default(),
        watched: Watched::default(),
        fanout: platform.fanout.clone(),
        settings: platform.settings.clone(),
        sums: RecentSums::default(),
        details: RecentDetails::default(),
        exports: Arc::new(Semaphore::new(EXPORTS_MAX)),
        check_ins: RecentCounts::default(),
        looks: Looks::start(&pool, &platform.shutdown),
        seat_maps: SeatMaps::new(pool.clone()),
        pool,
        clock,
        desk,
        inventories,
        locks,
        in_flight: InFlight::default(),
        admissions: AdmissionTokens::new(&secret),
        ticket_key: Arc::new(secret.ticket_key()),
        upstreams: platform.upstreams.acting_as(ServiceRole::Booking),
        shutdown: platform.shutdown.clone(),
        verifier: Arc::clone(&platform.verifier),
    })))
}
