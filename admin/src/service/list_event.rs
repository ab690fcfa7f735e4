//! booking has an event's inventory: the event is listed.

use super::{Act, Happening, append};
use crate::domain::lifecycle;
use crate::error::AdminError;
use crate::state::State;
use crate::store::drafts;
use axum::http::StatusCode;
use onsale_core::api::events::EventStatus;
use onsale_core::events::InventoryReady;
use onsale_platform::inbox::Delivery;
use serde_json::json;

/// Marks an event as published when the inventory of the version that is waited for is ready.
pub(crate) async fn list_event(state: &State, delivery: &Delivery, ready: &InventoryReady) -> Result<(), AdminError> {
    let Ok(mut act) = Act::begin(state, None, None).await? else { return Ok(()) };
    if !delivery.is_first(act.conn()).await? {
        return Ok(());
    }
    let waiting = drafts::lock(act.conn(), &ready.event_id)
        .await?
        .filter(|row| lifecycle::is_listed_by(row.record.status, row.record.version, ready.version));
    if let Some(mut row) = waiting {
        act.organisation = Some(row.organisation);
        row.record.status = EventStatus::Published;
        row.record.updated_at = act.now;
        let happening = Happening { kind: "event-listed", publish: None, id: &ready.event_id };
        append(&mut act, state, &mut row, happening).await?;
        drafts::update(act.conn(), &row).await?;
        let detail = json!({"version": ready.version, "capacity": ready.capacity});
        act.note("event.list", "event", ready.event_id.as_str(), detail).await?;
    }
    act.finish(StatusCode::OK, ()).await
}
