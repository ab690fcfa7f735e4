//! Looking at one's venues, plans and events.

use super::{Actor, reach_venue};
use crate::error::AdminError;
use crate::state::State;
use crate::store::{drafts, offers, plans, venues};
use chrono::{DateTime, Utc};
use onsale_core::api::admin::{EventRecord, PlanRecord, PlanSummary};
use onsale_core::api::offer::Venue;
use onsale_core::{EventId, VenueId};
use uuid::Uuid;

/// A venue.
pub async fn venue(state: &State, actor: Actor, id: &VenueId) -> Result<Venue, AdminError> {
    Ok(reach_venue(&mut *state.pool.acquire().await?, actor, id).await?.venue)
}

/// Venues by id, after `after`.
pub(crate) async fn venue_list(state: &State, actor: Actor, after: &str, limit: i64) -> Result<Vec<Venue>, AdminError> {
    Ok(venues::list(&state.pool, actor.listed(), after, limit).await?)
}

/// A plan with its seats.
pub async fn plan(state: &State, actor: Actor, id: Uuid) -> Result<PlanRecord, AdminError> {
    let row = plans::find(&state.pool, id).await?.filter(|row| actor.reaches(row.organisation));
    let Some(row) = row else { return Err(AdminError::NotFound("plan")) };
    let body = plans::body(&state.pool, id).await?.ok_or(AdminError::NotFound("plan"))?;
    Ok(PlanRecord {
        plan_id: row.summary.plan_id,
        venue_id: row.summary.venue_id,
        seat_count: row.summary.seat_count,
        digest: row.summary.digest,
        plan: serde_json::from_str(&body)?,
    })
}

/// A venue's plans, the oldest first, after `after`.
pub(crate) async fn plan_list(
    state: &State,
    actor: Actor,
    venue_id: &VenueId,
    after: Uuid,
    limit: i64,
) -> Result<Vec<PlanSummary>, AdminError> {
    venue(state, actor, venue_id).await?;
    Ok(plans::list(&state.pool, venue_id, after, limit).await?)
}

/// An event.
pub async fn event(state: &State, actor: Actor, id: &EventId) -> Result<EventRecord, AdminError> {
    match drafts::find(&state.pool, id).await? {
        Some(row) if actor.reaches(row.organisation) => Ok(row.record),
        _ => Err(AdminError::NotFound("event")),
    }
}

/// The dates of an event's series; the event alone, where it is of none.
pub async fn series(state: &State, actor: Actor, id: &EventId) -> Result<Vec<EventRecord>, AdminError> {
    let first = event(state, actor, id).await?;
    let Some(series) = first.series_id else { return Ok(vec![first]) };
    Ok(drafts::series(&state.pool, series).await?)
}

/// Events, the newest first, before a place in the list.
pub(crate) async fn event_list(
    state: &State,
    actor: Actor,
    before: Option<(DateTime<Utc>, &str)>,
    limit: i64,
) -> Result<Vec<EventRecord>, AdminError> {
    Ok(drafts::list(&state.pool, actor.listed(), before, limit).await?)
}

/// A published version of an event: its JSON as it was hashed, and the digest.
pub(crate) async fn offer(state: &State, id: &EventId, version: i32) -> Result<(String, String), AdminError> {
    let row = offers::find(&state.pool, id, version).await?.ok_or(AdminError::NotFound("offer"))?;
    Ok((row.body, row.digest))
}
