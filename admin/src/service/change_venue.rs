//! An organiser changes a venue's data. Offers that were published keep what they said.

use super::create_venue::{check, venue_of};
use super::{Act, Actor, act_on_venue, reach_venue};
use crate::error::AdminError;
use crate::state::State;
use crate::store::venues;
use axum::http::StatusCode;
use onsale_core::VenueId;
use onsale_core::api::admin::VenueDraft;
use onsale_core::api::offer::Venue;
use serde_json::json;

/// Changes a venue; an id in the draft is ignored.
pub async fn change_venue(state: &State, actor: Actor, id: &VenueId, draft: VenueDraft) -> Result<Venue, AdminError> {
    reach_venue(&mut *state.pool.acquire().await?, actor, id).await?;
    check(state, &draft).await?;
    let Ok(mut act) = Act::begin(state, Some(actor), None).await? else {
        return Err(AdminError::NotFound("venue"));
    };
    let before = act_on_venue(&mut act, actor, id).await?;
    let venue = venue_of(id.clone(), draft);
    let now = act.now;
    venues::update(act.conn(), &venue, now).await?;
    act.note("venue.change", "venue", id.as_str(), json!({"before": before, "after": venue})).await?;
    act.finish(StatusCode::OK, venue).await
}
