//! What runs beside the router: listening, sending, telling booking, tidying.

mod consume;
mod deliver;
mod events;
mod housekeep;
mod send;
mod tell;

use crate::state::State;
use onsale_platform::audit::Sender;
use onsale_platform::{Platform, ServiceRole, inbox};

/// Starts the service's jobs; they run until shutdown.
pub fn spawn_jobs(platform: &Platform, state: &State) {
    let shutdown = &platform.shutdown;
    shutdown.spawn("notification.consume", inbox::run(platform.clone(), consume::Mails::new(state.clone())));
    if let Some(smtp) = state.smtp.clone() {
        // What never happened is a series all the same, so that the first time is seen.
        for outcome in ["sent", "later", "failed"] {
            metrics::counter!("onsale_mails_total", "outcome" => outcome).absolute(0);
        }
        shutdown.spawn("notification.send", send::run(state.clone(), smtp, shutdown.clone()));
    }
    shutdown.spawn("notification.events", inbox::run(platform.clone(), events::Events::new(state.clone())));
    shutdown.spawn("notification.deliver", deliver::run(state.clone(), shutdown.clone()));
    shutdown.spawn("notification.tell", tell::run(state.clone(), shutdown.clone()));
    let acts = Sender::new(platform, ServiceRole::Notification, state.pool.clone());
    shutdown.spawn("notification.acts", acts.run());
    shutdown.spawn("notification.housekeep", housekeep::run(state.clone(), shutdown.clone()));
}
