//! What is interactive or personal, each a root of its own in a page that the server wrote.
//!
//! An island is a function with `#[island]`; its arguments travel in the page as JSON, so they are public and small.
//! It takes no children. What it shows before it wakes must read and work as far as it can without a script.

#![expect(missing_docs, reason = "the macro writes a struct of the arguments as they travel, without a word")]

pub mod account_menu;
pub mod checkout;
pub mod connection;
pub mod copy_text;
pub mod new_password;
pub mod order;
pub mod orders;
pub mod sale_clock;
pub mod search_box;
pub mod seat_room;
pub mod sign_in;
pub mod sign_up;
pub mod ticket_picker;
pub mod verify_email;
mod zones;

pub use account_menu::AccountMenu;
pub use checkout::CheckoutRoom;
pub use connection::Connection;
pub use copy_text::CopyText;
pub use new_password::{AskForLink, ChoosePassword};
pub use order::OrderRoom;
pub use orders::MyOrders;
pub use sale_clock::SaleClock;
pub use search_box::SearchBox;
pub use seat_room::SeatRoom;
pub use sign_in::SignInForm;
pub use sign_up::SignUpForm;
pub use ticket_picker::{Kind, TicketPicker};
pub use verify_email::ProveEmail;
