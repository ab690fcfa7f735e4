//! What runs beside the requests: the consumer of offers, the asking how much is left, the index's keeping up, and
//! housekeeping.

mod housekeep;
mod indexer;
mod offers;

use crate::service::refresh_availability::refresh_availability;
use crate::state::State;
use offers::OffersConsumer;
use onsale_platform::shutdown::Shutdown;
use onsale_platform::{Platform, inbox};

/// Starts the service's background workers; they stop with the platform.
pub fn spawn_jobs(platform: &Platform, state: &State) {
    let consumer = OffersConsumer { state: state.clone() };
    platform.shutdown.spawn("search.offers", inbox::run(platform.clone(), consumer));
    platform.shutdown.spawn("search.availability", keep_refreshing(state.clone(), platform.shutdown.clone()));
    platform.shutdown.spawn("search.housekeeping", housekeep::run(state.clone(), platform.shutdown.clone()));
    if let Some(elastic) = &state.elastic {
        let (state, elastic, shutdown) = (state.clone(), elastic.clone(), platform.shutdown.clone());
        let keep = indexer::keep(state.clone(), elastic.clone(), shutdown.clone());
        platform.shutdown.spawn("search.index-keeper", keep);
        platform.shutdown.spawn("search.indexer", indexer::follow(state, elastic, shutdown));
    }
}

async fn keep_refreshing(state: State, shutdown: Shutdown) {
    let mut away = false;
    while shutdown.sleep(state.config.availability_every).await {
        match refresh_availability(&state).await {
            Ok(changed) => {
                away = false;
                metrics::counter!("onsale_search_availability_changes_total").increment(changed);
            }
            // Said once an outage, not once a second.
            Err(error) if !away => {
                away = true;
                tracing::warn!(%error, "how much is left is not known just now; the last figures stay");
            }
            Err(_) => {}
        }
    }
}
