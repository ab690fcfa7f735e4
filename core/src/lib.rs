//! The vocabulary that every part of Onsale shares: ids, money, seats, roles,
//! the payloads on the bus ([`events`]) and the bodies on the wire ([`api`]).
//!
//! Nothing here does I/O, reads a clock or draws a random number, and all of it
//! compiles to WebAssembly, because the pages use the same types as the services.

pub mod api;
pub mod charges;
pub mod events;
pub mod gate;
pub mod hall;
pub mod ids;
pub mod language;
pub mod lineup;
pub mod money;
pub mod plan;
pub mod price;
pub mod role;
pub mod status;
pub mod text;
pub mod told;

pub use ids::{
    AdmissionId, ApiKeyId, EventId, InvitationId, OrderId, OrganisationId, PaymentId, ReservationId, SeatId, SeriesId,
    SessionId, TicketId, UserId, VenueId, WebhookId,
};
pub use language::Language;
pub use money::{Currency, Money};
pub use price::{LineKind, Price, PriceLine};
pub use role::{Role, Scope};
pub use status::{OrderStatus, RefusedReason, ReservationStatus, ScanDirection, ScanOutcome, SeatState, TicketStatus};
