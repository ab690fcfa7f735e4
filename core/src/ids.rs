//! A type per id, so that a reservation can never be passed where an order is meant.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use utoipa::ToSchema;
use uuid::Uuid;

/// Why a text is not an id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// Not a UUID.
    #[error("must be a UUID")]
    NotUuid,
    /// Not 1–64 characters of the set that public ids are made of.
    #[error("must be 1 to 64 characters of A-Z a-z 0-9 . _ : -")]
    NotName,
}

macro_rules! uuid_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                Uuid::parse_str(text).map(Self).map_err(|_| IdError::NotUuid)
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }
    };
}

macro_rules! name_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, ToSchema)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Takes 1–64 characters of `A-Z a-z 0-9 . _ : -`.
            pub fn new(text: impl Into<String>) -> Result<Self, IdError> {
                let text = text.into();
                let good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | ':' | '-');
                if (1..=64).contains(&text.len()) && text.chars().all(good) {
                    Ok(Self(text))
                } else {
                    Err(IdError::NotName)
                }
            }

            /// The id as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                Self::new(text)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                Self::new(String::deserialize(from)?).map_err(serde::de::Error::custom)
            }
        }
    };
}

uuid_id!(
    /// An account: a buyer, or one of the staff.
    UserId
);
uuid_id!(
    /// An organisation: those who run events together.
    OrganisationId
);
uuid_id!(
    /// An invitation to an organisation.
    InvitationId
);
uuid_id!(
    /// A signed-in session: one family of refresh tokens.
    SessionId
);
uuid_id!(
    /// An API key (the key's id, never its secret).
    ApiKeyId
);
uuid_id!(
    /// A hold on seats or tickets, from reserve to confirm, release or expiry.
    ReservationId
);
uuid_id!(
    /// An order: the saga from hold to delivered tickets.
    OrderId
);
uuid_id!(
    /// One ticket.
    TicketId
);
uuid_id!(
    /// An address of others that events are sent to.
    WebhookId
);
uuid_id!(
    /// Leave to choose tickets of an event for a while, once the waiting room's line has come to somebody.
    AdmissionId
);
uuid_id!(
    /// One attempt to pay an order. It is also the key under which the provider is called.
    PaymentId
);
uuid_id!(
    /// A series: one event on many dates, each an event of its own.
    SeriesId
);
name_id!(
    /// An event on sale, e.g. `EVT001`.
    EventId
);
name_id!(
    /// A venue, e.g. `VENUE001`.
    VenueId
);
name_id!(
    /// A seat, unique in its event, e.g. `VIP-A1`.
    SeatId
);

impl OrganisationId {
    /// The organisation of everything that was there before there were organisations, and of whatever names none.
    pub const DEFAULT: Self = Self(Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_000a_0000));
}

impl Default for OrganisationId {
    fn default() -> Self {
        Self::DEFAULT
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_checked_when_they_arrive() {
        assert!(SeatId::new("VIP-A1").is_ok());
        assert!(SeatId::new("").is_err());
        assert!(SeatId::new("a b").is_err());
        assert!(SeatId::new("x".repeat(65)).is_err());
        assert!(serde_json::from_str::<EventId>("\"EVT 1\"").is_err());
    }
}
