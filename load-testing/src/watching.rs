//! `bench-watchers`: how old a seat's change is when everybody who watches has heard of it, and what they cost.
//!
//! [`run`] starts a house with several gateways ([`house`]), people who watch in processes of their own ([`crowd`], since a
//! process may open so many files only), and people who change seats ([`changes`]); then it puts together when each
//! change was acknowledged and when each watcher read it ([`staleness`]).

pub mod changes;
pub mod crowd;
pub mod house;
pub mod options;
pub mod run;
pub mod staleness;
mod stream;

use std::time::{SystemTime, UNIX_EPOCH};

/// Micros since 1970: the processes of one machine share this clock.
#[expect(clippy::disallowed_methods, reason = "several processes compare their times")]
fn now_us() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_micros()).unwrap_or(u64::MAX)
}
