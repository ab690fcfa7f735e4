//! Holding, paying, owning and giving back.

use crate::ids::{EventId, OrderId, PaymentId, ReservationId, SeatId, TicketId, UserId};
use crate::money::Money;
use crate::price::{Price, PriceLine};
use crate::status::{OrderStatus, ReservationStatus, TicketStatus};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// `POST /api/bookings/reserve`: exactly one of `seats`, `tickets`, `bestAvailable`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReserveRequest {
    /// The event.
    pub event_id: EventId,
    /// These seats. A seat named twice counts once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seats: Option<Vec<SeatChoice>>,
    /// General-admission tickets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tickets: Option<Vec<TicketChoice>>,
    /// The best seats there are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub best_available: Option<BestAvailable>,
}

/// A seat and who will sit on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SeatChoice {
    /// The seat.
    pub seat_id: SeatId,
    /// The ticket type; the category's default when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket_type: Option<String>,
}

/// A number of general-admission tickets of one type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TicketChoice {
    /// The ticket type.
    pub ticket_type: String,
    /// How many.
    pub quantity: u32,
}

/// The best seats there are: side by side, nearest to the focal point.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BestAvailable {
    /// How many.
    pub quantity: u32,
    /// Only of this category.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// Reachable without a step.
    #[serde(default)]
    pub accessible: bool,
}

/// A hold.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Reservation {
    /// The hold.
    pub reservation_id: ReservationId,
    /// The event.
    pub event_id: EventId,
    /// Where it is in its life.
    pub status: ReservationStatus,
    /// The seats held; empty for general admission.
    pub seats: Vec<HeldSeat>,
    /// The tickets held; empty for reserved seating.
    #[serde(default)]
    pub tickets: Vec<HeldTickets>,
    /// What it costs.
    pub total: Money,
    /// What that is made of.
    pub lines: Vec<PriceLine>,
    /// The promo code that was taken into the price.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promo_code: Option<String>,
    /// When the hold ends, by the server's clock.
    pub expires_at: DateTime<Utc>,
    /// How long that is from the answer on, in milliseconds.
    pub expires_in_ms: i64,
    /// The highest of the seats' fences. Clients never send it back.
    pub fencing_token: i64,
}

/// A seat of a hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct HeldSeat {
    /// The seat.
    pub seat_id: SeatId,
    /// Its zone.
    pub zone_id: u16,
    /// The row's label.
    pub row: String,
    /// The number on the seat.
    pub column: String,
    /// Its price category.
    pub category: String,
    /// The ticket type.
    pub ticket_type: String,
    /// The all-in price.
    pub price: Price,
    /// Grows with each hold of the seat.
    pub fencing_token: i64,
}

/// General-admission tickets of a hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct HeldTickets {
    /// The ticket type.
    pub ticket_type: String,
    /// How many.
    pub quantity: u32,
    /// The all-in price of one.
    pub price: Price,
}

/// `PATCH /api/bookings/reservations/{id}`: all or nothing.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
pub struct ChangeReservation {
    /// What is added.
    #[serde(default)]
    pub add: Option<Selection>,
    /// What is given back.
    #[serde(default)]
    pub remove: Option<Selection>,
}

/// Seats, or tickets, to add or to give back.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
pub struct Selection {
    /// Seats.
    #[serde(default)]
    pub seats: Vec<SeatChoice>,
    /// General-admission tickets.
    #[serde(default)]
    pub tickets: Vec<TicketChoice>,
}

/// `PUT /api/bookings/reservations/{id}/promo-code`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ApplyPromoCode {
    /// The code, in any case.
    pub code: String,
}

/// How an order is paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PaymentMethod {
    /// A card, on the provider's page.
    CreditCard,
    /// A wallet, on the provider's page.
    Wallet,
    /// A transfer that arrives days later.
    BankTransfer,
    /// Paid later by invoice; box office only.
    Invoice,
    /// Paid at the counter; box office only.
    Cash,
}

/// `POST /api/bookings/confirm`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConfirmRequest {
    /// The hold to pay for.
    pub reservation_id: ReservationId,
    /// How.
    pub payment_method: PaymentMethod,
    /// The provider's token for the means of payment, e.g. `pm_card_visa`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment_token: Option<String>,
    /// What the buyer believes it costs; another total is answered with 409 `price_changed`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_total: Option<Money>,
    /// Where the provider's page leads back to, on our own origin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub return_url: Option<String>,
}

/// An order.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Order {
    /// The order.
    pub order_id: OrderId,
    /// A number people can read aloud.
    pub order_number: String,
    /// Where it is in its life.
    pub status: OrderStatus,
    /// The event.
    pub event_id: EventId,
    /// The hold it came from.
    pub reservation_id: ReservationId,
    /// Whose it is.
    pub user_id: UserId,
    /// What it costs.
    pub total: Money,
    /// What that is made of.
    pub lines: Vec<PriceLine>,
    /// What was given back so far.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refunded: Option<Money>,
    /// Its tickets; from `CONFIRMED` on.
    #[serde(default)]
    pub tickets: Vec<Ticket>,
    /// What the payer has to do, while there is something.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_action: Option<NextAction>,
    /// Why it failed, where it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

/// What the payer has to do next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NextAction {
    /// `redirect`, or `bank_transfer`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Where to go on; for a transfer, the provider's page that says how.
    pub url: String,
    /// For a transfer, what to write on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transfer: Option<TransferInstructions>,
    /// For a transfer, until when the money must have arrived.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<DateTime<Utc>>,
}

/// What a payer writes on a bank transfer, as the provider gave it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TransferInstructions {
    /// Whose account it is.
    pub account_holder: String,
    /// The account.
    pub iban: String,
    /// Its bank.
    pub bic: String,
    /// The words by which the money is known.
    pub reference: String,
}

/// A ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Ticket {
    /// The ticket.
    pub ticket_id: TicketId,
    /// Its seat; absent for general admission.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seat_id: Option<SeatId>,
    /// The seat's zone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone_id: Option<u16>,
    /// The row's label.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row: Option<String>,
    /// The number on the seat.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// The seat's category.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// The ticket type.
    pub ticket_type: String,
    /// What it cost, all-in.
    pub price: Price,
    /// Whether it is good at the door.
    pub status: TicketStatus,
    /// The signed text in the QR code. Its picture: `GET /api/bookings/{orderId}/tickets/{ticketId}/qr.svg`.
    pub qr: String,
}

/// `GET /api/bookings/{orderId}/payments`: one attempt.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PaymentAttempt {
    /// The attempt.
    pub payment_id: PaymentId,
    /// How.
    pub method: PaymentMethod,
    /// Where it is: `PENDING`, `REQUIRES_ACTION`, `AUTHORISED`, `CAPTURED`, `DECLINED`, `VOIDED`.
    pub status: String,
    /// How much.
    pub amount: Money,
    /// How much of it was given back.
    pub refunded: Money,
    /// When it began.
    pub created_at: DateTime<Utc>,
}

/// What cancelling would give back.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CancelQuote {
    /// The order.
    pub order_id: OrderId,
    /// Whether the event's policy lets it be cancelled now.
    pub cancellable: bool,
    /// What would be given back in all.
    pub refund: Money,
    /// What would be kept in all.
    pub kept: Money,
    /// The same for each ticket.
    pub tickets: Vec<TicketQuote>,
}

/// What cancelling one ticket would give back.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TicketQuote {
    /// The ticket.
    pub ticket_id: TicketId,
    /// Given back.
    pub refund: Money,
    /// Kept.
    pub kept: Money,
}

/// `POST /api/bookings/{orderId}/cancel`.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
pub struct CancelRequest {
    /// Only these; all when absent.
    #[serde(default)]
    pub tickets: Option<Vec<TicketId>>,
}
