//! Searching: as it is written first; with typos only when nothing is found that way. Elasticsearch answers where
//! there is one and it is well; else PostgreSQL does.

use crate::domain::highlight::highlight;
use crate::domain::query::{self, PagePlace, Search, corrected};
use crate::elastic::Found as ElasticFound;
use crate::error::SearchError;
use crate::state::State;
use crate::store::find::{self, Found, Matching};
use crate::store::words;
use onsale_core::api::events::{EventSummary, Facets, SearchQuery, SearchResult};
use onsale_platform::cursor;

/// One page of what a query finds.
pub(crate) async fn search_events(state: &State, query: &SearchQuery) -> Result<SearchResult, SearchError> {
    let place = match &query.cursor {
        Some(text) => cursor::decode(text).map_err(|problem| SearchError::Cursor(Box::new(problem)))?,
        None => PagePlace { offset: 0 },
    };
    let search = query::read(query, place, state.clock.now()).map_err(SearchError::Invalid)?;
    let mut result = match by_engine(state, &search).await {
        Some(found) => result(found.items, found.total, found.facets),
        None => by_postgres(state, &search).await?,
    };
    if !search.terms.is_empty() {
        let marked = search.marked();
        for item in &mut result.items {
            item.highlight = mark(item, &marked);
        }
    }
    result.next_cursor = search.next_page(result.total).map(|place| cursor::encode(&place));
    Ok(result)
}

/// What Elasticsearch finds; nothing when there is none, or it gives no answer.
async fn by_engine(state: &State, search: &Search) -> Option<ElasticFound> {
    let elastic = state.elastic.as_ref()?;
    elastic.search(search).await.map_err(|error| tracing::debug!(%error, "PostgreSQL searches instead")).ok()
}

async fn by_postgres(state: &State, search: &Search) -> Result<SearchResult, SearchError> {
    let degraded = state.elastic.is_some();
    if degraded {
        metrics::counter!("onsale_search_degraded_total").increment(1);
    }
    let found = find_tolerantly(state, search).await?;
    let items = find::summaries(&state.pool, &found.ids).await?;
    Ok(SearchResult { degraded, ..result(items, found.total, found.facets) })
}

fn result(items: Vec<EventSummary>, total: i64, facets: Facets) -> SearchResult {
    SearchResult { items, total, facets, degraded: false, next_cursor: None }
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

fn mark(event: &EventSummary, terms: &[String]) -> Option<String> {
    let texts = [&event.name, &event.description, &event.venue.name, &event.venue.city, &event.kind];
    highlight(texts.into_iter().map(String::as_str), terms)
}
