//! How many requests a role may have under way: additive increase, multiplicative decrease (Chiu and Jain 1989), by
//! how long answers take, as TCP Vegas does (Brakmo and Peterson 1995) and Netflix's concurrency-limits for services.
//!
//! Looks and reserves take some milliseconds by themselves; where half of them take longer than the bound, they wait
//! for others. All that is under way counts for the limit, so when paying takes places, fewer are let in to reserve.

use super::priority::Priority;
use super::window::Seen;
use std::time::Duration;

/// Below this nothing is gained: a role answers so many at once in any state.
const PLACES_MIN: usize = 16;
const PLACES_AT_FIRST: usize = 128;

/// The limit as it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Limit {
    places: usize,
    latency_max: Duration,
}

impl Limit {
    /// As many as a role may have from this process anyway (`UPSTREAM_LIMIT_<ROLE>`).
    pub(super) const PLACES_MAX: usize = 1_024;

    pub(super) fn new(latency_max: Duration) -> Self {
        Self { places: PLACES_AT_FIRST, latency_max }
    }

    /// How many may be under way.
    pub(super) fn places(self) -> usize {
        self.places
    }

    /// How many may be under way when one of these comes. People who are inside take places from the others and are not
    /// bound by the limit: what was done for them would be lost, and they are no more than were let in before.
    pub(super) fn places_for(self, priority: Priority) -> usize {
        match priority {
            Priority::Inside => Self::PLACES_MAX,
            Priority::Reserve => self.places * 4 / 5,
            Priority::Look => self.places * 3 / 5,
        }
    }

    /// Learns from a window: an eighth less when answers took too long, a little more when they were fast and most
    /// places were used. A limit that nobody meets tells nothing and stays.
    pub(super) fn step(&mut self, seen: Seen) {
        if seen.median > self.latency_max {
            self.places = (self.places - self.places / 8).max(PLACES_MIN);
        } else if seen.median <= self.latency_max / 2 && seen.under_way_max * 2 >= self.places {
            self.places = (self.places + 2 + self.places / 32).min(Self::PLACES_MAX);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOUND: Duration = Duration::from_millis(150);

    /// A role that answers so many a second, however many are under way: Little's law gives the latency.
    fn settled(rate: f64, start: usize) -> usize {
        let mut limit = Limit { places: start, latency_max: BOUND };
        for _ in 0..400 {
            let under_way = u32::try_from(limit.places()).expect("few");
            let median = Duration::from_secs_f64(f64::from(under_way) / rate);
            limit.step(Seen { median, under_way_max: limit.places() });
        }
        limit.places()
    }

    #[test]
    fn it_settles_where_answers_take_as_long_as_they_may_from_wherever_it_starts() {
        for rate in [600.0, 2_000.0, 5_000.0] {
            for start in [PLACES_MIN, PLACES_AT_FIRST, Limit::PLACES_MAX] {
                let places = u32::try_from(settled(rate, start)).expect("few");
                let latency = f64::from(places) / rate;
                assert!((0.07..=0.16).contains(&latency), "{rate} from {start}: {places} places, {latency} s");
            }
        }
    }

    #[test]
    fn it_keeps_its_bounds() {
        assert_eq!(settled(1.0, Limit::PLACES_MAX), PLACES_MIN);
        assert_eq!(settled(1_000_000.0, PLACES_MIN), Limit::PLACES_MAX);
    }

    #[test]
    fn a_limit_that_nobody_meets_stays() {
        let mut limit = Limit::new(BOUND);
        limit.step(Seen { median: Duration::from_millis(1), under_way_max: 3 });
        assert_eq!(limit, Limit::new(BOUND));
    }
}
