//! An event's seats, told to many: `snapshot` is all of them, `delta` what changed.

use super::channel::{Told, Whole};
use super::frame;
use bytes::Bytes;
use onsale_core::api::events::SeatDelta;
use onsale_core::told::{News, Standing, ToldSeats};

/// About what a message of all seats has beside a digit a seat, in bytes.
const AROUND: usize = 128;

impl Whole for ToldSeats {
    fn write(&self) -> Bytes {
        frame::message("snapshot", Some(self.version()), &self.states())
    }

    fn standing(&self, version: i64) -> Standing {
        self.standing(version)
    }
}

/// What is to be told of seats now; `write` makes the message of a change.
pub fn news(seats: &mut ToldSeats, write: impl FnOnce(&ToldSeats, SeatDelta) -> Bytes) -> Told {
    match seats.take_news() {
        None => Told::Nothing,
        Some(News::Whole) => Told::Whole,
        Some(News::Delta { delta, known }) => {
            let version = delta.version;
            let frame = write(seats, delta);
            // Where nearly all changed, all is shorter.
            if frame.len() > seats.len() + AROUND { Told::Whole } else { Told::Change { frame, version, known } }
        }
    }
}
