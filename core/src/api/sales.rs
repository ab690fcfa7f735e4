//! What organisers see of their sales: figures of events, and the orders behind them.

use super::sales_desk::{OrderMail, OrderNote, PaymentStep};
use crate::ids::{EventId, OrderId, TicketId, UserId};
use crate::money::Money;
use crate::price::PriceLine;
use crate::status::{OrderStatus, TicketStatus};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The answer of `GET /api/admin/sales`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct SalesFigures {
    /// One item an event that is yours and was published, in the order that was asked for.
    pub items: Vec<EventSales>,
}

/// How an event sells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EventSales {
    /// The event.
    pub event_id: EventId,
    /// All places: free, held and sold.
    pub capacity: i64,
    /// Neither held nor sold.
    pub free: i64,
    /// In holds, or being paid.
    pub held: i64,
    /// Sold.
    pub sold: i64,
    /// What the sold tickets cost, fees and taxes in. It follows the sale within a moment.
    pub takings: Money,
    /// What was given back for cancelled tickets.
    pub refunded: Money,
}

/// Who bought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Buyer {
    /// The account.
    pub user_id: UserId,
    /// What the person is called; absent where accounts cannot be asked, or the account is gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Where mail reaches the person; absent as the name is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
}

/// A seat of an order, as people call it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OrderedSeat {
    /// What stands over the door.
    pub zone: String,
    /// The letter or number on the row.
    pub row: String,
    /// The number on the seat.
    pub column: String,
}

/// General-admission tickets of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OrderedTickets {
    /// What buyers read.
    pub name: String,
    /// How many.
    pub quantity: u32,
}

/// An order of an event, as its organiser sees it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SoldOrder {
    /// The order.
    pub order_id: OrderId,
    /// A number people can read aloud.
    pub order_number: String,
    /// Where it is in its life.
    pub status: OrderStatus,
    /// Who bought.
    pub buyer: Buyer,
    /// The seats that were bought, or are being paid.
    pub seats: Vec<OrderedSeat>,
    /// The general-admission tickets.
    #[serde(default)]
    pub tickets: Vec<OrderedTickets>,
    /// What it costs.
    pub total: Money,
    /// What was given back so far.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refunded: Option<Money>,
    /// Why it failed, where it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

/// The answer of `GET /api/admin/events/{eventId}/orders/{orderId}`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SoldOrderDetail {
    /// The order.
    pub order: SoldOrder,
    /// How it is paid: `CREDIT_CARD`, `WALLET`, `INVOICE`, `CASH`.
    pub payment_method: String,
    /// What the total is made of.
    pub lines: Vec<PriceLine>,
    /// The tickets that were issued; without their codes, which are the buyer's.
    pub issued: Vec<SoldTicketView>,
    /// What happened to it, first to last, 200 at most.
    pub history: Vec<OrderStep>,
    /// What happened to its money, first to last.
    #[serde(default)]
    pub payments: Vec<PaymentStep>,
    /// The mails about it, first to last.
    #[serde(default)]
    pub mails: Vec<OrderMail>,
    /// What staff wrote beside it, first to last, 100 at most.
    #[serde(default)]
    pub notes: Vec<OrderNote>,
    /// What could not be asked just now: `payments`, `mails`.
    #[serde(default)]
    pub missing: Vec<String>,
}

/// A ticket that was issued.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SoldTicketView {
    /// The ticket.
    pub ticket_id: TicketId,
    /// Its seat; absent for general admission.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seat: Option<OrderedSeat>,
    /// What the ticket type is called.
    pub name: String,
    /// What it cost, all-in.
    pub price: Money,
    /// Whether it is good at the door.
    pub status: TicketStatus,
}

/// Something that happened to an order.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OrderStep {
    /// When.
    pub at: DateTime<Utc>,
    /// What: `reservation-created`, `payment-begun`, `ticket-confirmed`, `order-refunded`, ….
    #[serde(rename = "type")]
    pub kind: String,
    /// Where the order stood afterwards, where it says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<OrderStatus>,
    /// What was given back in all by then, where it says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refunded: Option<Money>,
    /// Why it failed, where it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
    /// How many tickets it was about, where it was about tickets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tickets: Option<usize>,
}
