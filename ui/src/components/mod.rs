//! The parts that pages are made of.

mod availability;
mod card;
mod icons;
mod plate;
mod poster;

pub(crate) use availability::{Word, availability, word};
pub(crate) use card::card;
pub(crate) use icons::{FIND, GLOBE, HOUSE, LIMIT, LOGO, PLACE, RETURNS, SEATS, STAGE};
pub(crate) use plate::date_plate;
pub(crate) use poster::poster;
