//! An organiser begins a hall: empty, from a plan, or from what another program or a table says.

use super::{Act, Actor, Outcome, act_on_venue, reach_venue};
use crate::domain::pretix::{self, PretixPlan};
use crate::domain::seat_list;
use crate::error::AdminError;
use crate::state::State;
use crate::store::{halls, plans};
use axum::http::StatusCode;
use onsale_core::VenueId;
use onsale_core::api::halls::{HallSummary, NewHall};
use onsale_core::api::problem::FieldError;
use onsale_core::hall::{Hall, drawn_from};
use onsale_core::plan::SeatingPlan;
use onsale_platform::idempotency::ScopedKey;
use onsale_platform::random;
use serde_json::json;

/// What a new hall begins as.
#[derive(Debug, Clone)]
pub enum HallSource {
    /// Empty, or one of the venue's plans.
    New(NewHall),
    /// In pretix's form.
    Pretix(Box<PretixPlan>),
    /// A list of seats, and what the hall is called.
    Seats {
        /// What the organiser calls it.
        name: String,
        /// CSV.
        text: String,
    },
}

/// Adds a hall to a venue.
pub async fn create_hall(
    state: &State,
    actor: Actor,
    venue_id: &VenueId,
    source: HallSource,
    key: Option<&ScopedKey>,
) -> Result<Outcome<HallSummary>, AdminError> {
    reach_venue(&mut *state.pool.acquire().await?, actor, venue_id).await?;
    let plan = match &source {
        HallSource::New(NewHall { plan_id: Some(id), .. }) => {
            let own = plans::find(&state.pool, *id).await?.filter(|row| row.summary.venue_id == *venue_id);
            let own = own.ok_or(AdminError::NotFound("plan"))?;
            plans::body(&state.pool, own.summary.plan_id).await?
        }
        _ => None,
    };
    let (hall, body) = tokio::task::spawn_blocking(move || begin(source, plan.as_deref())).await??;
    let mut act = match Act::begin(state, Some(actor), key).await? {
        Ok(act) => act,
        Err(stored) => return Ok(Outcome::Replayed(stored)),
    };
    act_on_venue(&mut act, actor, venue_id).await?;
    let summary = HallSummary {
        hall_id: random::new_id(&state.clock),
        venue_id: venue_id.clone(),
        seat_count: hall.seat_count(),
        name: hall.name,
        revision: 1,
        version: 0,
        updated_at: act.now,
    };
    halls::insert(act.conn(), &summary, &body).await?;
    let detail = json!({"venueId": venue_id, "name": summary.name, "seatCount": summary.seat_count});
    act.note("hall.create", "hall", &summary.hall_id.to_string(), detail).await?;
    act.finish(StatusCode::CREATED, summary).await.map(Outcome::Done)
}

fn begin(source: HallSource, plan: Option<&str>) -> Result<(Hall, String), AdminError> {
    let hall = match source {
        HallSource::New(NewHall { name, .. }) => match plan {
            Some(body) => Hall { name, ..drawn_from(&serde_json::from_str::<SeatingPlan>(body)?) },
            None => Hall::new(&name, "A"),
        },
        HallSource::Pretix(plan) => pretix::import(*plan),
        HallSource::Seats { name, text } => {
            seat_list::import(&name, &text).map_err(|wrong| AdminError::Invalid(wrong.into_errors()))?
        }
    };
    within_bounds(&hall, "")?;
    let body = serde_json::to_string(&hall)?;
    Ok((hall, body))
}

/// Names every field of a hall that is beyond its bounds, below this path.
pub(super) fn within_bounds(hall: &Hall, path: &str) -> Result<(), AdminError> {
    let beyond = hall.beyond();
    if beyond.is_empty() {
        return Ok(());
    }
    let mut wrong = crate::domain::Violations::new();
    for one in beyond {
        wrong.add(format!("{path}{}", one.field), "out_of_range", one.remedy);
    }
    let errors: Vec<FieldError> = wrong.into_errors();
    Err(AdminError::Invalid(errors))
}
