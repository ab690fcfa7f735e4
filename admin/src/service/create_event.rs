//! An organiser drafts an event.

use super::{Act, Actor, Outcome, none, own_rules, reach_plan};
use crate::domain::{Violations, event_rules};
use crate::error::AdminError;
use crate::state::State;
use crate::store::drafts::{self, DraftRow};
use crate::store::venues;
use axum::http::StatusCode;
use onsale_core::api::admin::{EventDraft, EventRecord};
use onsale_core::api::events::EventStatus;
use onsale_core::{EventId, OrganisationId, text};
use onsale_platform::idempotency::ScopedKey;
use onsale_platform::random;
use serde_json::json;
use sqlx::PgConnection;
use uuid::Uuid;

/// Drafts an event of the venue's organisation.
pub async fn create_event(
    state: &State,
    actor: Actor,
    draft: EventDraft,
    key: Option<&ScopedKey>,
) -> Result<Outcome<EventRecord>, AdminError> {
    let mut act = match Act::begin(state, Some(actor), key).await? {
        Ok(act) => act,
        Err(stored) => return Ok(Outcome::Replayed(stored)),
    };
    let organisation = organisation_of(act.conn(), actor, &draft).await?;
    act.organisation = Some(organisation);
    none(violations(act.conn(), organisation, &draft).await?)?;
    let id = match draft.id.clone() {
        Some(id) => id,
        None => new_id(state)?,
    };
    let row = new_row(&act, actor, organisation, id, draft);
    drafts::insert(act.conn(), &row).await?;
    let detail = json!({"name": row.record.draft.name});
    act.note("event.create", "event", row.record.id.as_str(), detail).await?;
    act.finish(StatusCode::CREATED, row.record).await.map(Outcome::Done)
}

/// An id that no event has.
pub(super) fn new_id(state: &State) -> Result<EventId, AdminError> {
    EventId::new(random::new_id::<Uuid>(&state.clock).to_string()).map_err(|_| AdminError::NotFound("event"))
}

/// A draft's row before anything happened to it.
pub(super) fn new_row(
    act: &Act<'_>,
    actor: Actor,
    organisation: OrganisationId,
    id: EventId,
    draft: EventDraft,
) -> DraftRow {
    let record = EventRecord {
        slug: slug(&draft, &id),
        series_id: None,
        draft: EventDraft { id: Some(id.clone()), ..draft },
        id,
        status: EventStatus::Draft,
        version: 0,
        created_at: act.now,
        updated_at: act.now,
    };
    DraftRow { owner_id: actor.user_id(), organisation, record, event_count: 0, bus_sequence: 0 }
}

/// Whose the event will be: its venue's organisation, where the actor reaches that.
async fn organisation_of(
    conn: &mut PgConnection,
    actor: Actor,
    draft: &EventDraft,
) -> Result<OrganisationId, AdminError> {
    let venue = venues::find(conn, &draft.venue_id).await?.map(|row| row.organisation);
    Ok(venue.filter(|organisation| actor.reaches(*organisation)).unwrap_or(actor.organisation()))
}

/// All that is wrong with a draft of an organisation's event, its venue and plan included.
pub(super) async fn violations(
    conn: &mut PgConnection,
    organisation: OrganisationId,
    draft: &EventDraft,
) -> Result<Violations, AdminError> {
    let mut wrong = Violations::new();
    own_rules(draft, &mut wrong);
    let categories = reach_plan(conn, organisation, draft, &mut wrong).await?;
    for error in event_rules::violations(draft, categories.as_deref()).into_errors() {
        wrong.add(error.field, &error.code, error.message);
    }
    Ok(wrong)
}

pub(super) fn slug(draft: &EventDraft, id: &EventId) -> String {
    text::slug(&draft.name).or_else(|| text::slug(id.as_str())).unwrap_or_else(|| "event".to_owned())
}
