//! An organiser drafts an event like another one.

use super::{Act, Actor, Outcome, create_event, lock_event, none};
use crate::domain::dates::moved;
use crate::error::AdminError;
use crate::state::State;
use crate::store::drafts;
use axum::http::StatusCode;
use onsale_core::EventId;
use onsale_core::api::admin::{CloneEvent, EventRecord};
use onsale_platform::idempotency::ScopedKey;
use serde_json::json;

/// Drafts a copy of an event, whatever became of that one. It is of no series.
pub async fn clone_event(
    state: &State,
    actor: Actor,
    id: &EventId,
    wanted: CloneEvent,
    key: Option<&ScopedKey>,
) -> Result<Outcome<EventRecord>, AdminError> {
    let mut act = match Act::begin(state, Some(actor), key).await? {
        Ok(act) => act,
        Err(stored) => return Ok(Outcome::Replayed(stored)),
    };
    let first = lock_event(&mut act, actor, id).await?;
    let mut draft = moved(&first.record.draft, wanted.starts_at.unwrap_or(first.record.draft.starts_at));
    if let Some(name) = wanted.name {
        draft.name = name;
    }
    none(create_event::violations(act.conn(), first.organisation, &draft).await?)?;
    let new_id = create_event::new_id(state)?;
    let row = create_event::new_row(&act, actor, first.organisation, new_id, draft);
    drafts::insert(act.conn(), &row).await?;
    act.note("event.clone", "event", row.record.id.as_str(), json!({"of": id})).await?;
    act.finish(StatusCode::CREATED, row.record).await.map(Outcome::Done)
}
