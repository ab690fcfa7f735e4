//! How many calls may run at once. Full means refused at once: a queue here would only hide it.

use std::sync::atomic::{AtomicUsize, Ordering};

/// Counts the calls that run.
pub(super) struct Limit {
    running: AtomicUsize,
    max: usize,
}

/// A call that runs, until it is dropped.
pub(super) struct Running<'a>(&'a AtomicUsize);

impl Limit {
    pub(super) fn new(max: usize) -> Self {
        Self { running: AtomicUsize::new(0), max }
    }

    /// A place for one more call, if there is one.
    pub(super) fn enter(&self) -> Option<Running<'_>> {
        let entered = count(&self.running);
        // The place is given back by the drop of `entered` when there was none.
        (self.running.load(Ordering::Relaxed) <= self.max).then_some(entered)
    }
}

/// Counts one more in `counter` until the result is dropped.
pub(super) fn count(counter: &AtomicUsize) -> Running<'_> {
    counter.fetch_add(1, Ordering::Relaxed);
    Running(counter)
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_house_takes_nobody_until_somebody_leaves() {
        let limit = Limit::new(2);
        let first = limit.enter().expect("a place");
        let _second = limit.enter().expect("a place");
        assert!(limit.enter().is_none());
        assert!(limit.enter().is_none());
        drop(first);
        assert!(limit.enter().is_some());
    }
}
