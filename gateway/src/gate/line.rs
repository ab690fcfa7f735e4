//! The short lines before a gate that is full: one a priority, bounded in number and time. While they have stood for
//! long, whoever came last goes first and nobody waits long: those before have been waiting in vain already (controlled
//! delay and adaptive LIFO: Maurer, Fail at Scale, ACM Queue 2015, after Nichols and Jacobson 2012).

use super::priority::Priority;
use std::collections::VecDeque;
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::time::Instant;

/// How many of a priority may wait.
const WAITING_MAX: usize = 64;
/// How long one waits at most; with what else a refusal takes that stays below 50 ms.
const PATIENCE: Duration = Duration::from_millis(20);
/// The same for people who are inside.
const PATIENCE_INSIDE: Duration = Duration::from_millis(40);
/// How long one waits while the lines have stood for [`STANDS_AFTER`].
const PATIENCE_STANDING: Duration = Duration::from_millis(5);
const STANDS_AFTER: Duration = Duration::from_millis(100);

/// Those who wait for a `T`.
pub(super) struct Lines<T> {
    waiting: [VecDeque<oneshot::Sender<T>>; Priority::ALL.len()],
    /// Since when somebody has been waiting without a break.
    since: Option<Instant>,
}

impl<T> Default for Lines<T> {
    fn default() -> Self {
        Self { waiting: Default::default(), since: None }
    }
}

impl<T> Lines<T> {
    /// One more waits: for what, and how long; nothing when too many do.
    pub(super) fn join(&mut self, priority: Priority, now: Instant) -> Option<(oneshot::Receiver<T>, Duration)> {
        let stands = self.stands(now);
        if self.waiting[priority as usize].len() >= WAITING_MAX {
            self.forget_who_left(priority);
        }
        let line = &mut self.waiting[priority as usize];
        if line.len() >= WAITING_MAX {
            return None;
        }
        let (turn, waits) = oneshot::channel();
        line.push_back(turn);
        self.since.get_or_insert(now);
        let patience = match priority {
            Priority::Inside => PATIENCE_INSIDE,
            _ if stands => PATIENCE_STANDING,
            Priority::Reserve | Priority::Look => PATIENCE,
        };
        Some((waits, patience))
    }

    pub(super) fn is_anybody(&self, priority: Priority) -> bool {
        !self.waiting[priority as usize].is_empty()
    }

    /// Whose turn it is of a priority.
    pub(super) fn next(&mut self, priority: Priority, now: Instant) -> Option<oneshot::Sender<T>> {
        let stands = self.stands(now);
        let line = &mut self.waiting[priority as usize];
        let next = if stands { line.pop_back() } else { line.pop_front() };
        self.rest_when_empty();
        next
    }

    /// Those who do not wait any more leave the line.
    pub(super) fn forget_who_left(&mut self, priority: Priority) {
        self.waiting[priority as usize].retain(|turn| !turn.is_closed());
        self.rest_when_empty();
    }

    fn stands(&self, now: Instant) -> bool {
        self.since.is_some_and(|since| now.saturating_duration_since(since) >= STANDS_AFTER)
    }

    fn rest_when_empty(&mut self) {
        if self.waiting.iter().all(VecDeque::is_empty) {
            self.since = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_line_that_stands_lets_the_last_in_first_and_nobody_wait_long() {
        let began = Instant::now();
        let mut lines = Lines::default();
        let (mut first, patience) = lines.join(Priority::Look, began).expect("room");
        assert_eq!(patience, PATIENCE);
        let (mut second, _) = lines.join(Priority::Look, began).expect("room");
        lines.next(Priority::Look, began).expect("one waits").send(1).expect("still there");
        assert_eq!(first.try_recv(), Ok(1));
        let later = began + STANDS_AFTER;
        let (mut third, patience) = lines.join(Priority::Look, later).expect("room");
        assert_eq!(patience, PATIENCE_STANDING);
        lines.next(Priority::Look, later).expect("two wait").send(3).expect("still there");
        assert_eq!(third.try_recv(), Ok(3));
        lines.next(Priority::Look, later).expect("one waits").send(2).expect("still there");
        assert_eq!(second.try_recv(), Ok(2));
        let (_, patience) = lines.join(Priority::Look, later).expect("room");
        assert_eq!(patience, PATIENCE, "nobody waited in between");
    }

    #[tokio::test(start_paused = true)]
    async fn a_line_is_bounded_and_forgets_who_left() {
        let now = Instant::now();
        let mut lines = Lines::<()>::default();
        let waiting: Vec<_> = (0..WAITING_MAX).filter_map(|_| lines.join(Priority::Reserve, now)).collect();
        assert!(lines.join(Priority::Reserve, now).is_none());
        assert!(lines.join(Priority::Inside, now).is_some(), "each priority has its own");
        drop(waiting);
        assert!(lines.join(Priority::Reserve, now).is_some());
    }
}
