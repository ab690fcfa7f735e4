//! What is asked of the API, as far as these pages show it.

use crate::api::{self, Failure};
use chrono::{DateTime, Utc};
use onsale_core::api::events::EventStatus;
use serde::Deserialize;

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

/// One's event.
pub(super) async fn event(id: &str) -> Result<Listed, Failure> {
    api::get_mine(&format!("/api/admin/events/{id}")).await
}

/// A venue.
pub(super) async fn venue(id: &str) -> Result<Venue, Failure> {
    api::get_mine(&format!("/api/admin/venues/{id}")).await
}
