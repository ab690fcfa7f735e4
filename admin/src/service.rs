//! A use case a file, named by its verb; each owns its transaction.
//!
//! The API's handlers and the seeding call the same functions.

pub mod add_dates;
pub mod add_plan;
pub mod cancel_event;
pub mod change_event;
pub mod change_series;
pub mod change_venue;
pub mod clone_event;
pub mod create_event;
pub mod create_hall;
pub mod create_venue;
pub(crate) mod list_event;
pub mod preview_event;
pub mod publish_event;
pub mod publish_hall;
pub mod read;
pub mod read_hall;
pub mod save_hall;

use crate::domain::Violations;
use crate::error::AdminError;
use crate::state::State;
use crate::store::venues::{self, VenueRow};
use crate::store::{drafts, halls, plans};
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use onsale_core::api::admin::EventDraft;
use onsale_core::api::offer::Venue;
use onsale_core::events::{OfferPublished, Topic};
use onsale_core::{EventId, OrganisationId, UserId, VenueId};
use onsale_platform::idempotency::{self, ScopedKey, Stored};
use onsale_platform::identity::{Caller, Reach};
use onsale_platform::outbox::{self, Metadata, NewEvent};
use onsale_platform::{ServiceRole, audit, extract, random};
use serde::Serialize;
use serde_json::{Value, json};
use sqlx::{PgConnection, Postgres, Transaction};
use uuid::Uuid;

/// Who acts, for which organisation, and what they can reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Actor {
    user_id: UserId,
    organisation: OrganisationId,
    reach: Reach,
}

impl Actor {
    /// An organiser: reaches what is their organisation's.
    #[must_use]
    pub fn organiser(user_id: UserId, organisation: OrganisationId) -> Self {
        Self { user_id, organisation, reach: Reach::Organisation(organisation) }
    }

    /// An admin: reaches everything; what they make is the default organisation's.
    #[must_use]
    pub fn admin(user_id: UserId) -> Self {
        Self { user_id, organisation: OrganisationId::DEFAULT, reach: Reach::Everything }
    }

    /// The account.
    #[must_use]
    pub fn user_id(&self) -> UserId {
        self.user_id
    }

    /// Whose is what they make.
    #[must_use]
    pub fn organisation(&self) -> OrganisationId {
        self.organisation
    }

    fn reaches(&self, organisation: OrganisationId) -> bool {
        self.reach.covers(organisation)
    }

    /// Whose things a list shows; everybody's when nothing.
    fn listed(&self) -> Option<OrganisationId> {
        self.reach.only()
    }
}

impl From<&Caller> for Actor {
    fn from(caller: &Caller) -> Self {
        Self { user_id: caller.user_id, organisation: caller.organisation, reach: caller.reach() }
    }
}

/// What a request with an `Idempotency-Key` comes to.
#[derive(Debug)]
pub enum Outcome<T> {
    /// It was done now.
    Done(T),
    /// It was done before: the first answer again.
    Replayed(Stored),
}

/// One act: its transaction, with the line in the audit log and the answer kept under its key.
struct Act<'a> {
    transaction: Transaction<'static, Postgres>,
    key: Option<&'a ScopedKey>,
    actor: Option<Actor>,
    /// Whose things it is about.
    organisation: Option<OrganisationId>,
    now: DateTime<Utc>,
}

impl<'a> Act<'a> {
    /// Begins; the answer that was given before, when the key has one.
    async fn begin(
        state: &State,
        actor: Option<Actor>,
        key: Option<&'a ScopedKey>,
    ) -> Result<Result<Self, Stored>, AdminError> {
        let mut transaction = state.pool.begin().await?;
        if let Some(key) = key {
            let begun = idempotency::begin(&mut transaction, ServiceRole::Admin, key).await;
            if let Some(known) = begun.transpose() {
                // Not left to its drop, which happens after the answer: the key's lock would tell the next request
                // that this one still runs.
                transaction.rollback().await?;
                return Ok(Err(known?));
            }
        }
        let organisation = actor.map(|actor| actor.organisation);
        Ok(Ok(Self { transaction, key, actor, organisation, now: state.clock.now() }))
    }

    fn conn(&mut self) -> &mut PgConnection {
        &mut self.transaction
    }

    async fn note(
        &mut self,
        action: &'static str,
        object_type: &'static str,
        object_id: &str,
        detail: Value,
    ) -> Result<(), AdminError> {
        let actor = self.actor.map(|actor| actor.user_id);
        let organisation = self.organisation;
        let act = audit::Act { at: self.now, actor, organisation, action, object_type, object_id, detail };
        audit::note(&mut self.transaction, ServiceRole::Admin, act).await?;
        Ok(())
    }

    /// Keeps the answer and commits.
    async fn finish<T: Serialize>(mut self, status: StatusCode, answer: T) -> Result<T, AdminError> {
        if let Some(key) = self.key {
            let body = serde_json::to_string(&answer)?;
            idempotency::keep(&mut self.transaction, ServiceRole::Admin, key, status, &body).await?;
        }
        self.transaction.commit().await?;
        Ok(answer)
    }
}

/// Something that happened to an event, about to be appended to the store.
struct Happening<'a> {
    kind: &'static str,
    /// The topic and what goes to it; nothing when it stays in the store.
    publish: Option<(Topic, OfferPublished)>,
    id: &'a EventId,
}

/// Appends to the event store and counts on the row, which the caller writes.
async fn append(
    act: &mut Act<'_>,
    state: &State,
    row: &mut drafts::DraftRow,
    happening: Happening<'_>,
) -> Result<(), AdminError> {
    row.event_count += 1;
    let (publish, data) = match happening.publish {
        Some((topic, payload)) => {
            row.bus_sequence += 1;
            (Some((topic, row.bus_sequence)), serde_json::to_value(payload)?)
        }
        None => (None, json!({"status": row.record.status, "version": row.record.version})),
    };
    let event = NewEvent {
        id: random::new_id(&state.clock),
        aggregate_type: "event",
        aggregate_id: happening.id.to_string(),
        version: row.event_count,
        kind: happening.kind,
        publish,
        data,
        at: act.now,
    };
    let why = Metadata { user_id: act.actor.map(|actor| actor.user_id), ..Metadata::default() };
    outbox::append(act.conn(), ServiceRole::Admin, &[(event, why)]).await?;
    Ok(())
}

/// The venue, when it is there and within the actor's reach.
async fn reach_venue(conn: &mut PgConnection, actor: Actor, id: &VenueId) -> Result<VenueRow, AdminError> {
    match venues::find(conn, id).await? {
        Some(row) if actor.reaches(row.organisation) => Ok(row),
        _ => Err(AdminError::NotFound("venue")),
    }
}

/// The same, for an act that is about its organisation's things from then on.
async fn act_on_venue(act: &mut Act<'_>, actor: Actor, id: &VenueId) -> Result<Venue, AdminError> {
    let row = reach_venue(act.conn(), actor, id).await?;
    act.organisation = Some(row.organisation);
    Ok(row.venue)
}

/// The hall's row, locked, when it is there and within the actor's reach. The act is about its organisation's things.
async fn lock_hall(act: &mut Act<'_>, actor: Actor, id: Uuid) -> Result<halls::HallRow, AdminError> {
    match halls::lock(act.conn(), id).await? {
        Some(row) if actor.reaches(row.organisation) => {
            act.organisation = Some(row.organisation);
            Ok(row)
        }
        _ => Err(AdminError::NotFound("hall")),
    }
}

/// The event's row, locked, when it is there and within the actor's reach. The act is about its organisation's things.
async fn lock_event(act: &mut Act<'_>, actor: Actor, id: &EventId) -> Result<drafts::DraftRow, AdminError> {
    match drafts::lock(act.conn(), id).await? {
        Some(row) if actor.reaches(row.organisation) => {
            act.organisation = Some(row.organisation);
            Ok(row)
        }
        _ => Err(AdminError::NotFound("event")),
    }
}

/// The seat categories of a draft's plan. A venue or plan that the actor cannot use is a field that is wrong.
///
/// An event's venue is of its own organisation: also an admin mixes none.
async fn reach_plan(
    conn: &mut PgConnection,
    organisation: OrganisationId,
    draft: &EventDraft,
    wrong: &mut Violations,
) -> Result<Option<Vec<String>>, AdminError> {
    let venue = venues::find(&mut *conn, &draft.venue_id).await?;
    let venue_is_good = venue.is_some_and(|row| row.organisation == organisation);
    wrong.require(venue_is_good, "venueId", "unknown", "name one of your venues");
    let Some(plan_id) = draft.plan_id else { return Ok(None) };
    match plans::find(conn, plan_id).await? {
        Some(plan) if plan.summary.venue_id == draft.venue_id && plan.organisation == organisation => {
            Ok(Some(plan.categories))
        }
        _ => {
            wrong.add("planId", "unknown", "name one of the venue's plans, or leave it out for general admission");
            Ok(None)
        }
    }
}

/// What the type itself says of its fields, beside all else that is wrong.
fn own_rules<T>(value: &T, wrong: &mut Violations)
where
    T: garde::Validate,
    T::Context: Default,
{
    if let Err(problem) = extract::check(value) {
        for error in problem.body("", "").errors {
            wrong.add(error.field, &error.code, error.message);
        }
    }
}

/// An error with all violations, if there are any.
fn none(wrong: Violations) -> Result<(), AdminError> {
    if wrong.is_empty() { Ok(()) } else { Err(AdminError::Invalid(wrong.into_errors())) }
}
