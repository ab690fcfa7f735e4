//! The time left of a hold, counted by this page's clock.

use super::hold;
use super::room::{Room, now_ms};
use leptos::prelude::*;
use std::time::Duration;

/// Each second is shown within a quarter of its beginning.
const TICK: Duration = Duration::from_millis(250);

/// Counts down until the hold that stands now is over or another one.
pub(super) fn start(room: Room) {
    let first = left(room).unwrap_or(0);
    let counting = room.seconds.get_untracked() > 0;
    room.seconds.set(first);
    if !counting {
        tick(room);
    }
}

fn left(room: Room) -> Option<i64> {
    let ends = room.holding.with_untracked(|holding| holding.as_ref().map(|holding| holding.ends_ms))?;
    #[expect(clippy::cast_possible_truncation, reason = "an hour at most")]
    let seconds = ((ends - now_ms()) / 1_000.0).ceil().max(0.0) as i64;
    Some(seconds)
}

fn tick(room: Room) {
    set_timeout(
        move || match left(room) {
            None => room.seconds.set(0),
            Some(0) => {
                room.seconds.set(0);
                hold::ask_whether_over(room);
            }
            Some(seconds) => {
                if room.seconds.get_untracked() != seconds {
                    room.seconds.set(seconds);
                }
                tick(room);
            }
        },
        TICK,
    );
}
