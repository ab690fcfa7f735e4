//! The hold that this browser remembers, so that a reload finds it again. The server says whether it still stands.

use crate::browser::local_storage;
use onsale_core::ReservationId;

fn name(event: &str) -> String {
    format!("onsale.hold.{event}")
}

/// The hold of an event, if there was one.
pub(super) fn of(event: &str) -> Option<ReservationId> {
    local_storage()?.get_item(&name(event)).ok().flatten()?.parse().ok()
}

/// Remembers it.
pub(super) fn keep(event: &str, hold: ReservationId) {
    if let Some(storage) = local_storage() {
        // Storage may be full or forbidden; then a reload forgets.
        let _kept_or_not = storage.set_item(&name(event), &hold.to_string());
    }
}

/// Forgets it.
pub(super) fn forget(event: &str) {
    if let Some(storage) = local_storage() {
        let _nothing_to_forget = storage.remove_item(&name(event));
    }
}
