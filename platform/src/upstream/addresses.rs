//! The addresses of a service: which one takes the next call, and which ones are left out for now.

use super::limit::{Running, count};
use axum::http::uri::Authority;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;
use tokio::time::Instant;

/// How many failures in a row take an address out.
const FAILURES_MAX: u32 = 3;
/// How long it stays out.
const OUT_FOR: Duration = Duration::from_secs(5);

/// One address.
pub(super) struct Address {
    pub(super) authority: Authority,
    /// Its share of the calls, against the others'; at least 1.
    weight: u32,
    in_flight: AtomicUsize,
    failures: AtomicU32,
    /// Millis since `origin` until which it is left out.
    out_until_ms: AtomicU64,
    origin: Instant,
}

impl Address {
    pub(super) fn new(authority: Authority, weight: u16) -> Self {
        Self {
            authority,
            // RFC 2782: a weight of 0 still has a small chance.
            weight: u32::from(weight).saturating_mul(10).max(1),
            in_flight: AtomicUsize::new(0),
            failures: AtomicU32::new(0),
            out_until_ms: AtomicU64::new(0),
            origin: Instant::now(),
        }
    }

    /// Counts a call until its answer's head came.
    pub(super) fn enter(&self) -> Running<'_> {
        count(&self.in_flight)
    }

    /// It answered.
    pub(super) fn succeeded(&self) {
        if self.failures.load(Ordering::Relaxed) != 0 {
            self.failures.store(0, Ordering::Relaxed);
        }
    }

    /// It could not be reached, or broke off.
    pub(super) fn failed(&self) {
        if self.failures.fetch_add(1, Ordering::Relaxed).saturating_add(1) >= FAILURES_MAX {
            let until = self.now_ms().saturating_add(u64::try_from(OUT_FOR.as_millis()).unwrap_or(u64::MAX));
            self.out_until_ms.store(until, Ordering::Relaxed);
            tracing::warn!(address = %self.authority, "left out for {OUT_FOR:?}: it failed {FAILURES_MAX} times in a row");
        }
    }

    fn is_out(&self) -> bool {
        let until = self.out_until_ms.load(Ordering::Relaxed);
        until != 0 && self.now_ms() < until
    }

    fn now_ms(&self) -> u64 {
        u64::try_from(self.origin.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// Calls in flight for each unit of weight, times a million.
    fn load(&self) -> u64 {
        let calls = u64::try_from(self.in_flight.load(Ordering::Relaxed)).unwrap_or(u64::MAX);
        calls.saturating_mul(1_000_000) / u64::from(self.weight)
    }
}

/// The addresses that stand now. An address keeps its counts when it is found again.
pub(super) type Addresses = Arc<[Arc<Address>]>;

/// New addresses, with the counts of those known before.
pub(super) fn merged(known: &[Arc<Address>], found: impl IntoIterator<Item = (Authority, u16)>) -> Addresses {
    found
        .into_iter()
        .map(|(authority, weight)| {
            let fresh = Address::new(authority, weight);
            let same = known.iter().find(|old| old.authority == fresh.authority && old.weight == fresh.weight);
            same.cloned().unwrap_or_else(|| Arc::new(fresh))
        })
        .collect()
}

/// The power of two choices: of two drawn by weight, the one with fewer calls in flight. Addresses
/// left out are chosen only when there is no other; `avoid` likewise.
pub(super) fn choose(all: &[Arc<Address>], draw: u64, avoid: Option<&Address>) -> Option<Arc<Address>> {
    let usable = |address: &&Arc<Address>| !address.is_out() && !avoid.is_some_and(|one| same(address, one));
    if let [only] = all {
        return Some(only.clone());
    }
    let total: u64 = all.iter().filter(usable).map(|address| u64::from(address.weight)).sum();
    if total == 0 {
        let place = usize::try_from(draw >> 1).unwrap_or(0).checked_rem(all.len())?;
        return Some(all[place].clone());
    }
    let drawn = |point: u64| {
        let mut left = point % total;
        all.iter().filter(usable).find(|address| {
            let weight = u64::from(address.weight);
            let here = left < weight;
            left = left.saturating_sub(weight);
            here
        })
    };
    let first = drawn(draw & 0xffff_ffff)?;
    let second = drawn(draw >> 32)?;
    Some(if second.load() < first.load() { second.clone() } else { first.clone() })
}

fn same(one: &Arc<Address>, other: &Address) -> bool {
    std::ptr::eq(Arc::as_ptr(one), other)
}

/// A number that is spread evenly, from a counter (SplitMix64): a call needs no secret here.
pub(super) fn spread(counter: u64) -> u64 {
    let mut z = counter.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(weights: &[u16]) -> Addresses {
        let found = weights.iter().enumerate().map(|(i, weight)| {
            let authority = format!("10.0.0.{i}:80").parse().expect("an authority");
            (authority, *weight)
        });
        merged(&[], found)
    }

    fn chosen(all: &Addresses, times: u64) -> Vec<usize> {
        let mut counts = vec![0; all.len()];
        for i in 0..times {
            let one = choose(all, spread(i), None).expect("an address");
            counts[all.iter().position(|address| Arc::ptr_eq(address, &one)).expect("known")] += 1;
        }
        counts
    }

    #[tokio::test(start_paused = true)]
    async fn calls_spread_by_weight_and_go_where_fewer_are_in_flight() {
        let counts = chosen(&of(&[1, 1, 1, 1]), 4_000);
        assert!(counts.iter().all(|count| (900..1_100).contains(count)), "{counts:?}");

        let counts = chosen(&of(&[3, 1]), 4_000);
        assert!(counts[0] > counts[1] * 2, "{counts:?}");

        let all = of(&[1, 1]);
        let _busy = all[0].enter();
        let counts = chosen(&all, 1_000);
        assert!(counts[1] > counts[0] * 2, "{counts:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn an_address_that_fails_is_left_out_for_a_while_but_never_the_last_one() {
        let all = of(&[1, 1]);
        for _ in 0..FAILURES_MAX {
            all[0].failed();
        }
        assert_eq!(chosen(&all, 100)[0], 0);
        tokio::time::advance(OUT_FOR).await;
        assert!(chosen(&all, 100)[0] > 0, "it may try again");

        for address in all.iter() {
            for _ in 0..FAILURES_MAX {
                address.failed();
            }
        }
        let counts = chosen(&all, 100);
        assert!(counts.iter().all(|count| *count > 0), "all are out, so all are tried: {counts:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn an_address_found_again_keeps_its_counts() {
        let before = of(&[1, 1]);
        let after = merged(&before, [(before[1].authority.clone(), 1), (Authority::from_static("10.0.0.9:80"), 1)]);
        assert!(Arc::ptr_eq(&before[1], &after[0]));
        assert_eq!(after.len(), 2);
    }
}
