//! What runs by itself.

mod lead;
mod measure;
mod tell;

use crate::service::watch;
use crate::state::State;
use onsale_platform::audit::Sender;
use onsale_platform::outbox::Relay;
use onsale_platform::{Platform, ServiceRole};
use std::time::Duration;

/// How often a process looks at the lines.
const READ_EVERY: Duration = Duration::from_millis(500);
const WRITTEN_EVERY: Duration = Duration::from_secs(1);

/// Starts the background workers.
pub fn spawn_jobs(platform: &Platform, state: &State) {
    let shutdown = &platform.shutdown;
    shutdown.spawn("queue relay", Relay::new(platform, ServiceRole::Gateway, state.pool.clone()).run());
    shutdown.spawn("queue acts", Sender::new(platform, ServiceRole::Gateway, state.pool.clone()).run());
    shutdown.spawn("queue leader", lead::keep_leading(state.clone(), shutdown.clone()));
    shutdown.spawn("queue watchers", watch::keep_telling(state.clone(), shutdown.clone()));
    let (reader, stop) = (state.clone(), shutdown.clone());
    shutdown.spawn("queue reader", async move {
        loop {
            if let Err(error) = reader.look().await {
                tracing::debug!(%error, "the lines could not be read: what is known of them stays");
            }
            if !stop.sleep(READ_EVERY).await {
                break;
            }
        }
    });
    let (writer, stop) = (state.clone(), shutdown.clone());
    shutdown.spawn("queue notes", async move {
        loop {
            let is_last = !stop.sleep(WRITTEN_EVERY).await;
            if let Err(error) = writer.notes.write(&writer.pool).await {
                tracing::debug!(%error, "who was seen could not be noted");
            }
            if is_last {
                break;
            }
        }
    });
}
