//! An organiser adds a seating plan to a venue: drawn, described, or brought from pretix.

use super::{Act, Actor, Outcome, act_on_venue, none, reach_venue};
use crate::domain::pretix::{self, PretixPlan};
use crate::domain::{plan_generator, plan_rules};
use crate::error::AdminError;
use crate::state::State;
use crate::store::plans::{self, NewPlan};
use axum::http::StatusCode;
use onsale_core::VenueId;
use onsale_core::api::admin::{PlanGenerator, PlanSummary};
use onsale_core::plan::SeatingPlan;
use onsale_platform::idempotency::ScopedKey;
use onsale_platform::random;
use serde_json::json;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// A plan as it arrives.
#[derive(Debug, Clone)]
pub enum PlanSource {
    /// Drawn, in our own form.
    Drawn(SeatingPlan),
    /// Described.
    Described(PlanGenerator),
    /// In pretix's form.
    Pretix(PretixPlan),
}

/// A plan that was checked, ready to be kept.
pub(super) struct Checked {
    name: String,
    seat_count: usize,
    digest: String,
    categories: Vec<String>,
    body: String,
}

/// Adds a plan. The venue's same plan, where it has it already, is given instead of a second one.
pub async fn add_plan(
    state: &State,
    actor: Actor,
    venue_id: &VenueId,
    source: PlanSource,
    key: Option<&ScopedKey>,
) -> Result<Outcome<PlanSummary>, AdminError> {
    reach_venue(&mut *state.pool.acquire().await?, actor, venue_id).await?;
    // Plans may have 60,000 seats: reading and hashing one keeps a core busy for a while.
    let checked = tokio::task::spawn_blocking(move || check(source))
        .await
        .map_err(|stopped| AdminError::Database(sqlx::Error::Io(std::io::Error::other(stopped))))??;
    let mut act = match Act::begin(state, Some(actor), key).await? {
        Ok(act) => act,
        Err(stored) => return Ok(Outcome::Replayed(stored)),
    };
    act_on_venue(&mut act, actor, venue_id).await?;
    let summary = keep(&mut act, state, venue_id, &checked).await?;
    act.finish(StatusCode::CREATED, summary).await.map(Outcome::Done)
}

/// Keeps a plan, unless the venue has the same one; what there is then.
pub(super) async fn keep(
    act: &mut Act<'_>,
    state: &State,
    venue_id: &VenueId,
    checked: &Checked,
) -> Result<PlanSummary, AdminError> {
    let id: Uuid = random::new_id(&state.clock);
    let now = act.now;
    let plan = NewPlan {
        id,
        venue_id,
        name: &checked.name,
        seat_count: checked.seat_count,
        digest: &checked.digest,
        categories: &checked.categories,
        body: &checked.body,
        at: now,
    };
    if plans::insert(act.conn(), plan).await? {
        let detail = json!({"venueId": venue_id, "digest": checked.digest, "seatCount": checked.seat_count});
        act.note("plan.add", "plan", &id.to_string(), detail).await?;
    }
    let row = plans::find_same(act.conn(), venue_id, &checked.digest).await?.ok_or(AdminError::NotFound("plan"))?;
    Ok(row.summary)
}

fn check(source: PlanSource) -> Result<Checked, AdminError> {
    let plan = match source {
        PlanSource::Drawn(plan) => plan,
        PlanSource::Described(description) => {
            plan_generator::generate(&description).map_err(|wrong| AdminError::Invalid(wrong.into_errors()))?
        }
        PlanSource::Pretix(plan) => {
            none(pretix::violations(&plan))?;
            pretix::import(plan).plan()
        }
    };
    checked(plan)
}

/// A plan by the rules of plans, ready to be kept.
pub(super) fn checked(plan: SeatingPlan) -> Result<Checked, AdminError> {
    none(plan_rules::violations(&plan))?;
    let body = serde_json::to_string(&plan)?;
    let digest = hex::encode(Sha256::digest(&body));
    let categories = plan_rules::categories(&plan);
    Ok(Checked { seat_count: plan.seats().count(), name: plan.name, digest, categories, body })
}
