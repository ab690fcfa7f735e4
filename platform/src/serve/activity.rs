//! What goes on at one connection: answers under way, streams among them, and since when nothing.

use futures::task::AtomicWaker;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::task::Waker;
use std::time::Duration;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::Instant;

/// A connection that is open, until it is dropped; counted by what it is used for.
pub(super) struct Open {
    internal: bool,
    opened: Instant,
    under_way: AtomicU32,
    streams: AtomicU32,
    /// Since `opened`, in milliseconds; what it says counts while nothing is under way.
    idle_since_ms: AtomicU64,
    /// Woken when nothing is under way any more, if somebody waits for that.
    idling: AtomicWaker,
    #[expect(dead_code, reason = "its drop gives the place back")]
    place: OwnedSemaphorePermit,
}

impl Open {
    pub(super) fn new(place: OwnedSemaphorePermit, internal: bool) -> Self {
        let open = Self {
            internal,
            opened: Instant::now(),
            under_way: AtomicU32::new(0),
            streams: AtomicU32::new(0),
            idle_since_ms: AtomicU64::new(0),
            idling: AtomicWaker::new(),
            place,
        };
        gauge(open.kind()).increment(1.0);
        open
    }

    /// An answer begins.
    pub(super) fn begin(&self) {
        self.under_way.fetch_add(1, Ordering::Relaxed);
    }

    /// An answer has ended, or its client went away.
    pub(super) fn end(&self) {
        let now = u64::try_from(self.opened.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.idle_since_ms.store(now, Ordering::Relaxed);
        if self.under_way.fetch_sub(1, Ordering::Release) == 1 {
            self.idling.wake();
        }
    }

    /// An answer under way turned out to be a stream of events.
    pub(super) fn begin_stream(&self) {
        let before = self.kind();
        self.streams.fetch_add(1, Ordering::Relaxed);
        self.count_again(before);
    }

    /// A stream of events has ended.
    pub(super) fn end_stream(&self) {
        let before = self.kind();
        self.streams.fetch_sub(1, Ordering::Relaxed);
        self.count_again(before);
    }

    /// For how long nothing has been under way; nothing while something is.
    pub(super) fn idle_for(&self) -> Option<Duration> {
        if self.under_way.load(Ordering::Acquire) > 0 {
            return None;
        }
        let since = Duration::from_millis(self.idle_since_ms.load(Ordering::Relaxed));
        Some(self.opened.elapsed().saturating_sub(since))
    }

    /// Whether nothing is under way; if something is, its end wakes this one.
    pub(super) fn is_idle_or_wakes(&self, waker: &Waker) -> bool {
        if self.idle_for().is_some() {
            return true;
        }
        self.idling.register(waker);
        // What ended in between has woken nobody.
        self.idle_for().is_some()
    }

    fn kind(&self) -> &'static str {
        match self.streams.load(Ordering::Relaxed) {
            _ if self.internal => "internal",
            0 => "request",
            _ => "stream",
        }
    }

    fn count_again(&self, before: &'static str) {
        let now = self.kind();
        if now != before {
            gauge(before).decrement(1.0);
            gauge(now).increment(1.0);
        }
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        gauge(self.kind()).decrement(1.0);
    }
}

fn gauge(kind: &'static str) -> metrics::Gauge {
    metrics::gauge!("onsale_connections_open", "kind" => kind)
}
