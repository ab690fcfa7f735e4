//! Keeps the search engine's index up with the rows: what changed is sent at once, also what changed while the
//! engine was away; and an index that is lost is built anew.

use crate::elastic::Elastic;
use crate::service::index_events::{IndexError, index_changed};
use crate::service::rebuild_index::rebuild_index;
use crate::state::State;
use crate::store::indexing;
use onsale_platform::random::jittered;
use onsale_platform::shutdown::Shutdown;
use std::sync::Arc;
use std::time::Duration;

/// What another process changed is looked for this often.
const LOOKED_EVERY: Duration = Duration::from_millis(500);
/// How long the engine is left in peace after it failed.
const REST: Duration = Duration::from_secs(1);
/// How often it is looked whether there is an index.
const KEPT_EVERY: Duration = Duration::from_secs(2);

/// Sends what changed.
pub(super) async fn follow(state: State, elastic: Arc<Elastic>, shutdown: Shutdown) {
    let mut told = Told::default();
    loop {
        let outcome = index_changed(&state, &elastic).await;
        let wait = match told.of("the search index is behind: it catches up by itself", outcome) {
            Some(true) => Duration::ZERO,
            Some(false) => LOOKED_EVERY,
            None => jittered(REST),
        };
        let more = tokio::select! {
            more = shutdown.sleep(wait) => more,
            () = state.changed.notified(), if wait == LOOKED_EVERY => !shutdown.is_requested(),
        };
        if !more {
            return;
        }
    }
}

/// Sees to it that there is an index.
pub(super) async fn keep(state: State, elastic: Arc<Elastic>, shutdown: Shutdown) {
    let mut told = Told::default();
    loop {
        told.of("the search index cannot be looked after", look_after(&state, &elastic).await);
        if !shutdown.sleep(jittered(KEPT_EVERY)).await {
            return;
        }
    }
}

async fn look_after(state: &State, elastic: &Elastic) -> Result<(), IndexError> {
    metrics::gauge!("onsale_search_index_behind_seconds").set(indexing::behind_seconds(&state.pool).await?);
    if elastic.is_searchable().await? {
        return Ok(());
    }
    match rebuild_index(&state.pool, &state.clock, elastic, |_, _| {}).await {
        Ok(_) | Err(IndexError::Busy) => Ok(()),
        Err(error) => Err(error),
    }
}

/// Tells a failure once an outage, not once a try.
#[derive(Default)]
struct Told {
    failing: bool,
}

impl Told {
    fn of<T>(&mut self, what: &str, outcome: Result<T, IndexError>) -> Option<T> {
        match outcome {
            Ok(value) => {
                self.failing = false;
                Some(value)
            }
            Err(error) => {
                if !std::mem::replace(&mut self.failing, true) {
                    tracing::warn!(%error, "{what}");
                }
                None
            }
        }
    }
}
