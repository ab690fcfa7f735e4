//! Finding an event, the way in, and tickets where there are no seats.

pub mod new_password;
pub mod sale_clock;
pub mod search_box;
pub mod sign_in;
pub mod sign_up;
pub mod ticket_picker;
pub mod verify_email;

pub use new_password::{AskForLink, ChoosePassword};
pub use sale_clock::SaleClock;
pub use search_box::SearchBox;
pub use sign_in::SignInForm;
pub use sign_up::SignUpForm;
pub use ticket_picker::{Kind, TicketPicker};
pub use verify_email::ProveEmail;
