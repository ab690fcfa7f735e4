//! An event's page.

use crate::error::SearchError;
use crate::state::State;
use crate::store::events;
use onsale_core::EventId;
use onsale_core::api::events::EventDetail;

/// What a buyer has to know of a published event.
pub(crate) async fn show_event(state: &State, id: &EventId) -> Result<EventDetail, SearchError> {
    events::find(&state.pool, id).await?.ok_or(SearchError::NotFound)
}
