//! What an organiser offers: one immutable version of an event with its plan and prices.
//!
//! `event-published` names an offer by event and version; booking fetches it to build the
//! inventory, search fetches it to describe the event.

use crate::ids::{EventId, OrganisationId, UserId, VenueId};
use crate::money::{Currency, Money};
use crate::plan::SeatingPlan;
use crate::price::Price;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// One published version of an event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Offer {
    /// The event.
    pub event_id: EventId,
    /// Grows by one with each publication.
    pub version: i32,
    /// The organiser's account.
    pub organiser_id: UserId,
    /// The organisation whose event it is.
    #[serde(default)]
    pub organisation_id: OrganisationId,
    /// For addresses people can read.
    pub slug: String,
    /// The title.
    pub name: String,
    /// A few sentences.
    pub description: String,
    /// What kind of night out it is: `concert`, `theatre`, `sport`, …
    #[serde(rename = "type")]
    pub kind: String,
    /// Where.
    pub venue: Venue,
    /// When it begins.
    pub starts_at: DateTime<Utc>,
    /// The rules of the sale.
    pub sale: SaleRules,
    /// The seats, for reserved seating.
    pub plan: Option<SeatingPlan>,
    /// What can be bought and for how much.
    pub ticket_types: Vec<TicketTypeOffer>,
    /// Limits shared by several ticket types.
    #[serde(default)]
    pub quotas: Vec<Quota>,
    /// Codes that lower the price.
    #[serde(default)]
    pub promo_codes: Vec<PromoCode>,
}

/// A venue.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Venue {
    /// The venue.
    pub id: VenueId,
    /// What it is called.
    pub name: String,
    /// Its city.
    pub city: String,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// IANA name, e.g. `Europe/Madrid`.
    pub time_zone: String,
    /// Degrees north.
    pub latitude: f64,
    /// Degrees east.
    pub longitude: f64,
}

/// The rules of a sale.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SaleRules {
    /// All prices are in it.
    pub currency: Currency,
    /// When the sale opens.
    pub on_sale_at: DateTime<Utc>,
    /// When it closes; at the event's beginning when absent.
    pub off_sale_at: Option<DateTime<Utc>>,
    /// How long a hold lasts, in seconds: 60–3600, 600 when the organiser says nothing.
    #[serde(default = "hold_seconds_default")]
    pub hold_seconds: u32,
    /// The most tickets one account may hold and own, together.
    pub max_per_account: Option<u32>,
    /// Whether one may pay by bank transfer: the seats are then kept for the days that it takes.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub bank_transfers: bool,
    /// What happens to the money when tickets are cancelled.
    pub refund: RefundPolicy,
}

/// API.md, "Booking": holds last 10 minutes.
fn hold_seconds_default() -> u32 {
    600
}

/// What a buyer gets back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RefundPolicy {
    /// Until how many hours before the beginning tickets can be cancelled; never when absent.
    pub until_hours_before: Option<u32>,
    /// Whether the fees are given back too.
    pub fees_refunded: bool,
}

/// What can be bought: a ticket type in a seat category, or a general-admission ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TicketTypeOffer {
    /// A short word, unique together with `category`: `adult`, `child`, `standing`.
    pub ticket_type: String,
    /// What buyers read.
    pub name: String,
    /// The seat category it is for; absent for general admission.
    pub category: Option<String>,
    /// The all-in price.
    pub price: Price,
    /// How many there are, for general admission.
    pub capacity: Option<u32>,
    /// The quotas it also draws from.
    #[serde(default)]
    pub quotas: Vec<String>,
}

/// A limit that several ticket types share.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Quota {
    /// A short word, unique in the event.
    pub code: String,
    /// How many in all.
    pub capacity: u32,
}

/// A code that lowers the price.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PromoCode {
    /// What the buyer types; compared without regard to case.
    pub code: String,
    /// How much it takes off.
    pub discount: Discount,
    /// How many orders may use it in all.
    pub max_uses: Option<u32>,
    /// From when it is good.
    pub valid_from: Option<DateTime<Utc>>,
    /// Until when it is good.
    pub valid_until: Option<DateTime<Utc>>,
}

/// How much a promo code takes off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum Discount {
    /// Hundredths of a percent of the face value: 1000 is 10 %.
    BasisPoints(u32),
    /// An amount of the whole hold, never more than its face value.
    Amount(Money),
}
