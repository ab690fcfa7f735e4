//! After an event was published: its seats are made, then it is listed.

use super::acts_html;
use crate::api::{self, Failure, sleep};
use crate::islands::desk::page::Desk;
use crate::islands::desk::sent::Sent;
use crate::islands::dom;
use crate::language::Language;
use onsale_core::api::admin::EventRecord;
use onsale_core::api::events::EventStatus;
use std::time::Duration;
use wasm_bindgen::JsCast;

/// How often it is asked how far it is, and for how long.
const EVERY: Duration = Duration::from_secs(1);
const LOOKS_MAX: u32 = 120;

/// Waits until an event is listed, and tells how far it is; nothing when that takes too long.
pub(super) async fn listed(language: Language, record: &EventRecord) -> Result<Option<EventRecord>, Failure> {
    let mut record = record.clone();
    for _ in 0..LOOKS_MAX {
        if record.status != EventStatus::Publishing {
            return Ok(Some(record));
        }
        dom::html("progress", &acts_html::steps(language, 1));
        sleep(EVERY).await;
        record = api::get_mine(&format!("/api/admin/events/{}", record.id)).await?;
    }
    Ok(None)
}

/// The event's own form, where what is wrong with it is said.
pub(super) fn event_form(desk: Desk) -> Option<Sent> {
    Some(Sent::new(desk, dom::by_id("event-form")?.dyn_into().ok()?))
}
