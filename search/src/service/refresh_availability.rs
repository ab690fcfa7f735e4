//! How much is left, asked of booking.

use crate::error::SearchError;
use crate::state::State;
use crate::store::events;
use onsale_core::api::internal::Availabilities;
use onsale_platform::ServiceRole;
use onsale_platform::upstream::CallError;
use std::time::Duration;

/// How long booking's answer is waited for.
const ANSWER_MAX: Duration = Duration::from_secs(2);

/// Why the figures stay as they are.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RefreshError {
    /// booking gave none.
    #[error("booking: {0}")]
    Booking(#[from] CallError),
    /// They could not be kept.
    #[error(transparent)]
    Kept(#[from] SearchError),
}

/// Takes over booking's figures; the number of events whose figures changed.
pub(crate) async fn refresh_availability(state: &State) -> Result<u64, RefreshError> {
    let booking = state.upstreams.to(ServiceRole::Booking).within(ANSWER_MAX);
    let answer: Availabilities = booking.get("/internal/availability").await?;
    let changed = events::set_availability(&state.pool, &answer.items).await.map_err(SearchError::from)?;
    if changed > 0 {
        state.changed.notify_one();
    }
    Ok(changed)
}
