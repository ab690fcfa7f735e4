//! An organiser changes a draft. What was published changes for buyers when it is published again.

use super::create_event::{slug, violations};
use super::{Act, Actor, lock_event, none};
use crate::domain::{event_rules, lifecycle};
use crate::error::AdminError;
use crate::state::State;
use crate::store::drafts;
use axum::http::StatusCode;
use onsale_core::EventId;
use onsale_core::api::admin::{EventDraft, EventRecord};
use serde_json::json;

/// Puts another draft in the place of the event's; an id in it is ignored.
pub async fn change_event(
    state: &State,
    actor: Actor,
    id: &EventId,
    draft: EventDraft,
) -> Result<EventRecord, AdminError> {
    let Ok(mut act) = Act::begin(state, Some(actor), None).await? else {
        return Err(AdminError::NotFound("event"));
    };
    let mut row = lock_event(&mut act, actor, id).await?;
    if !lifecycle::is_editable(row.record.status) {
        return Err(AdminError::WrongState { status: row.record.status, attempted: "changed" });
    }
    let mut wrong = violations(act.conn(), row.organisation, &draft).await?;
    if row.record.version > 0 {
        for error in event_rules::change_violations(&row.record.draft, &draft).into_errors() {
            wrong.add(error.field, &error.code, error.message);
        }
    }
    none(wrong)?;
    row.record.slug = slug(&draft, id);
    row.record.draft = EventDraft { id: Some(id.clone()), ..draft };
    row.record.updated_at = act.now;
    drafts::update(act.conn(), &row).await?;
    act.note("event.change", "event", id.as_str(), json!({"status": row.record.status})).await?;
    act.finish(StatusCode::OK, row.record).await
}
