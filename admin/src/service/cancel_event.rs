//! An organiser calls an event off.

use super::{Act, Actor, Happening, Outcome, append, lock_event};
use crate::error::AdminError;
use crate::state::State;
use crate::store::{drafts, offers};
use axum::http::StatusCode;
use onsale_core::EventId;
use onsale_core::api::admin::EventRecord;
use onsale_core::api::events::EventStatus;
use onsale_core::events::{OfferPublished, Topic};
use onsale_platform::idempotency::ScopedKey;
use serde_json::json;

/// Cancels an event. One that was never published is told to nobody.
pub async fn cancel_event(
    state: &State,
    actor: Actor,
    id: &EventId,
    key: Option<&ScopedKey>,
) -> Result<Outcome<EventRecord>, AdminError> {
    let mut act = match Act::begin(state, Some(actor), key).await? {
        Ok(act) => act,
        Err(stored) => return Ok(Outcome::Replayed(stored)),
    };
    let mut row = lock_event(&mut act, actor, id).await?;
    let before = row.record.status;
    if before == EventStatus::Cancelled {
        return Err(AdminError::WrongState { status: before, attempted: "cancelled" });
    }
    row.record.status = EventStatus::Cancelled;
    row.record.updated_at = act.now;
    let version = row.record.version;
    let publish = offers::digest(act.conn(), id, version)
        .await?
        .map(|digest| (Topic::EventCancelled, OfferPublished { event_id: id.clone(), version, digest }));
    let happening = Happening { kind: Topic::EventCancelled.as_str(), publish, id };
    append(&mut act, state, &mut row, happening).await?;
    drafts::update(act.conn(), &row).await?;
    act.note("event.cancel", "event", id.as_str(), json!({"before": before})).await?;
    act.finish(StatusCode::OK, row.record).await.map(Outcome::Done)
}
