//! Time left: on a plate, as a `timer`, spoken at five, two and one minute only.

use crate::format::clock;
use chrono::TimeDelta;
use js_sys::Date;
use leptos::prelude::*;
use std::time::Duration;

/// When the time left is spoken, in seconds.
const SPOKEN_AT: [i64; 3] = [300, 120, 60];

/// The seconds left of a time that was `left_ms` when the page was made; counted by the time that went by since, so
/// that a wrong calendar in the browser changes nothing. 0 is the end.
#[must_use]
pub fn seconds_left(left_ms: i64) -> Signal<i64> {
    let seconds = RwSignal::new(rounded_up(left_ms));
    Effect::new(move |_| {
        let start = Date::now();
        let tick = move || {
            #[expect(clippy::cast_possible_truncation, reason = "milliseconds since a page was opened")]
            let gone = (Date::now() - start) as i64;
            let left = rounded_up(left_ms - gone);
            if seconds.get_untracked() != left {
                seconds.set(left);
            }
        };
        // Four times a second: each second is shown within a quarter of its beginning.
        if let Ok(handle) = set_interval_with_handle(tick, Duration::from_millis(250)) {
            on_cleanup(move || handle.clear());
        }
    });
    seconds.into()
}

fn rounded_up(ms: i64) -> i64 {
    ms.max(0).div_euclid(1_000) + i64::from(ms.max(0) % 1_000 > 0)
}

/// The plate with the time left.
#[component]
pub fn Timer(
    /// The seconds left.
    seconds: Signal<i64>,
    /// What is said at five, two and one minute, given the minutes.
    #[prop(optional)]
    spoken: Option<Callback<i64, String>>,
    /// The plate's class: `plate num`, `plate num yours`.
    #[prop(default = "plate num")]
    class: &'static str,
) -> impl IntoView {
    let said = RwSignal::new(String::new());
    Effect::new(move |before: Option<i64>| {
        let now = seconds.get();
        if let (Some(spoken), Some(at)) = (spoken, crossed(before, now)) {
            said.set(spoken.run(at / 60));
        }
        now
    });
    view! {
        <span class="timer">
            <span class=class role="timer" aria-live="off">{move || clock(TimeDelta::seconds(seconds.get()))}</span>
            <span class="vh" aria-live="polite">{move || said.get()}</span>
        </span>
    }
}

/// The mark that lies between what was left before and what is left now.
fn crossed(before: Option<i64>, now: i64) -> Option<i64> {
    let before = before?;
    SPOKEN_AT.into_iter().find(|mark| (now..before).contains(mark))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_is_spoken_at_its_marks_once_also_after_a_sleep() {
        assert_eq!(crossed(None, 300), None);
        assert_eq!(crossed(Some(301), 300), Some(300));
        assert_eq!(crossed(Some(300), 299), None);
        assert_eq!(crossed(Some(180), 90), Some(120));
        assert_eq!(crossed(Some(61), 60), Some(60));
    }

    #[test]
    fn a_second_that_has_begun_is_left() {
        assert_eq!((rounded_up(2_001), rounded_up(2_000), rounded_up(1), rounded_up(-5)), (3, 2, 1, 0));
    }
}
