//! What services ask each other, under `/internal/…`, with a service token. Never routed by the gateway.

use super::booking::{PaymentMethod, TransferInstructions};
use super::events::SeatDelta;
use crate::ids::{AdmissionId, EventId, OrderId, PaymentId, UserId};
use crate::language::Language;
use crate::money::Money;
use crate::price::LineKind;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// auth: `POST /internal/api-keys/exchange`: a key's secret for a short access token.
#[derive(Clone, Serialize, Deserialize)]
pub struct ExchangeApiKey {
    /// `osk_…`
    pub key: String,
}

/// auth: the token an API key was exchanged for.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ExchangedToken {
    /// An access token with `scopes`.
    pub token: String,
    /// When it stops being good.
    pub expires_at: DateTime<Utc>,
}

/// auth: `GET /internal/users/{id}`: how to reach a person.
#[derive(Clone, Serialize, Deserialize)]
pub struct Contact {
    /// The account.
    pub id: UserId,
    /// Where mail reaches the person.
    pub email: String,
    /// What the person is called.
    pub name: String,
    /// In which language the person is written to.
    #[serde(default)]
    pub language: Language,
}

/// auth: `POST /internal/users/find`: people by account or by address, in a body because addresses are in no log.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct FindContacts {
    /// These accounts, 100 at most.
    #[serde(default)]
    pub ids: Vec<UserId>,
    /// And the one of this address, however it is written.
    #[serde(default)]
    pub email: Option<String>,
}

/// auth: the people that were found; who is not there is left out.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct Contacts {
    /// Those that are known.
    pub items: Vec<Contact>,
}

/// auth: `GET /internal/revocations?after=`: what was revoked, oldest first.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Revocations {
    /// Where to go on asking.
    pub cursor: i64,
    /// The entries after the cursor that was sent.
    pub entries: Vec<Revocation>,
}

/// One revocation: every token of that subject made before `at` is refused until `until`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revocation {
    /// What was revoked.
    pub subject: RevokedSubject,
    /// Tokens issued at or before this are refused.
    pub at: DateTime<Utc>,
    /// After this no token of before `at` can still be unexpired.
    pub until: DateTime<Utc>,
}

/// What a revocation is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", content = "id", rename_all = "snake_case")]
pub enum RevokedSubject {
    /// A session (`sid`): logout, or a refresh token that was used twice.
    Session(uuid::Uuid),
    /// An account (`sub`): disabled, or its roles changed.
    Account(uuid::Uuid),
    /// An API key.
    ApiKey(uuid::Uuid),
    /// A signing key (`kid`).
    SigningKey(String),
}

/// payment: `POST /internal/payments`: authorise; asked again under the same id it gives the same answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuthorisePayment {
    /// The attempt, made by the caller: the idempotency key towards the provider.
    pub payment_id: PaymentId,
    /// What is paid.
    pub order_id: OrderId,
    /// Who pays.
    pub user_id: UserId,
    /// How much.
    pub amount: Money,
    /// How.
    pub method: PaymentMethod,
    /// The provider's token for the means of payment.
    pub token: Option<String>,
    /// Where the provider's page leads back to.
    pub return_url: Option<String>,
    /// What the payer reads on the provider's page.
    pub description: String,
    /// What the amount is made of: they sum to it. Empty where the caller does not know: then all is face value.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<AmountLine>,
}

/// One part of an amount, as the books keep it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct AmountLine {
    /// What it is for.
    pub kind: LineKind,
    /// How much; a discount is below zero.
    pub amount: Money,
}

/// payment: `POST /internal/payments/{id}/void`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VoidPayment {
    /// The attempt as it was, or would have been, asked for. One that payment never heard of is kept as voided, so that
    /// a request for it that comes late reserves nothing; without this it is 404.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attempt: Option<AuthorisePayment>,
}

/// payment: `POST /internal/payments/{id}/refunds`; asked again under the same refund id it gives the same answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RefundPayment {
    /// The refund, made by the caller: the idempotency key towards the provider.
    pub refund_id: uuid::Uuid,
    /// How much.
    pub amount: Money,
}

/// payment: an attempt's state. Also the answer of `GET /internal/payments/{id}`, `…/capture`, `…/void`, `…/refunds`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PaymentState {
    /// The attempt.
    pub payment_id: PaymentId,
    /// What it is for.
    pub order_id: OrderId,
    /// Where it is.
    pub status: PaymentStatus,
    /// How much.
    pub amount: Money,
    /// How much was given back.
    pub refunded: Money,
    /// Where the payer has to go on, while `REQUIRES_ACTION`.
    pub redirect_url: Option<String>,
    /// What to write on a bank transfer, in `REQUIRES_ACTION`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transfer: Option<TransferInstructions>,
    /// Why it was declined: the provider's code, e.g. `card_declined`.
    pub decline_code: Option<String>,
    /// How.
    pub method: PaymentMethod,
    /// When it began.
    pub created_at: DateTime<Utc>,
}

/// Where a payment attempt is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PaymentStatus {
    /// Sent to the provider; its outcome is not known.
    Pending,
    /// The payer has to act on the provider's page.
    RequiresAction,
    /// The money is reserved.
    Authorised,
    /// The money is taken.
    Captured,
    /// The provider said no.
    Declined,
    /// The authorisation was given back, or the attempt was cancelled before one.
    Voided,
}

impl PaymentStatus {
    /// The name on the wire and in the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::RequiresAction => "REQUIRES_ACTION",
            Self::Authorised => "AUTHORISED",
            Self::Captured => "CAPTURED",
            Self::Declined => "DECLINED",
            Self::Voided => "VOIDED",
        }
    }

    /// The state of that name, if there is one.
    #[must_use]
    pub fn from_name(text: &str) -> Option<Self> {
        [Self::Pending, Self::RequiresAction, Self::Authorised, Self::Captured, Self::Declined, Self::Voided]
            .into_iter()
            .find(|status| status.as_str() == text)
    }
}

/// booking: `GET /internal/availability`: how much is left of every event with an inventory.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Availabilities {
    /// One item an event.
    pub items: Vec<EventAvailability>,
}

/// booking: `GET /internal/events/{eventId}/pulse`: what a waiting room has to know of its event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EventPulse {
    /// Places neither held nor sold.
    pub free: i64,
    /// Places held, or being paid.
    pub held: i64,
    /// Places sold.
    pub sold: i64,
    /// Holds, those that are being paid among them.
    pub holds: i64,
    /// When the last of the holds ends whose payment has not begun.
    pub last_hold_ends_at: Option<DateTime<Utc>>,
}

/// booking: `POST /internal/admissions/spent`, asked and answered: of these admissions, those whose order was made.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpentAdmissions {
    /// At most 1,000.
    pub admissions: Vec<AdmissionId>,
}

/// How much is left of one event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EventAvailability {
    /// The event.
    pub event_id: EventId,
    /// All places.
    pub capacity: i64,
    /// Neither held nor sold.
    pub available: i64,
    /// Held, or being paid.
    pub held: i64,
    /// Sold.
    pub sold: i64,
    /// The lowest price of what is available, in minor units of the event's currency. Absent while all or nothing is
    /// available, and where it is not known yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lowest: Option<i64>,
}

/// booking, in `GET /api/events/{id}/live`: a change of seats, with what only gateways need of it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CountedDelta {
    /// The change, as everybody is told it.
    #[serde(flatten)]
    pub delta: SeatDelta,
    /// How much there is of what after it; without it as much as before.
    #[serde(flatten)]
    pub counts: Option<SeatCounts>,
}

/// How many places of an event are what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeatCounts {
    /// Free.
    pub free: i64,
    /// Held.
    pub held: i64,
    /// Sold.
    pub sold: i64,
}
