//! `/api/v1`: the counter's sale and the ticket queries. Prices here are plain JSON numbers.

use super::booking::PaymentMethod;
use crate::ids::{EventId, OrderId, TicketId, UserId, VenueId};
use crate::money::Money;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// `POST /api/v1/tickets`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SellTicket {
    /// Who the ticket is for.
    pub user_id: UserId,
    /// The venue.
    pub venue_id: VenueId,
    /// The event.
    pub event_id: EventId,
    /// The zone.
    pub zone_id: u16,
    /// The row's label.
    #[serde(alias = "row")]
    pub row_label: String,
    /// The number on the seat.
    #[serde(alias = "column")]
    pub col_label: String,
    /// `CASH`, which it is when absent, or `INVOICE`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment_method: Option<PaymentMethod>,
}

/// `POST /api/admin/orders/{orderId}/settle`: an invoice that was paid.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SettledOrder {
    /// The order.
    pub order_id: OrderId,
    /// Its number.
    pub order_number: String,
    /// What was paid: the order's price, less what was given back.
    pub amount: Money,
    /// When it was first noted.
    pub settled_at: DateTime<Utc>,
}

/// A ticket as the counter sees it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BoxOfficeTicket {
    /// The ticket.
    pub ticket_id: TicketId,
    /// `CONFIRMED` in the sale's own answer; `SOLD`, or `CANCELLED`, in queries.
    pub status: String,
    /// Who it is for.
    pub user_id: UserId,
    /// The venue.
    pub venue_id: VenueId,
    /// The event.
    pub event_id: EventId,
    /// The zone; absent, as the labels are, for general admission.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone_id: Option<u16>,
    /// The row's label.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row_label: Option<String>,
    /// The number on the seat.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub col_label: Option<String>,
    /// The same as `rowLabel`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row: Option<String>,
    /// The same as `colLabel`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// In major units.
    pub price: f64,
    /// When it was sold.
    pub created_on: DateTime<Utc>,
}

/// `GET /api/v1/tickets/count/{eventId}`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SoldCount {
    /// The event.
    pub event_id: EventId,
    /// How many tickets are sold.
    pub sold_count: i64,
    /// By zone, those with a ticket sold; general admission is in none.
    pub zones: Vec<ZoneSoldCount>,
}

/// How many are sold in a zone.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ZoneSoldCount {
    /// The zone.
    pub zone_id: u16,
    /// How many tickets are sold.
    pub sold_count: i64,
}

/// `GET /api/v1/tickets/revenue/{venueId}/{eventId}`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Revenue {
    /// The venue.
    pub venue_id: VenueId,
    /// The event.
    pub event_id: EventId,
    /// In major units.
    pub total_revenue: f64,
}

/// `GET /api/v1/tickets/money/{venueId}/{eventId}`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AveragePrice {
    /// The event.
    pub event_id: EventId,
    /// The average of what was sold, in major units.
    pub ticket_price: f64,
}

/// `GET /api/v1/health`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct BoxOfficeHealth {
    /// `UP`.
    pub status: String,
    /// The calls of this page.
    pub endpoints: Vec<String>,
}
