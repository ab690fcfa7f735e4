//! The time left of a hold, counted by this page's clock; spoken at five, two and one minute only.

use super::room::{Room, now_ms};
use super::{dom, hold};
use crate::format::clock;
use chrono::TimeDelta;
use leptos::prelude::set_timeout;
use std::time::Duration;

/// Each second is shown within a quarter of its beginning.
const TICK: Duration = Duration::from_millis(250);
/// When the time left is spoken, in seconds.
const SPOKEN_AT: [i64; 3] = [300, 120, 60];

/// Counts down to the end of the hold that stands now.
pub(super) fn start(room: Room) {
    let counting = room.with(|state| state.seconds > 0);
    show(room, left(room).unwrap_or(0).max(1));
    if !counting {
        tick(room);
    }
}

fn left(room: Room) -> Option<i64> {
    let ends = room.with(|state| state.holding.as_ref().map(|holding| holding.ends_ms))?;
    #[expect(clippy::cast_possible_truncation, reason = "an hour at most")]
    let seconds = ((ends - now_ms()) / 1_000.0).ceil().max(0.0) as i64;
    Some(seconds)
}

fn tick(room: Room) {
    set_timeout(
        move || match left(room) {
            None => show(room, 0),
            Some(0) => {
                show(room, 0);
                hold::ask_whether_over(room);
            }
            Some(seconds) => {
                show(room, seconds);
                tick(room);
            }
        },
        TICK,
    );
}

fn show(room: Room, seconds: i64) {
    let before = room.update(|state| std::mem::replace(&mut state.seconds, seconds)).unwrap_or(0);
    if before == seconds {
        return;
    }
    dom::text("left", &clock(TimeDelta::seconds(seconds)));
    // The end is told by whoever knows why it ended.
    let crossed = SPOKEN_AT.into_iter().find(|mark| seconds > 0 && (seconds..before).contains(mark));
    if let Some(mark) = crossed {
        room.say(room.language().left_to_pay(mark / 60, true));
    }
}
