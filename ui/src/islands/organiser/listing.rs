//! What lists of events and their figures ask of the API.

use super::Reader;
use super::facts::{Listed, Venue};
use crate::api::{self, Failure};
use crate::islands::dom;
use onsale_core::api::page::Page;
use onsale_core::api::sales::{EventSales, SalesFigures};

/// How many events are asked for at once; their figures come in one call.
const EVENTS: u32 = 100;
/// How many pages of venues are read for their names.
const VENUE_PAGES_MAX: u32 = 10;

/// A page of one's events.
pub(super) async fn events(cursor: Option<&str>) -> Result<Page<Listed>, Failure> {
    let cursor = cursor.map(|cursor| format!("&cursor={cursor}")).unwrap_or_default();
    api::get_mine(&format!("/api/admin/events?limit={EVENTS}{cursor}")).await
}

/// One's venues; those beyond some pages stay without a name.
pub(super) async fn venues() -> Result<Vec<Venue>, Failure> {
    let mut all = Vec::new();
    let mut cursor = String::new();
    for _ in 0..VENUE_PAGES_MAX {
        let page: Page<Venue> = api::get_mine(&format!("/api/admin/venues?limit=100{cursor}")).await?;
        all.extend(page.items);
        match page.next_cursor {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    Ok(all)
}

/// The figures of events, in one call; nothing of those that were never published.
pub(super) async fn figures<'a>(events: impl Iterator<Item = &'a str>) -> Result<Vec<EventSales>, Failure> {
    let events: Vec<&str> = events.collect();
    if events.is_empty() {
        return Ok(Vec::new());
    }
    let found: SalesFigures = api::get_mine(&format!("/api/admin/sales?events={}", events.join(","))).await?;
    Ok(found.items)
}

/// Says whether what is shown is up to date.
pub(super) fn tell_age(reader: Reader, is_fresh: bool) {
    let Some(place) = dom::by_id("fresh") else { return };
    dom::attribute(&place, "class", Some(if is_fresh { "fresh small" } else { "fresh old small" }));
    dom::text("fresh", if is_fresh { reader.language.live_word() } else { reader.language.not_live() });
}
