//! How long somebody will wait, as a range whose end is at most twice its beginning.

use onsale_core::api::queue::WaitRange;

/// Nobody is promised less than this.
const LEAST_S: f64 = 5.0;
/// Fewer people than this tell no rate.
const PEOPLE_MIN: u32 = 6;
/// The past that tells the rate is as long as half of what is to be waited, within these.
const WINDOW_MIN_S: f64 = 30.0;
const WINDOW_MAX_S: f64 = 600.0;
/// A line that moved in one half of that past so many times as fast as in the other tells nothing of what is to come.
const UNSTEADY: f64 = 1.5;

/// The range for whoever has `ahead` people before them. `called_in(s)` tells how many people were called in the last
/// `s` seconds, `running_s` since when the line moves, and `fed` how many people the free seats feed. Nothing while
/// nobody can say: the line has just begun, it speeds up or slows down, or the seats may not last.
#[must_use]
pub fn wait(ahead: u32, running_s: f64, fed: Option<f64>, called_in: impl Fn(f64) -> u32) -> Option<WaitRange> {
    let people = f64::from(ahead) + 1.0;
    if running_s < WINDOW_MIN_S || fed.is_some_and(|fed| people > fed) {
        return None;
    }
    let rate_over = |window: f64| {
        let window = window.clamp(WINDOW_MIN_S, WINDOW_MAX_S).min(running_s);
        let (all, late) = (called_in(window), called_in(window / 2.0));
        let (early, late) = (f64::from(all.saturating_sub(late)), f64::from(late));
        // A person more or less in a half is chance.
        let is_steady = late <= early * UNSTEADY + 2.0 && early <= late * UNSTEADY + 2.0;
        (all >= PEOPLE_MIN && is_steady).then(|| f64::from(all) / window)
    };
    // The wait tells how far to look back, which tells the wait.
    let first = people / rate_over(WINDOW_MIN_S)?;
    let wait = people / rate_over(first / 2.0)?;
    Some(range(wait))
}

/// The range about a wait: as far below as above.
fn range(wait: f64) -> WaitRange {
    let from = seconds(wait.max(LEAST_S) / std::f64::consts::SQRT_2);
    WaitRange { from_seconds: from, to_seconds: seconds(wait.max(LEAST_S) * std::f64::consts::SQRT_2).min(from * 2) }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it saturates, which is what is wanted")]
fn seconds(time: f64) -> u32 {
    time.round().clamp(1.0, 1e9) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_is_never_more_than_twice_the_beginning() {
        for ahead in [0, 1, 10, 333, 5_000, 100_000] {
            for a_second in [1_u32, 7, 50] {
                let range = wait(ahead, 900.0, None, |s| seconds(s) * a_second).expect("the line moves");
                assert!(range.from_seconds > 0 && range.to_seconds <= 2 * range.from_seconds, "{range:?}");
                let true_wait = (f64::from(ahead) / f64::from(a_second)).max(LEAST_S);
                let (from, to) = (f64::from(range.from_seconds), f64::from(range.to_seconds));
                assert!(from - 1.0 <= true_wait && true_wait <= to + 1.0, "{true_wait} in {range:?}");
            }
        }
    }

    #[test]
    fn nobody_is_told_a_wait_before_the_line_moves() {
        assert_eq!(wait(10, 5.0, None, |_| 100), None);
        assert_eq!(wait(10, 500.0, None, |_| 2), None);
        // All were called just now, or long ago, or the seats do not last.
        assert_eq!(wait(10, 500.0, None, |_| 1_000), None);
        assert_eq!(wait(10, 500.0, Some(10.0), seconds), None);
        assert!(wait(10, 500.0, Some(11.0), seconds).is_some());
    }
}
