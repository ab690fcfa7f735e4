//! The states that clients see of seats, holds, orders and tickets.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

macro_rules! text_enum {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
        pub enum $name {
            $($(#[$vdoc])* #[serde(rename = $text)] $variant,)*
        }

        impl $name {
            /// The name on the wire and in the database.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)*
                }
            }

            /// The state of that name, if there is one.
            #[must_use]
            pub fn from_name(text: &str) -> Option<Self> {
                match text {
                    $($text => Some(Self::$variant),)*
                    _ => None,
                }
            }
        }
    };
}

text_enum!(
    /// The state of a seat. On the wire of `/seats` it is one digit: its place in this list.
    SeatState {
        /// Nobody has it.
        Free = "free",
        /// Somebody holds it or is paying for it.
        Held = "held",
        /// A live ticket stands for it.
        Sold = "sold",
        /// Kept back by the organiser.
        Blocked = "blocked",
    }
);

impl SeatState {
    /// The digit that stands for the state in `/seats` and in the database.
    #[must_use]
    pub fn code(self) -> u8 {
        self as u8
    }

    /// The state of a digit, if it is one.
    #[must_use]
    pub fn from_code(code: i16) -> Option<Self> {
        match code {
            0 => Some(Self::Free),
            1 => Some(Self::Held),
            2 => Some(Self::Sold),
            3 => Some(Self::Blocked),
            _ => None,
        }
    }
}

text_enum!(
    /// The state of a hold.
    ReservationStatus {
        /// Held until its end.
        Active = "ACTIVE",
        /// Its order is paid.
        Confirmed = "CONFIRMED",
        /// Given back by its holder.
        Released = "RELEASED",
        /// Its time ran out.
        Expired = "EXPIRED",
    }
);

text_enum!(
    /// The state of an order.
    OrderStatus {
        /// Being paid, or its outcome is not known yet.
        Pending = "PENDING",
        /// Authorised, sold and captured.
        Confirmed = "CONFIRMED",
        /// Mail and documents are under way.
        Processing = "PROCESSING",
        /// Delivered.
        Completed = "COMPLETED",
        /// Cancelled, in whole, after it was confirmed.
        Cancelled = "CANCELLED",
        /// Never paid: declined for good, or its hold was lost.
        Failed = "FAILED",
    }
);

text_enum!(
    /// The state of a ticket.
    TicketStatus {
        /// Good at the door.
        Valid = "VALID",
        /// Scanned.
        Used = "USED",
        /// Given back or refunded.
        Cancelled = "CANCELLED",
    }
);

text_enum!(
    /// Which way somebody goes through a gate.
    ScanDirection {
        /// In.
        Entry = "entry",
        /// Out; whoever is out may come in again.
        Exit = "exit",
    }
);

text_enum!(
    /// What a scan at a gate comes to.
    ScanOutcome {
        /// Come in.
        Admitted = "admitted",
        /// Went out.
        Left = "left",
        /// Not in by this ticket.
        Refused = "refused",
    }
);

text_enum!(
    /// Why a ticket does not let somebody in.
    RefusedReason {
        /// Somebody came in by it already and did not go out.
        AlreadyIn = "already_in",
        /// It is for another event.
        WrongEvent = "wrong_event",
        /// It is for the same event on another date.
        WrongDate = "wrong_date",
        /// It was given back or refunded.
        Cancelled = "cancelled",
        /// Forged, or not a ticket of ours.
        Unknown = "unknown",
    }
);
