//! Events as buyers find and see them.

use super::offer::{Offer, SaleRules, Venue};
use crate::ids::{EventId, SeatId, VenueId};
use crate::money::{Currency, Money};
use crate::plan::{Area, Point};
use crate::price::Price;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// An event in a list, on a card, or on its page.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EventSummary {
    /// The event.
    pub id: EventId,
    /// For addresses people can read.
    pub slug: String,
    /// The title.
    pub name: String,
    /// A few sentences.
    pub description: String,
    /// What kind of night out it is.
    #[serde(rename = "type")]
    pub kind: String,
    /// Where.
    pub venue: VenueSummary,
    /// When it begins.
    pub starts_at: DateTime<Utc>,
    /// When the sale opens.
    pub on_sale_at: DateTime<Utc>,
    /// Where the event is in its life.
    pub status: EventStatus,
    /// From the cheapest to the dearest ticket, all-in.
    pub price_range: PriceRange,
    /// How much is left, a few seconds old.
    pub availability: Availability,
    /// Where the search words were found, with `<mark>` around them; only in search answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub highlight: Option<String>,
}

/// The answer of `GET /api/events/{id}`: what a buyer has to know before choosing.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EventDetail {
    /// What lists show of it.
    #[serde(flatten)]
    pub summary: EventSummary,
    /// The version of the offer; the plan is immutable under it.
    pub version: i32,
    /// Whether there are seats to choose on a plan.
    pub reserved_seating: bool,
    /// Where the venue is.
    pub location: Location,
    /// The rules of the sale, with the refund policy.
    pub sale: SaleRules,
    /// What can be bought and for how much.
    pub ticket_types: Vec<TicketTypeSummary>,
}

/// A place on the map.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Location {
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// Degrees north.
    pub latitude: f64,
    /// Degrees east.
    pub longitude: f64,
}

/// A ticket type as buyers see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TicketTypeSummary {
    /// A short word: `adult`, `child`, `standing`.
    pub ticket_type: String,
    /// What buyers read.
    pub name: String,
    /// The seat category it is for; absent for general admission.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// The all-in price.
    pub price: Price,
}

/// A venue, in short.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct VenueSummary {
    /// The venue.
    pub id: VenueId,
    /// What it is called.
    pub name: String,
    /// Its city.
    pub city: String,
    /// IANA name of the time zone there.
    pub time_zone: String,
}

impl From<&Venue> for VenueSummary {
    fn from(venue: &Venue) -> Self {
        Self {
            id: venue.id.clone(),
            name: venue.name.clone(),
            city: venue.city.clone(),
            time_zone: venue.time_zone.clone(),
        }
    }
}

/// Where an event is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub enum EventStatus {
    /// Being prepared; only its organiser sees it.
    #[serde(rename = "DRAFT")]
    Draft,
    /// Published, its inventory is being built.
    #[serde(rename = "PUBLISHING")]
    Publishing,
    /// In lists, and on sale within its sale window.
    #[serde(rename = "PUBLISHED")]
    Published,
    /// Called off.
    #[serde(rename = "CANCELLED")]
    Cancelled,
}

impl EventStatus {
    /// The name on the wire and in the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "DRAFT",
            Self::Publishing => "PUBLISHING",
            Self::Published => "PUBLISHED",
            Self::Cancelled => "CANCELLED",
        }
    }

    /// The state of that name, if there is one.
    #[must_use]
    pub fn from_name(text: &str) -> Option<Self> {
        [Self::Draft, Self::Publishing, Self::Published, Self::Cancelled].into_iter().find(|s| s.as_str() == text)
    }
}

/// From the cheapest to the dearest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PriceRange {
    /// The cheapest ticket.
    pub min: Money,
    /// The dearest ticket.
    pub max: Money,
}

impl PriceRange {
    /// The range over all that an offer sells; nothing when it sells nothing.
    #[must_use]
    pub fn of(offer: &Offer) -> Option<Self> {
        let totals = offer.ticket_types.iter().map(|kind| kind.price.total);
        Some(Self { min: totals.clone().min()?, max: totals.max()? })
    }
}

/// How much is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Availability {
    /// All places.
    pub capacity: i64,
    /// Neither held nor sold.
    pub available: i64,
    /// Nothing is free and nothing is held that could come back.
    pub sold_out: bool,
}

/// What `GET /api/search/events` is asked for.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct SearchQuery {
    /// Words; typos are forgiven.
    pub query: Option<String>,
    /// A city.
    pub city: Option<String>,
    /// A kind of event.
    pub category: Option<String>,
    /// From this time.
    pub from: Option<DateTime<Utc>>,
    /// Until this time.
    pub to: Option<DateTime<Utc>>,
    /// The least a ticket may cost, in major units.
    pub min_price: Option<String>,
    /// The most the cheapest ticket may cost, in major units.
    pub max_price: Option<String>,
    /// `lat,lon` in degrees.
    pub near: Option<String>,
    /// How far from `near`, in kilometres; 50 when absent.
    pub radius_km: Option<f64>,
    /// Only what has tickets left.
    pub available: Option<bool>,
    /// `relevance` (the default with words), `date` (the default without) or `price`.
    pub sort: Option<String>,
    /// How many, 1–100; 20 when absent.
    pub limit: Option<u32>,
    /// The `nextCursor` of the page before.
    pub cursor: Option<String>,
}

/// The answer of `GET /api/search/events`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SearchResult {
    /// The events of this page.
    pub items: Vec<EventSummary>,
    /// How many there are in all.
    pub total: i64,
    /// How many of them in each city and of each kind.
    pub facets: Facets,
    /// The search engine is away and the plain search answered.
    pub degraded: bool,
    /// Where the next page starts; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

/// Counts by value.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
pub struct Facets {
    /// By city.
    pub city: Vec<FacetCount>,
    /// By kind of event.
    pub category: Vec<FacetCount>,
}

/// One value and how many events have it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct FacetCount {
    /// The value.
    pub value: String,
    /// How many events have it.
    pub count: i64,
}

/// The answer of `GET /api/search/suggest`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Suggestions {
    /// Completions, best first.
    pub items: Vec<Suggestion>,
}

/// A completion.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Suggestion {
    /// What to show and search for.
    pub text: String,
    /// `event`, `venue` or `city`.
    pub kind: String,
    /// The event, where it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<EventId>,
}

/// The answer of `GET /api/events/{id}/plan`: immutable under its version.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PlanView {
    /// The event.
    pub event_id: EventId,
    /// The plan's version.
    pub version: i32,
    /// What the organiser calls it.
    pub name: String,
    /// All prices are in it.
    pub currency: Currency,
    /// Width of the drawing.
    pub width: f32,
    /// Height of the drawing.
    pub height: f32,
    /// Best seats are nearest to it.
    pub focal_point: Point,
    /// The zones, in the plan's order.
    pub zones: Vec<ZoneView>,
    /// Standing areas.
    pub areas: Vec<Area>,
    /// What each category costs, by ticket type; the first of a category is its default.
    pub prices: Vec<CategoryPrice>,
}

/// A zone of the plan.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ZoneView {
    /// A small integer, unique in the event.
    pub zone_id: u16,
    /// What stands over the door.
    pub name: String,
    /// How many rows.
    pub row_count: usize,
    /// How many seats the longest row has.
    pub col_count: usize,
    /// The rows, from the front.
    pub rows: Vec<RowView>,
}

/// A row of the plan.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct RowView {
    /// The letter or number on the row.
    pub label: String,
    /// The seats, side by side.
    pub seats: Vec<SeatView>,
}

/// A seat of the plan.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SeatView {
    /// Unique in the event.
    pub seat_id: SeatId,
    /// The number on the seat.
    pub column: String,
    /// Where it stands.
    pub position: Point,
    /// Its price category.
    pub category: String,
    /// What it costs with the category's default ticket type.
    pub price: Price,
    /// Reachable without a step.
    pub accessible: bool,
    /// For whoever accompanies somebody in the seat beside it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub companion: bool,
    /// The view is restricted.
    pub restricted_view: bool,
}

/// What a category costs with a ticket type.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CategoryPrice {
    /// The seat category.
    pub category: String,
    /// The ticket type.
    pub ticket_type: String,
    /// What buyers read.
    pub name: String,
    /// The all-in price.
    pub price: Price,
}

/// The answer of `GET /api/events/{id}/seats`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SeatStates {
    /// Grows with each change; the same number is in the ETag and in the live stream.
    pub version: i64,
    /// The plan version whose order `states` follows.
    pub plan_version: i32,
    /// One digit a seat in the plan's order: 0 free, 1 held, 2 sold, 3 blocked.
    pub states: String,
    /// How many are free.
    pub free: i64,
    /// How many are held.
    pub held: i64,
    /// How many are sold.
    pub sold: i64,
}

/// A change of seats in the live stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SeatDelta {
    /// The state before the change.
    pub from: i64,
    /// The state after it.
    pub version: i64,
    /// Pairs of a seat's place in the plan's order and its new state's digit.
    pub changes: Vec<(u32, u8)>,
}

/// General-admission tickets of one type.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TicketTypeView {
    /// The ticket type.
    #[serde(rename = "type")]
    pub kind: String,
    /// What buyers read.
    pub name: String,
    /// The all-in price.
    pub price: Price,
    /// How many there are in all.
    pub total: i64,
    /// How many can be had now.
    pub available: i64,
    /// How many are held.
    pub reserved: i64,
    /// How many are sold.
    pub sold: i64,
    /// Grows with each change.
    pub version: i64,
}

/// The answer of `GET /api/events/{id}/ticket-types`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct TicketTypes {
    /// One item a type.
    pub items: Vec<TicketTypeView>,
}
