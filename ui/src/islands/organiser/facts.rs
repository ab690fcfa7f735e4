//! What is asked of the API, as far as these pages show it.

use crate::api::{self, Failure};
use chrono::{DateTime, Utc};
use onsale_core::api::events::EventStatus;
use onsale_core::api::page::Page;
use onsale_core::api::sales::{EventSales, SalesFigures};
use serde::Deserialize;

/// How many events are asked for at once; their figures come in one call.
const EVENTS: u32 = 100;
/// How many pages of venues are read for their names.
const VENUE_PAGES_MAX: u32 = 10;

/// An event as its organiser drafted it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Listed {
    pub(crate) id: String,
    pub(crate) status: EventStatus,
    pub(crate) draft: Draft,
}

/// What was drafted.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Draft {
    pub(crate) venue_id: String,
    #[serde(default)]
    pub(crate) plan_id: Option<String>,
    pub(crate) name: String,
    pub(crate) starts_at: DateTime<Utc>,
    pub(crate) sale: Sale,
}

/// When it is on sale.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Sale {
    pub(crate) on_sale_at: DateTime<Utc>,
}

/// A venue's name and clocks.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Venue {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) city: String,
    pub(crate) time_zone: String,
}

/// A page of one's events.
pub(super) async fn events(cursor: Option<&str>) -> Result<Page<Listed>, Failure> {
    let cursor = cursor.map(|cursor| format!("&cursor={cursor}")).unwrap_or_default();
    api::get_mine(&format!("/api/admin/events?limit={EVENTS}{cursor}")).await
}

/// One's event.
pub(super) async fn event(id: &str) -> Result<Listed, Failure> {
    api::get_mine(&format!("/api/admin/events/{id}")).await
}

/// A venue.
pub(super) async fn venue(id: &str) -> Result<Venue, Failure> {
    api::get_mine(&format!("/api/admin/venues/{id}")).await
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
