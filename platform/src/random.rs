//! The one place where randomness enters: ids, tokens, jitter.

use crate::clock::Clock;
use rand::RngCore;
use rand::TryRngCore;
use rand::rngs::OsRng;
use std::time::Duration;
use uuid::{Builder, Uuid};

/// `N` bytes that nobody can guess, from the operating system.
///
/// # Panics
/// When the operating system has no randomness to give; nothing secure could go on then.
#[must_use]
pub fn secret_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    OsRng.try_fill_bytes(&mut bytes).expect("the operating system's random source answers");
    bytes
}

/// A new UUIDv7 (RFC 9562, 5.7): sorted by time, to the millisecond.
#[must_use]
pub fn new_id<T: From<Uuid>>(clock: &Clock) -> T {
    let mut bytes = [0; 10];
    rand::rng().fill_bytes(&mut bytes);
    let millis = u64::try_from(clock.now().timestamp_millis()).unwrap_or(0);
    T::from(Builder::from_unix_timestamp_millis(millis, &bytes).into_uuid())
}

/// How long to wait after so many tries (1 and more) that failed: `first`, each time `factor` times as long, `most` at
/// most, and [`jittered`].
#[must_use]
pub fn backoff(tries: i32, first: Duration, factor: u32, most: Duration) -> Duration {
    let before = u32::try_from(tries - 1).unwrap_or_default();
    jittered(first.saturating_mul(factor.saturating_pow(before)).min(most))
}

/// A wait between half of `base` and one and a half of it, so that retries do not come in step.
#[must_use]
pub fn jittered(base: Duration) -> Duration {
    base.mul_f64(0.5 + f64::from(rand::rng().next_u32()) / f64::from(u32::MAX))
}

/// A wait from nothing up to `most`, so that many who do the same do it one after another.
#[must_use]
pub fn up_to(most: Duration) -> Duration {
    most.mul_f64(f64::from(rand::rng().next_u32()) / f64::from(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_from_try_to_try_to_their_bound() {
        let (first, most) = (Duration::from_secs(2), Duration::from_secs(60));
        for (tries, base) in [(0, 2.0), (1, 2.0), (2, 8.0), (3, 32.0), (4, 60.0), (i32::MAX, 60.0)] {
            let wait = backoff(tries, first, 4, most).as_secs_f64();
            assert!((0.5 * base..=1.5 * base + 0.001).contains(&wait), "{wait} s after {tries} tries");
        }
    }
}
