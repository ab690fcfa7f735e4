//! The parts that pages and islands are made of.
//!
//! Parts of pages are functions, rendered by the server. Parts of islands are components, which live on in the
//! browser.

mod availability;
pub mod busy_button;
#[cfg(feature = "ssr")]
mod card;
pub mod dialog;
pub mod form;
mod icons;
mod plate;
mod poster;
pub mod state;
pub mod timer;
pub mod toast;
pub mod waiting;

pub use availability::{Word, availability, word};
pub use busy_button::BusyButton;
#[cfg(feature = "ssr")]
pub use card::card;
pub use dialog::Dialog;
pub use form::{ErrorSummary, Field, Form, PasswordField, SendButton, Wrong, looks_like_email, typed};
pub use icons::{ALERT, FIND, GLOBE, HOUSE, LIMIT, LOGO, PERSON, PLACE, RETURNS, ROWS, SEATS, STAGE};
pub use plate::date_plate;
pub use poster::poster;
pub use state::{EmptyState, FailureState};
pub use timer::{Timer, seconds_left};
pub use toast::Toast;
pub use waiting::{Skeleton, patiently};
