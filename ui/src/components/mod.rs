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
mod fresh;
mod happening;
mod icons;
mod plate;
mod poster;
mod price_lines;
pub mod state;
pub mod timer;
pub mod toast;
pub mod waiting;

pub use availability::{Word, availability, word};
pub use busy_button::BusyButton;
#[cfg(feature = "ssr")]
pub use card::card;
pub use dialog::dialog;
pub use form::{ErrorSummary, Field, Form, PasswordField, SendButton, Wrong, looks_like_email, told, typed};
pub use fresh::{Fresh, IntoFresh};
pub use happening::{Happening, happening};
pub use icons::{
    ALERT, BANK, CALENDAR, CARD, FIND, GLOBE, HOUSE, LIMIT, LOCK, LOGO, MINUS, PERSON, PLACE, PLUS, PRINTER, RETURNS,
    ROWS, SEATS, SLOW, STAGE, TICK, WALLET,
};
pub use plate::date_plate;
pub use poster::poster;
pub use price_lines::price_lines;
pub use state::{Level, empty_state, failure_state};
pub use timer::{Timer, seconds_left};
pub use toast::Toast;
pub use waiting::{patiently, skeleton};
