//! Topics, and CloudEvents 1.0 in structured JSON
//! (<https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md>).

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

/// A text names no topic.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown topic {0:?}")]
pub struct UnknownTopic(pub String);

macro_rules! topics {
    ($($(#[$doc:meta])* $variant:ident = $text:literal,)*) => {
        /// A topic. Its name is also the CloudEvents `type`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum Topic {
            $($(#[$doc])* #[serde(rename = $text)] $variant,)*
        }

        impl Topic {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The topic's name.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)*
                }
            }
        }
    };
}

topics! {
    /// Tickets were issued to an order; not good yet.
    TicketCreated = "ticket-created",
    /// The order is paid; its tickets are good.
    TicketConfirmed = "ticket-confirmed",
    /// Tickets were cancelled.
    TicketCancelled = "ticket-cancelled",
    /// A payment attempt began.
    PaymentInitiated = "payment-initiated",
    /// Its money was captured.
    PaymentCompleted = "payment-completed",
    /// It was declined or voided.
    PaymentFailed = "payment-failed",
    /// Money was given back.
    PaymentRefunded = "payment-refunded",
    /// An account was made.
    UserCreated = "user-created",
    /// A version of an event was published.
    EventPublished = "event-published",
    /// booking has its inventory.
    InventoryReady = "inventory-ready",
    /// An event's texts or rules changed.
    EventUpdated = "event-updated",
    /// An event was called off.
    EventCancelled = "event-cancelled",
    /// A hold was made.
    ReservationCreated = "reservation-created",
    /// A hold was changed.
    ReservationChanged = "reservation-changed",
    /// A hold was given back.
    ReservationReleased = "reservation-released",
    /// A hold ran out.
    ReservationExpired = "reservation-expired",
    /// Somebody is to be written to.
    NotificationRequested = "notification-requested",
}

impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Topic {
    type Err = UnknownTopic;

    fn from_str(text: &str) -> Result<Self, UnknownTopic> {
        Self::ALL.iter().copied().find(|topic| topic.as_str() == text).ok_or_else(|| UnknownTopic(text.to_owned()))
    }
}

/// One message on the bus.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CloudEvent {
    /// `1.0`.
    pub specversion: String,
    /// Unique for ever; consumers remember it.
    pub id: Uuid,
    /// The service that sent it, e.g. `/booking`.
    pub source: String,
    /// The topic.
    #[serde(rename = "type")]
    pub topic: Topic,
    /// The aggregate's id; also the message's key.
    pub subject: String,
    /// When it happened.
    pub time: DateTime<Utc>,
    /// `application/json`.
    pub datacontenttype: String,
    /// Where the payload's shape is described: `/schemas/events/<type>.json`.
    pub dataschema: String,
    /// 20 digits: the aggregate's own count of events on the bus, without holes, from 1.
    pub sequence: String,
    /// The request that started it all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correlationid: Option<String>,
    /// The event that this one follows from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub causationid: Option<String>,
    /// W3C trace context.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub traceparent: Option<String>,
    /// The payload; read it with [`CloudEvent::payload`].
    pub data: serde_json::Value,
}

impl CloudEvent {
    /// The payload as one of this module's types.
    pub fn payload<T: serde::de::DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        T::deserialize(&self.data)
    }

    /// The sequence as a number; 0 when it is not one.
    #[must_use]
    pub fn sequence_number(&self) -> i64 {
        self.sequence.parse().unwrap_or(0)
    }
}
