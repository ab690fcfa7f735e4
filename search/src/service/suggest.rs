//! Completions as one types: from Elasticsearch where there is one and it is well, else from PostgreSQL.

use crate::domain::query::{self, LISTED_AFTER_START};
use crate::error::SearchError;
use crate::state::State;
use crate::store::find;
use onsale_core::api::events::Suggestions;

/// Completions of a text; none of an empty one.
pub(crate) async fn suggest(state: &State, text: &str) -> Result<Suggestions, SearchError> {
    let text = query::short(text);
    if text.is_empty() {
        return Ok(Suggestions { items: Vec::new() });
    }
    if let Some(elastic) = &state.elastic {
        match elastic.suggest(&text, state.clock.now() - LISTED_AFTER_START).await {
            Ok(items) => return Ok(Suggestions { items }),
            Err(error) => tracing::debug!(%error, "PostgreSQL completes instead"),
        }
    }
    Ok(Suggestions { items: find::suggest(&state.pool, &text).await? })
}
