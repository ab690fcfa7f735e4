//! Completions as one types.

use crate::domain::query;
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
    Ok(Suggestions { items: find::suggest(&state.pool, &text).await? })
}
