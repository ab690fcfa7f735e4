//! What is interactive or personal, each a root of its own in a page that the server wrote.
//!
//! An island is a function with `#[island]`; its arguments travel in the page as JSON, so they are public and small.
//! It takes no children. What it shows before it wakes must read and work as far as it can without a script.
//!
//! A folder is a [`Bundle`](crate::Bundle): a browser loads the islands of its page's bundle and no others. What
//! stands here beside the folders is in each.

#![expect(missing_docs, reason = "the macro writes a struct of the arguments as they travel, without a word")]

pub mod account_menu;
#[cfg(any(feature = "ssr", feature = "buying"))]
pub mod buying;
pub mod connection;
pub mod copy_text;
#[cfg(any(
    feature = "ssr",
    feature = "counter",
    feature = "events",
    feature = "halls",
    feature = "orders",
    feature = "organisers",
    feature = "staff"
))]
pub mod desk;
pub mod dom;
#[cfg(any(feature = "ssr", feature = "events"))]
pub mod events;
#[cfg(any(feature = "ssr", feature = "front"))]
pub mod front;
#[cfg(any(feature = "ssr", feature = "gate"))]
pub mod gate;
#[cfg(any(feature = "ssr", feature = "halls"))]
pub mod halls;
#[cfg(any(feature = "ssr", feature = "counter", feature = "organisers", feature = "room"))]
pub(crate) mod house;
#[cfg(any(feature = "ssr", feature = "line"))]
pub mod line;
#[cfg(any(feature = "ssr", feature = "counter", feature = "orders", feature = "organisers"))]
pub mod organiser;
#[cfg(any(feature = "ssr", feature = "counter", feature = "staff"))]
pub(crate) mod qr;
#[cfg(any(feature = "ssr", feature = "room"))]
pub mod seat_room;
#[cfg(any(feature = "ssr", feature = "staff"))]
pub mod staff;
#[cfg(any(feature = "ssr", feature = "counter", feature = "line", feature = "organisers", feature = "room"))]
pub(crate) mod stream;

pub use account_menu::AccountMenu;
#[cfg(any(feature = "ssr", feature = "buying"))]
pub use buying::{CheckoutRoom, MyOrders, OrderRoom};
pub use connection::Connection;
pub use copy_text::CopyText;
#[cfg(any(
    feature = "ssr",
    feature = "counter",
    feature = "events",
    feature = "halls",
    feature = "orders",
    feature = "organisers",
    feature = "staff"
))]
pub use desk::StaffNav;
#[cfg(any(feature = "ssr", feature = "events"))]
pub use events::{EventEditor, EventPreview};
#[cfg(any(feature = "ssr", feature = "front"))]
pub use front::{
    AskForLink, ChoosePassword, Kind, ProveEmail, SaleClock, SearchBox, SignInForm, SignUpForm, TicketPicker,
};
#[cfg(any(feature = "ssr", feature = "gate"))]
pub use gate::GateRoom;
#[cfg(any(feature = "ssr", feature = "halls"))]
pub use halls::{HallEditor, OrganiserHalls};
#[cfg(any(feature = "ssr", feature = "line"))]
pub use line::LineRoom;
#[cfg(any(feature = "ssr", feature = "counter"))]
pub use organiser::OrganiserCounter;
#[cfg(any(feature = "ssr", feature = "organisers"))]
pub use organiser::{OrganiserEvent, OrganiserEvents};
#[cfg(any(feature = "ssr", feature = "orders"))]
pub use organiser::{OrganiserOrder, OrganiserReports};
#[cfg(any(feature = "ssr", feature = "room"))]
pub use seat_room::SeatRoom;
#[cfg(any(feature = "ssr", feature = "staff"))]
pub use staff::{
    AccountSecurity, AuditLog, OpenInvitation, OrganisationKeys, OrganisationPeople, RunningSettings, UserAccounts,
};
