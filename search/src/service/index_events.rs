//! Brings the search engine's index up to what PostgreSQL has.

use crate::elastic::{Elastic, ElasticError, Refresh, Written};
use crate::state::State;
use crate::store::indexing::{self, Indexed, Rows};

/// How many events are sent at once.
const BATCH_MAX: usize = 500;

/// Why the index stays behind.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    /// PostgreSQL failed.
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
    /// Elasticsearch failed.
    #[error("Elasticsearch: {0}")]
    Engine(#[from] ElasticError),
    /// Elasticsearch did not take some events.
    #[error("Elasticsearch did not take some events: {0}")]
    NotTaken(String),
    /// Somebody else builds the index just now.
    #[error("the index is being built anew already; try again when that is done")]
    Busy,
    /// PostgreSQL searches: there is no index.
    #[error("there is no Elasticsearch: set ELASTICSEARCH_URL")]
    NoEngine,
}

/// Sends a batch of the events of which the index may be behind. Says whether there may be more.
pub(crate) async fn index_changed(state: &State, elastic: &Elastic) -> Result<bool, IndexError> {
    let events = indexing::read(&state.pool, Rows::Behind, batch_max()).await?;
    if events.is_empty() {
        return Ok(false);
    }
    // Asked after the rows were read: an index that is begun later reads them itself (`rebuild_index`).
    let aliases = elastic.written().await?;
    if aliases.is_empty() {
        return Ok(false);
    }
    let full = events.len() == BATCH_MAX;
    let refresh = if full { Refresh::Later } else { Refresh::Now };
    let written = elastic.write(&aliases, &events, refresh).await?;
    tell_rejected(&events, &written);
    let rejected = written.rejected.iter().map(|(place, _)| *place);
    let over: Vec<&Indexed> = written.done.iter().copied().chain(rejected).map(|place| &events[place]).collect();
    let ids: Vec<String> = over.iter().map(|event| event.id.clone()).collect();
    let revisions: Vec<i64> = over.iter().map(|event| event.revision).collect();
    indexing::done(&state.pool, &ids, &revisions).await?;
    metrics::counter!("onsale_search_indexed_total").increment(written.done.len() as u64);
    written.failure.map_or(Ok(full), |reason| Err(IndexError::NotTaken(reason)))
}

/// What is rejected would be so again and again: it is told, and waits for its event's next change.
pub(super) fn tell_rejected(events: &[Indexed], written: &Written) {
    for (place, reason) in &written.rejected {
        metrics::counter!("onsale_search_index_rejected_total").increment(1);
        tracing::error!(event_id = %events[*place].id, reason, "Elasticsearch rejects an event: it cannot be found there");
    }
}

/// The batch's size as PostgreSQL counts.
pub(super) fn batch_max() -> i64 {
    i64::try_from(BATCH_MAX).unwrap_or(i64::MAX)
}
