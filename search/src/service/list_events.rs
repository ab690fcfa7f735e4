//! The events that are published, the soonest first.

use crate::domain::query::LISTED_AFTER_START;
use crate::error::SearchError;
use crate::state::State;
use crate::store::events;
use chrono::{DateTime, Utc};
use onsale_core::EventId;
use onsale_core::api::events::EventSummary;
use onsale_core::api::page::{Page, PageQuery};
use onsale_platform::cursor;
use onsale_platform::problem::Problem;

/// One page of the list.
pub(crate) async fn list_events(state: &State, page: &PageQuery) -> Result<Page<EventSummary>, Problem> {
    let limit = cursor::limit(page, cursor::LIMIT_DEFAULT)?;
    let after: Option<(DateTime<Utc>, EventId)> = page.cursor.as_deref().map(cursor::decode).transpose()?;
    let after = after.as_ref().map(|(at, id)| (*at, id.as_str()));
    let since = state.clock.now() - LISTED_AFTER_START;
    let mut items = events::list(&state.pool, since, after, limit + 1).await.map_err(SearchError::from)?;
    let next_cursor = cursor::next(&mut items, limit, |event| (event.starts_at, event.id.clone()));
    Ok(Page { items, next_cursor })
}
