//! Searching: as it is written first; with typos only when nothing is found that way.

use crate::domain::highlight::highlight;
use crate::domain::query::{self, PagePlace, Search, corrected};
use crate::error::SearchError;
use crate::state::State;
use crate::store::find::{self, Found, Matching};
use crate::store::words;
use onsale_core::api::events::{EventSummary, SearchQuery, SearchResult};
use onsale_platform::cursor;

/// One page of what a query finds.
pub(crate) async fn search_events(state: &State, query: &SearchQuery) -> Result<SearchResult, SearchError> {
    let place = match &query.cursor {
        Some(text) => cursor::decode(text).map_err(|problem| SearchError::Cursor(Box::new(problem)))?,
        None => PagePlace { offset: 0 },
    };
    let search = query::read(query, place, state.clock.now()).map_err(SearchError::Invalid)?;
    let found = find_tolerantly(state, &search).await?;
    let mut items = find::summaries(&state.pool, &found.ids).await?;
    if !search.terms.is_empty() {
        for item in &mut items {
            item.highlight = marked(item, &search.terms);
        }
    }
    let next_cursor = search.next_page(found.total).map(|place| cursor::encode(&place));
    Ok(SearchResult { items, total: found.total, facets: found.facets, degraded: false, next_cursor })
}

/// What is found as it is written; else with the words that were meant; else what is merely alike.
async fn find_tolerantly(state: &State, search: &Search) -> Result<Found, SearchError> {
    let found = find::search(&state.pool, search, &Matching::Written(search.text_query())).await?;
    if found.total > 0 || search.terms.is_empty() {
        return Ok(found);
    }
    let mut vocabulary = Vec::with_capacity(search.terms.len());
    for term in &search.terms {
        vocabulary.push(words::candidates(&state.pool, term).await?);
    }
    if let Some(query) = corrected(&search.terms, &vocabulary) {
        let found = find::search(&state.pool, search, &Matching::Written(query)).await?;
        if found.total > 0 {
            return Ok(found);
        }
    }
    Ok(find::search(&state.pool, search, &Matching::Alike).await?)
}

fn marked(event: &EventSummary, terms: &[String]) -> Option<String> {
    let texts = [&event.name, &event.description, &event.venue.name, &event.venue.city, &event.kind];
    highlight(texts.into_iter().map(String::as_str), terms)
}
