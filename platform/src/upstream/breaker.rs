//! The circuit breaker: whoever fails again and again is left alone for a while, then tried with one call.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Duration;
use tokio::time::Instant;

/// How many failures in a row open it.
const FAILURES_MAX: u32 = 10;
/// How long it stays open before one call may try.
const OPEN_FOR: Duration = Duration::from_secs(1);
/// How long the one call that tries is waited for before another one may, too: a call that takes its time, as one that
/// pays does, must not keep all others away from who is back.
const PROBE_MAX: Duration = Duration::from_millis(250);

/// Counts failures in a row. Lock-free: it is passed by every call.
pub struct Breaker {
    origin: Instant,
    failures: AtomicU32,
    /// Micros since `origin` until which calls are refused; 0 while it is closed.
    open_until_us: AtomicU64,
}

/// Leave to make a call; says afterwards how it went. Dropped without a word, it says nothing.
pub struct Leave<'a> {
    breaker: &'a Breaker,
    /// What `open_until_us` was set to by the call that tries.
    probe: Option<u64>,
}

impl Breaker {
    /// Closed.
    #[must_use]
    pub fn new() -> Self {
        Self { origin: Instant::now(), failures: AtomicU32::new(0), open_until_us: AtomicU64::new(0) }
    }

    /// Leave to call now, or how long to wait.
    pub fn ask(&self) -> Result<Leave<'_>, Duration> {
        let until = self.open_until_us.load(Ordering::Acquire);
        if until == 0 {
            return Ok(Leave { breaker: self, probe: None });
        }
        let now = self.now_us();
        if now < until {
            return Err(Duration::from_micros(until - now));
        }
        let lease = now + micros(PROBE_MAX);
        match self.open_until_us.compare_exchange(until, lease, Ordering::AcqRel, Ordering::Acquire) {
            Ok(_) => Ok(Leave { breaker: self, probe: Some(lease) }),
            Err(_) => Err(PROBE_MAX),
        }
    }

    fn now_us(&self) -> u64 {
        // Never 0, which means closed.
        micros(self.origin.elapsed()).saturating_add(1)
    }
}

impl Default for Breaker {
    fn default() -> Self {
        Self::new()
    }
}

impl Leave<'_> {
    /// An answer came.
    pub fn succeeded(mut self) {
        if self.breaker.failures.load(Ordering::Relaxed) != 0 {
            self.breaker.failures.store(0, Ordering::Relaxed);
        }
        if self.probe.take().is_some() {
            self.breaker.open_until_us.store(0, Ordering::Release);
        }
    }

    /// No answer came, or not in time. Says whether this opened it.
    pub fn failed(mut self) -> bool {
        let failures = self.breaker.failures.fetch_add(1, Ordering::Relaxed).saturating_add(1);
        // Of several that tried, an earlier one may have closed it.
        let probing = self.probe.take().is_some() && self.breaker.open_until_us.load(Ordering::Acquire) != 0;
        if probing || failures >= FAILURES_MAX {
            let until = self.breaker.now_us() + micros(OPEN_FOR);
            self.breaker.open_until_us.store(until, Ordering::Release);
            return true;
        }
        false
    }
}

impl Drop for Leave<'_> {
    fn drop(&mut self) {
        if let Some(lease) = self.probe {
            // The one that tried was given up by its caller: the next may try at once.
            let now = self.breaker.now_us();
            let _other = self.breaker.open_until_us.compare_exchange(lease, now, Ordering::AcqRel, Ordering::Acquire);
        }
    }
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fail(breaker: &Breaker, times: u32) {
        for _ in 0..times {
            breaker.ask().expect("closed").failed();
        }
    }

    #[tokio::test(start_paused = true)]
    async fn it_opens_after_ten_failures_in_a_row_and_tries_one_call_at_a_time() {
        let breaker = Breaker::new();
        fail(&breaker, 9);
        breaker.ask().expect("still closed").succeeded();
        fail(&breaker, 10);
        let wait = breaker.ask().err().expect("open");
        assert!(wait <= OPEN_FOR && wait > OPEN_FOR / 2, "{wait:?}");

        tokio::time::advance(OPEN_FOR).await;
        let probe = breaker.ask().expect("one may try");
        assert!(breaker.ask().is_err(), "only one");
        probe.failed();
        assert!(breaker.ask().is_err(), "open again at once");

        tokio::time::advance(OPEN_FOR).await;
        breaker.ask().expect("one may try").succeeded();
        assert!(breaker.ask().is_ok());
        fail(&breaker, 9);
        assert!(breaker.ask().is_ok(), "it counts from the start again");
    }

    #[tokio::test(start_paused = true)]
    async fn a_try_that_is_given_up_does_not_keep_others_out() {
        let breaker = Breaker::new();
        fail(&breaker, 10);
        tokio::time::advance(OPEN_FOR).await;
        drop(breaker.ask().expect("one may try"));
        assert!(breaker.ask().is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn a_try_that_takes_its_time_keeps_nobody_away_from_who_is_back() {
        let breaker = Breaker::new();
        fail(&breaker, 10);
        tokio::time::advance(OPEN_FOR).await;
        let slow = breaker.ask().expect("one may try");
        assert!(breaker.ask().is_err(), "it is waited for");
        tokio::time::advance(PROBE_MAX).await;
        breaker.ask().expect("another one may try, too").succeeded();
        assert!(!slow.failed(), "what began before it was closed does not open it");
        assert!(breaker.ask().is_ok());
    }
}
