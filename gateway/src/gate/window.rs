//! What was seen of a role in the last moments.

use std::time::Duration;
use tokio::time::Instant;

/// How long a window is at least, and how many answers it needs to say something.
const LONG: Duration = Duration::from_millis(200);
const ANSWERS_MIN: usize = 8;
/// Of more answers the first ones stand for all.
const ANSWERS_MAX: usize = 256;
/// Few answers in so long say nothing together.
const STALE: Duration = Duration::from_secs(2);

/// What a window tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Seen {
    /// Half of the answers took longer.
    pub(super) median: Duration,
    /// The most that was under way.
    pub(super) under_way_max: usize,
}

/// The window that is open.
pub(super) struct Window {
    began: Instant,
    took: Vec<Duration>,
    under_way_max: usize,
}

impl Window {
    pub(super) fn new(now: Instant) -> Self {
        Self { began: now, took: Vec::with_capacity(ANSWERS_MAX), under_way_max: 0 }
    }

    pub(super) fn under_way(&mut self, count: usize) {
        self.under_way_max = self.under_way_max.max(count);
    }

    pub(super) fn record(&mut self, took: Duration) {
        if self.took.len() < ANSWERS_MAX {
            self.took.push(took);
        }
    }

    /// What it tells, once it is over; another one begins.
    pub(super) fn end(&mut self, now: Instant) -> Option<Seen> {
        let lasted = now.saturating_duration_since(self.began);
        let tells = self.took.len() >= ANSWERS_MIN;
        if lasted < LONG || (!tells && lasted < STALE) {
            return None;
        }
        let middle = self.took.len() / 2;
        let seen = tells.then(|| {
            let (_, median, _) = self.took.select_nth_unstable(middle);
            Seen { median: *median, under_way_max: self.under_way_max }
        });
        self.took.clear();
        self.under_way_max = 0;
        self.began = now;
        seen
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_window_tells_the_median_and_few_answers_tell_nothing() {
        let began = Instant::now();
        let mut window = Window::new(began);
        for ms in [900, 1, 2, 3, 4, 5, 6, 7, 800] {
            window.record(Duration::from_millis(ms));
        }
        window.under_way(7);
        assert_eq!(window.end(began + LONG / 2), None, "too early");
        let seen = Seen { median: Duration::from_millis(5), under_way_max: 7 };
        assert_eq!(window.end(began + LONG), Some(seen));
        window.record(Duration::from_secs(9));
        assert_eq!(window.end(began + LONG * 2), None);
        assert_eq!(window.end(began + LONG + STALE), None, "forgotten");
        for _ in 0..ANSWERS_MIN {
            window.record(Duration::from_millis(1));
        }
        let seen = window.end(began + LONG * 3 + STALE).expect("enough answers");
        assert_eq!(seen.median, Duration::from_millis(1));
    }
}
