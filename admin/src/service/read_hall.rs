//! Looking at halls, and taking them elsewhere.

use super::{Actor, read};
use crate::domain::pretix::{self, PretixPlan};
use crate::domain::seat_list;
use crate::error::AdminError;
use crate::state::State;
use crate::store::halls;
use onsale_core::VenueId;
use onsale_core::api::halls::{HallRecord, HallSummary};
use onsale_core::hall::{Hall, problems};
use uuid::Uuid;

/// A venue's halls, the oldest first, after `after`.
pub(crate) async fn hall_list(
    state: &State,
    actor: Actor,
    venue_id: &VenueId,
    after: Uuid,
    limit: i64,
) -> Result<Vec<HallSummary>, AdminError> {
    read::venue(state, actor, venue_id).await?;
    Ok(halls::list(&state.pool, venue_id, after, limit).await?)
}

/// A hall with all that is in it.
pub async fn hall(state: &State, actor: Actor, id: Uuid) -> Result<HallRecord, AdminError> {
    let (row, body) = reach(state, actor, id).await?;
    let versions = halls::versions(&state.pool, id).await?;
    let (hall, problems) = tokio::task::spawn_blocking(move || {
        let hall: Hall = serde_json::from_str(&body)?;
        let problems = problems(&hall);
        Ok::<_, serde_json::Error>((hall, problems))
    })
    .await??;
    Ok(HallRecord {
        hall_id: row.hall_id,
        venue_id: row.venue_id,
        revision: row.revision,
        updated_at: row.updated_at,
        versions,
        problems,
        hall,
    })
}

/// A hall in pretix's form.
pub(crate) async fn as_pretix(state: &State, actor: Actor, id: Uuid) -> Result<PretixPlan, AdminError> {
    let (_, body) = reach(state, actor, id).await?;
    let plan = tokio::task::spawn_blocking(move || {
        let hall: Hall = serde_json::from_str(&body)?;
        Ok::<_, serde_json::Error>(pretix::export(&hall))
    });
    Ok(plan.await??)
}

/// A hall's seats as CSV.
pub(crate) async fn as_seat_list(state: &State, actor: Actor, id: Uuid) -> Result<String, AdminError> {
    let (_, body) = reach(state, actor, id).await?;
    let list = tokio::task::spawn_blocking(move || {
        let hall: Hall = serde_json::from_str(&body)?;
        Ok::<_, AdminError>(seat_list::export(&hall)?)
    });
    list.await?
}

async fn reach(state: &State, actor: Actor, id: Uuid) -> Result<(HallSummary, String), AdminError> {
    let row = halls::find(&state.pool, id).await?.filter(|row| actor.reaches(row.organisation));
    let row = row.ok_or(AdminError::NotFound("hall"))?;
    let body = halls::body(&state.pool, id).await?.ok_or(AdminError::NotFound("hall"))?;
    Ok((row.summary, body))
}
