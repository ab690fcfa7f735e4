//! What whoever sells an event sees and does beside its figures: where it sells, what became of an order, refunds,
//! notes, seats that are kept back, sales at the counter, who comes, and what the books say.

use super::booking::{PaymentMethod, SeatChoice, TicketChoice};
use crate::ids::{EventId, OrderId, SeatId, TicketId, UserId};
use crate::money::Money;
use crate::status::TicketStatus;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// `GET /api/admin/events/{eventId}/sales`: where and how fast an event sells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EventSalesDetail {
    /// The event.
    pub event_id: EventId,
    /// One item a seat category, then one a general-admission ticket type.
    pub categories: Vec<CategorySales>,
    /// Tickets by the minute of the last hour, those with a ticket, first to last.
    pub minutes: Vec<MinuteSales>,
    /// When it was counted, by the server's clock.
    pub at: DateTime<Utc>,
}

/// How one category sells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CategorySales {
    /// The seat category, or the general-admission ticket type.
    pub category: String,
    /// What people read.
    pub name: String,
    /// Whether its places are seats.
    pub seated: bool,
    /// Neither held, sold nor kept back.
    pub free: i64,
    /// In holds, or being paid.
    pub held: i64,
    /// Sold.
    pub sold: i64,
    /// Kept back: not for sale until they are released.
    pub blocked: i64,
    /// What its sold tickets cost, fees and taxes in. It follows the sale within a moment.
    pub takings: Money,
}

/// How many tickets were sold in a minute.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MinuteSales {
    /// The minute's beginning.
    pub at: DateTime<Utc>,
    /// Tickets of orders that were made in it and are good.
    pub tickets: i64,
}

/// By what rule money goes back.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RefundTerms {
    /// As the event's policy says, which may keep fees, or all.
    #[default]
    Policy,
    /// All that was paid, whatever the policy says; for organisers.
    Whole,
}

/// `POST /api/admin/events/{eventId}/orders/{orderId}/refund`.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
pub struct RefundRequest {
    /// Only these tickets; all that are good when absent.
    #[serde(default)]
    pub tickets: Option<Vec<TicketId>>,
    /// By what rule.
    #[serde(default)]
    pub terms: RefundTerms,
}

/// `POST /api/admin/events/{eventId}/orders/{orderId}/notes`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct NewNote {
    /// 1–1,000 characters.
    pub text: String,
}

/// What staff wrote beside an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OrderNote {
    /// When.
    pub at: DateTime<Utc>,
    /// Who.
    pub author_id: UserId,
    /// What the person is called; absent where accounts cannot be asked, or the account is gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<String>,
    /// What.
    pub text: String,
}

/// A mail about an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OrderMail {
    /// When it was written.
    pub at: DateTime<Utc>,
    /// Which: `order_confirmed`, `order_cancelled`, `payment_refunded`, ….
    pub template: String,
    /// `pending`, `sent`, `failed`, or `kept` where there is no mail server.
    pub status: String,
    /// Where it went.
    pub recipient: String,
    /// When a mail server took it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent_at: Option<DateTime<Utc>>,
}

/// notification: `GET /internal/orders/{orderId}/mails`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct OrderMails {
    /// First to last, 100 at most.
    pub items: Vec<OrderMail>,
}

/// Something that happened to an order's money.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PaymentStep {
    /// When.
    pub at: DateTime<Utc>,
    /// What: `payment-initiated`, `payment-completed`, `payment-failed`, `payment-refunded`, ….
    #[serde(rename = "type")]
    pub kind: String,
    /// How much it moved, where it says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Money>,
    /// Why it failed, where it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// payment: `GET /internal/orders/{orderId}/history`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct PaymentSteps {
    /// First to last, 200 at most.
    pub items: Vec<PaymentStep>,
}

/// `POST /api/admin/events/{eventId}/seats/block` and `…/seats/release`: all or nothing.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct NamedSeats {
    /// 1–1,000 seats. One that is named twice counts once.
    pub seats: Vec<SeatId>,
}

/// How many seats were kept back or released; those that were so before are not counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ChangedSeats {
    /// How many.
    pub changed: usize,
}

/// `POST /api/admin/events/{eventId}/counter-sales`: seats, tickets or both in one order.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CounterSale {
    /// These seats.
    #[serde(default)]
    pub seats: Vec<SeatChoice>,
    /// General-admission tickets.
    #[serde(default)]
    pub tickets: Vec<TicketChoice>,
    /// `CASH`, which it is when absent, or `INVOICE`.
    #[serde(default)]
    pub payment_method: Option<PaymentMethod>,
    /// The account whose tickets they are; your own when absent, to be handed over in print.
    #[serde(default)]
    pub buyer_email: Option<String>,
}

/// A good ticket and whose it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Attendee {
    /// The ticket.
    pub ticket_id: TicketId,
    /// Its order.
    pub order_id: OrderId,
    /// The order's number.
    pub order_number: String,
    /// What stands over the door; absent for general admission, as row, seat and category are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// The row's label.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row: Option<String>,
    /// The number on the seat.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seat: Option<String>,
    /// The seat's category.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// What the ticket type is called.
    pub ticket_type: String,
    /// What it cost, all-in.
    pub price: Money,
    /// `VALID`, or `USED` once somebody came in with it.
    pub status: TicketStatus,
    /// Whose it is; absent where accounts cannot be asked, or the account is gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Where mail reaches the person; absent as the name is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// When it was bought.
    pub bought_at: DateTime<Utc>,
}

/// `GET /api/admin/events/{eventId}/settlement`: what an event took, as the payment ledger has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Settlement {
    /// The event.
    pub event_id: EventId,
    /// How many orders it looked at.
    pub orders: u64,
    /// How many of them are being paid or given back at this moment: their money may be missing or too much here.
    pub open_orders: u64,
    /// Face value of what was sold, less what was given back.
    pub face: Money,
    /// Fees that stay.
    pub fees: Money,
    /// Taxes that stay.
    pub taxes: Money,
    /// Discounts that were given: not below zero.
    pub discounts: Money,
    /// What all of it comes to: face value, fees and taxes less discounts.
    pub total: Money,
    /// Taken by the provider.
    pub by_provider: Money,
    /// Taken in cash, or for an invoice that was paid.
    pub in_cash: Money,
    /// Still owed by invoice.
    pub owed: Money,
    /// Given back: not below zero.
    pub given_back: Money,
    /// The same total by the orders' own amounts, less what they gave back.
    pub by_orders: Money,
    /// Whether ledger and orders agree to the cent. While orders are open they may not.
    pub agrees: bool,
    /// When it was added up.
    pub at: DateTime<Utc>,
}

/// payment: `POST /internal/ledger/orders`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct LedgerAsked {
    /// 1,000 at most.
    pub orders: Vec<OrderId>,
}

/// payment: what the ledger has of some orders together, in minor units, as posted: what was sold is below zero.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LedgerSums {
    /// Face value.
    pub face: i64,
    /// Fees.
    pub fee: i64,
    /// Taxes.
    pub tax: i64,
    /// Discounts.
    pub discount: i64,
    /// Taken by the provider.
    pub captured: i64,
    /// Given back.
    pub refunded: i64,
    /// Owed by invoice.
    pub receivable: i64,
    /// In cash.
    pub cash: i64,
}

impl LedgerSums {
    /// The money: what was taken and is owed, less what was given back.
    #[must_use]
    pub fn money(&self) -> i64 {
        self.captured + self.refunded + self.receivable + self.cash
    }

    /// Both together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            face: self.face + other.face,
            fee: self.fee + other.fee,
            tax: self.tax + other.tax,
            discount: self.discount + other.discount,
            captured: self.captured + other.captured,
            refunded: self.refunded + other.refunded,
            receivable: self.receivable + other.receivable,
            cash: self.cash + other.cash,
        }
    }
}
