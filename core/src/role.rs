//! Who may do what: the roles of accounts and the scopes of API keys.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use utoipa::ToSchema;

/// A text names no role or scope.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown {kind} {text:?}: use one of {known}")]
pub struct UnknownName {
    kind: &'static str,
    text: String,
    known: String,
}

macro_rules! named_set {
    ($(#[$doc:meta])* $name:ident, $kind:literal, { $($(#[$vdoc:meta])* $variant:ident = $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
        pub enum $name {
            $($(#[$vdoc])* #[serde(rename = $text)] $variant,)*
        }

        impl $name {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The name on the wire and in the database.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)*
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl FromStr for $name {
            type Err = UnknownName;

            fn from_str(text: &str) -> Result<Self, UnknownName> {
                Self::ALL.iter().copied().find(|known| known.as_str() == text).ok_or_else(|| UnknownName {
                    kind: $kind,
                    text: text.to_owned(),
                    known: Self::ALL.iter().map(|known| known.as_str()).collect::<Vec<_>>().join(", "),
                })
            }
        }
    };
}

named_set!(
    /// A role of an account.
    Role, "role", {
        /// Buys tickets.
        Customer = "customer",
        /// Runs events of their own organisation.
        Organiser = "organiser",
        /// Sells at the counter.
        BoxOffice = "box_office",
        /// Lets people in at the gate.
        Gate = "gate",
        /// Runs the installation.
        Admin = "admin",
        /// Operates it.
        Sre = "sre",
    }
);

impl Role {
    /// Whether it is had in an organisation, by a membership; the others are of the whole installation.
    #[must_use]
    pub fn is_of_organisation(self) -> bool {
        matches!(self, Self::Organiser | Self::BoxOffice | Self::Gate)
    }

    /// Whether who has it can reach what is others'.
    #[must_use]
    pub fn is_of_staff(self) -> bool {
        self != Self::Customer
    }
}

named_set!(
    /// What an API key may do.
    Scope, "scope", {
        /// Sell tickets through `/api/v1`.
        TicketsSell = "tickets:sell",
        /// Read tickets, counts and revenue.
        TicketsRead = "tickets:read",
        /// Manage events, venues and plans.
        EventsWrite = "events:write",
    }
);
