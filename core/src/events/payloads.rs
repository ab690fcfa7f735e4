//! The payload of each topic.

use crate::api::booking::PaymentMethod;
use crate::ids::{EventId, OrderId, PaymentId, ReservationId, SeatId, TicketId, UserId, VenueId};
use crate::money::Money;
use crate::status::OrderStatus;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// `ticket-created`, `ticket-confirmed`, `ticket-cancelled`: the tickets of one order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TicketsChanged {
    /// The order.
    pub order_id: OrderId,
    /// The event.
    pub event_id: EventId,
    /// The event's venue.
    pub venue_id: VenueId,
    /// Whose they are.
    pub user_id: UserId,
    /// The tickets that this is about.
    pub tickets: Vec<TicketFact>,
    /// Where the order stands; absent in events of before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<OrderStands>,
}

/// Where an order stands after what its event tells; booking's own row is folded from it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OrderStands {
    /// What clients see.
    pub status: OrderStatus,
    /// What is to be done next, by its name in booking's tables.
    pub saga: String,
    /// The money that is on its way back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refund: Option<RefundUnderWay>,
    /// The key of the last cancellation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_refund: Option<Uuid>,
    /// Whether the buyer gave it up before it was paid.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub given_up: bool,
    /// Of tickets that are new, each one's seat and ticket type, by their places in the plan and in the offer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub places: Vec<(Option<i32>, i16)>,
}

/// Money on its way back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RefundUnderWay {
    /// The key towards the provider.
    pub refund_id: Uuid,
    /// How much.
    pub amount: Money,
}

/// A ticket in an event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TicketFact {
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
    /// The ticket type.
    pub ticket_type: String,
    /// What it cost, all-in.
    pub price: Money,
}

/// `reservation-created`, `reservation-changed`: what is held from now on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReservationHeld {
    /// The hold.
    pub reservation_id: ReservationId,
    /// The event.
    pub event_id: EventId,
    /// Whose it is.
    pub user_id: UserId,
    /// The seats.
    pub seats: Vec<SeatId>,
    /// How many tickets or seats in all.
    pub quantity: u32,
    /// What it costs.
    pub total: Money,
    /// When it ends.
    pub expires_at: DateTime<Utc>,
    /// The same as booking's own row has it; absent in events of before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rows: Option<HeldRows>,
}

/// A hold as booking's own row has it, which is folded from it: numbers rather than names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct HeldRows {
    /// The version of the offer that its prices are of.
    pub offer_version: i32,
    /// Seat, ticket type and fence: places in the plan and in the offer, and what the seat's row got by this hold.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub seats: Vec<(i32, i16, i64)>,
    /// General admission: ticket type and quantity.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tickets: Vec<(i16, i32)>,
    /// The promo code that was taken into its cost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promo_code: Option<String>,
}

/// `reservation-released`, `reservation-expired`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReservationEnded {
    /// The hold.
    pub reservation_id: ReservationId,
    /// The event.
    pub event_id: EventId,
    /// Whose it was.
    pub user_id: UserId,
    /// How many tickets or seats came back.
    pub quantity: u32,
}

/// `payment-initiated`, `payment-completed`, `payment-failed`, `payment-refunded`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PaymentChanged {
    /// The attempt.
    pub payment_id: PaymentId,
    /// What it is for.
    pub order_id: OrderId,
    /// How.
    pub method: PaymentMethod,
    /// How much this event moves: the amount of the attempt, or of this refund.
    pub amount: Money,
    /// The refund, where it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refund_id: Option<Uuid>,
    /// Why it failed, where it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// `user-created`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UserCreated {
    /// The account.
    pub user_id: UserId,
}

/// `event-published`, `event-updated`, `event-cancelled`: fetch the offer from admin,
/// `GET /internal/events/{eventId}/offers/{version}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OfferPublished {
    /// The event.
    pub event_id: EventId,
    /// The version of its offer.
    pub version: i32,
    /// SHA-256 of the offer's JSON, in hex.
    pub digest: String,
}

/// `inventory-ready`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct InventoryReady {
    /// The event.
    pub event_id: EventId,
    /// The version of the offer it was built from.
    pub version: i32,
    /// All places.
    pub capacity: i64,
}

/// `notification-requested`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NotificationRequested {
    /// Whom to write to; the address is asked from auth.
    pub user_id: UserId,
    /// The text to send.
    pub template: MailTemplate,
    /// What the text needs beside the account, e.g. a single-use token. Ids and tokens only.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub parameters: serde_json::Map<String, serde_json::Value>,
}

/// The mails there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MailTemplate {
    /// Prove the address: parameter `token`.
    VerifyEmail,
    /// Choose a new password: parameter `token`.
    ResetPassword,
    /// The tickets of an order: parameter `orderId`.
    OrderConfirmed,
    /// An order was cancelled: parameter `orderId`.
    OrderCancelled,
    /// A payment did not go through: parameter `orderId`.
    PaymentProblem,
    /// Money went back: parameters `orderId`, `amount`.
    PaymentRefunded,
    /// How to pay by bank transfer: parameter `orderId`.
    TransferInstructions,
    /// In a waiting room one's turn is near: parameter `eventId`.
    QueueNear,
    /// In a waiting room it is one's turn: parameter `eventId`.
    QueueTurn,
}
