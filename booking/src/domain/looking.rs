//! How often watched seats are looked at.

use std::time::Duration;

/// The pause between two looks, at least and at most.
pub const PAUSE_MIN: Duration = Duration::from_millis(250);
const PAUSE_MAX: Duration = Duration::from_secs(3);
/// For each time that a look takes, so many times that are rested: looking takes a tenth of the time at most.
const REST: u32 = 9;

/// The pause after a look that took so long.
#[must_use]
pub fn pause(took: Duration) -> Duration {
    took.saturating_mul(REST).clamp(PAUSE_MIN, PAUSE_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longer_a_look_takes_the_rarer_they_are() {
        let pauses = [0, 10, 27, 100, 1_000, 60_000].map(|ms| pause(Duration::from_millis(ms)).as_millis());
        assert_eq!(pauses, [250, 250, 250, 900, 3_000, 3_000]);
    }
}
