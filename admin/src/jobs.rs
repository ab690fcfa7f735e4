//! What runs beside the requests: the relay, the consumer of `inventory-ready`, and housekeeping.

mod housekeep;
mod inventory_ready;

use crate::state::State;
use inventory_ready::InventoryReadyConsumer;
use onsale_platform::audit::Sender;
use onsale_platform::outbox::Relay;
use onsale_platform::{Platform, ServiceRole, inbox};

/// Starts the service's background workers; they stop with the platform.
pub fn spawn_jobs(platform: &Platform, state: &State) {
    let relay = Relay::new(platform, ServiceRole::Admin, state.pool.clone());
    platform.shutdown.spawn("admin.relay", relay.run());
    let consumer = InventoryReadyConsumer { state: state.clone() };
    platform.shutdown.spawn("admin.publishing", inbox::run(platform.clone(), consumer));
    let acts = Sender::new(platform, ServiceRole::Admin, state.pool.clone());
    platform.shutdown.spawn("admin.acts", acts.run());
    platform.shutdown.spawn("admin.housekeeping", housekeep::run(state.clone(), platform.shutdown.clone()));
}
