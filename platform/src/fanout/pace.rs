//! How often watchers are told, so that telling them never takes more than its share of a processor.

use std::time::Duration;

/// Processor time that one message to one watcher is reckoned to take: waking its connection and writing to a socket. An
/// assumption that `make bench-watchers` has not confirmed yet.
const MESSAGE_COST: Duration = Duration::from_micros(12);
/// The same of each KiB in it.
const KIB_COST: Duration = Duration::from_nanos(400);

/// The shortest and the longest pause.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    pub(super) shortest: Duration,
    pub(super) longest: Duration,
}

/// The pause from one message of so many bytes to the next, where `share` of each second may be spent on telling.
pub(super) fn pause(watchers: usize, bytes: usize, share: Duration, bounds: Bounds) -> Duration {
    let kib = u32::try_from(bytes / 1024).unwrap_or(u32::MAX);
    let each = MESSAGE_COST + KIB_COST.saturating_mul(kib);
    let all = each.saturating_mul(u32::try_from(watchers).unwrap_or(u32::MAX));
    // A minute is beyond all bounds.
    let seconds = all.div_duration_f64(share).min(60.0);
    Duration::from_secs_f64(seconds).clamp(bounds.shortest, bounds.longest)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SEATS: Bounds = Bounds { shortest: Duration::from_millis(250), longest: Duration::from_secs(5) };
    const HALF: Duration = Duration::from_millis(500);

    fn millis(watchers: usize, bytes: usize, share: Duration) -> u128 {
        pause(watchers, bytes, share, SEATS).as_millis()
    }

    #[test]
    fn the_more_watch_and_the_longer_the_messages_the_rarer_they_are() {
        let by_watchers = [0, 1_000, 10_000, 20_000, 50_000, 100_000, 10_000_000].map(|n| millis(n, 500, HALF));
        assert_eq!(by_watchers, [250, 250, 250, 480, 1_200, 2_400, 5_000]);
        assert!(millis(20_000, 64 * 1024, HALF) > millis(20_000, 1_000, HALF));
    }

    #[test]
    fn what_is_spent_is_at_most_the_share_until_the_longest_pause() {
        for watchers in [20_000_u32, 60_000, 100_000] {
            let pause = pause(watchers as usize, 1_024, HALF, SEATS);
            let spent = (MESSAGE_COST + KIB_COST) * watchers;
            assert!(spent <= pause.mul_f64(0.501), "{watchers}: {spent:?} each {pause:?}");
        }
        // Ten gateways of a machine, each with a tenth of the watchers and of the share.
        assert_eq!(millis(10_000, 500, HALF / 10), millis(100_000, 500, HALF));
    }
}
