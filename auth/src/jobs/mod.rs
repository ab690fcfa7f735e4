//! What runs beside requests: the feed of revocations, the keys kept fresh, and the sweeper.

mod acts;
pub(crate) mod feed;
mod keys;
mod sweep;

use crate::state::State;
use onsale_platform::outbox::Relay;
use onsale_platform::{Platform, ServiceRole};

/// Starts the jobs; they end with the platform's shutdown.
pub fn spawn_jobs(platform: &Platform, state: &State) {
    let shutdown = &platform.shutdown;
    shutdown.spawn("auth relay", Relay::new(platform, ServiceRole::Auth, state.pool.clone()).run());
    shutdown.spawn("auth revocations", feed::listen(state.clone()));
    shutdown.spawn("auth acts", acts::seal(state.clone()));
    shutdown.spawn("auth keys", keys::keep_fresh(state.clone()));
    shutdown.spawn("auth sweeper", sweep::run(state.clone()));
}
