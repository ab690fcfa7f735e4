//! What organisers send: venues, plans, events, prices.

use super::events::EventStatus;
use super::offer::{PromoCode, Quota, SaleRules, TicketTypeOffer};
use crate::charges::Charges;
use crate::ids::{EventId, SeriesId, VenueId};
use crate::plan::{Area, SeatingPlan};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// `POST /api/admin/venues`, `PUT /api/admin/venues/{id}`.
#[derive(Debug, Clone, Serialize, Deserialize, garde::Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct VenueDraft {
    /// An id of one's own; made when absent.
    #[garde(skip)]
    pub id: Option<VenueId>,
    /// What it is called.
    #[garde(length(chars, min = 1, max = 200))]
    pub name: String,
    /// Its city.
    #[garde(length(chars, min = 1, max = 100))]
    pub city: String,
    /// ISO 3166-1 alpha-2.
    #[garde(length(chars, min = 2, max = 2), ascii)]
    pub country: String,
    /// IANA name, e.g. `Europe/Madrid`.
    #[garde(length(min = 1, max = 64), ascii)]
    pub time_zone: String,
    /// Degrees north.
    #[garde(range(min = -90.0, max = 90.0))]
    pub latitude: f64,
    /// Degrees east.
    #[garde(range(min = -180.0, max = 180.0))]
    pub longitude: f64,
}

/// A plan of a venue, in one of its versions.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PlanRecord {
    /// This version of the plan.
    pub plan_id: Uuid,
    /// The venue.
    pub venue_id: VenueId,
    /// Seats in all.
    pub seat_count: usize,
    /// SHA-256 of the plan, in hex.
    pub digest: String,
    /// The plan.
    pub plan: SeatingPlan,
}

/// A plan without its seats: the answer of `POST /api/admin/venues/{venueId}/plans`, and in lists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PlanSummary {
    /// This version of the plan.
    pub plan_id: Uuid,
    /// The venue.
    pub venue_id: VenueId,
    /// What the organiser calls it.
    pub name: String,
    /// Seats in all.
    pub seat_count: usize,
    /// SHA-256 of the plan, in hex.
    pub digest: String,
    /// The price categories of its seats, in the plan's order.
    #[serde(default)]
    pub categories: Vec<String>,
}

/// A plan described rather than drawn: blocks of rows of seats, one behind the other.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PlanGenerator {
    /// What the organiser calls it.
    #[serde(default)]
    pub name: Option<String>,
    /// The blocks, from the stage backwards.
    pub zones: Vec<ZoneGenerator>,
    /// Standing areas.
    #[serde(default)]
    pub areas: Vec<Area>,
}

/// A block of rows of seats.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ZoneGenerator {
    /// A small integer, unique in the plan.
    pub zone_id: u16,
    /// What stands over the door.
    pub name: String,
    /// The price category of its seats.
    pub category: String,
    /// How many rows: A to Z, then AA, AB, …
    pub rows: u32,
    /// How many seats each row has, numbered from 1.
    pub seats_per_row: u32,
    /// What seat ids begin with, e.g. `VIP-` for `VIP-A1`; the zone's id and a hyphen when absent.
    #[serde(default)]
    pub seat_id_prefix: Option<String>,
    /// The angle that each row spans around the stage, in degrees: 0 (straight, the default) to 300. Rows far back span
    /// less, so that their seats stay together.
    #[serde(default)]
    pub curve_degrees: f32,
    /// Aisles lie after these columns.
    #[serde(default)]
    pub aisles_after: Vec<u32>,
    /// So many seats at each end of the last row are reachable without a step.
    #[serde(default)]
    pub accessible_at_ends: u32,
}

/// `POST /api/admin/events`, `PUT /api/admin/events/{id}`.
#[derive(Debug, Clone, Serialize, Deserialize, garde::Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EventDraft {
    /// An id of one's own; made when absent.
    #[garde(skip)]
    pub id: Option<EventId>,
    /// Where.
    #[garde(skip)]
    pub venue_id: VenueId,
    /// The plan; absent for general admission.
    #[garde(skip)]
    pub plan_id: Option<Uuid>,
    /// The title.
    #[garde(length(chars, min = 1, max = 200))]
    pub name: String,
    /// A few sentences.
    #[garde(length(chars, max = 10_000))]
    pub description: String,
    /// What kind of night out it is.
    #[serde(rename = "type")]
    #[garde(length(chars, min = 1, max = 50))]
    pub kind: String,
    /// When it begins.
    #[garde(skip)]
    pub starts_at: DateTime<Utc>,
    /// The rules of the sale.
    #[garde(skip)]
    pub sale: SaleRules,
    /// What can be bought and for how much.
    #[garde(length(max = 200))]
    pub ticket_types: Vec<TicketTypeOffer>,
    /// Limits shared by several ticket types.
    #[serde(default)]
    #[garde(length(max = 100))]
    pub quotas: Vec<Quota>,
    /// Codes that lower the price.
    #[serde(default)]
    #[garde(length(max = 1000))]
    pub promo_codes: Vec<PromoCode>,
    /// How prices are made from face values, where all of them are made alike; every price is then as it says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[garde(skip)]
    pub charges: Option<Charges>,
}

/// An event as its organiser sees it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EventRecord {
    /// The event.
    pub id: EventId,
    /// Where it is in its life.
    pub status: EventStatus,
    /// The version last published; 0 before the first.
    pub version: i32,
    /// For addresses people can read.
    pub slug: String,
    /// The series that it is a date of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub series_id: Option<SeriesId>,
    /// What was drafted.
    pub draft: EventDraft,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

/// `POST /api/admin/events/{id}/clone`.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CloneEvent {
    /// When the copy begins; as the first one does, when absent. The end of its sale moves along.
    pub starts_at: Option<DateTime<Utc>>,
    /// What the copy is called; as the first one, when absent.
    pub name: Option<String>,
}

/// `POST /api/admin/events/{id}/series`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NewDates {
    /// When the event takes place besides: a draft each, 1–100.
    pub starts_at: Vec<DateTime<Utc>>,
}

/// The dates of a series, the first one first.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Series {
    /// Its events.
    pub items: Vec<EventRecord>,
}

/// The answer of `PUT /api/admin/events/{id}/series`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SeriesChanged {
    /// The dates that were changed. Those that were published are to be published again.
    pub changed: Vec<EventId>,
    /// Those that were left as they are: on sale already, being published, or called off.
    pub left: Vec<EventId>,
}
