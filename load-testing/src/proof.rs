//! Promises shown on the running house, over HTTP and in SQL: `proof races | crash | redis`; `proof split` runs
//! the house with every role a process of its own.
//!
//! Each proof starts what it needs on fresh data ([`house`]), lets clients act and remembers what they were told
//! ([`history`], [`ledger`]), and at the end reads in the tables whether that is so ([`check`]).

pub mod check;
pub mod crash;
pub mod expiry;
pub mod faults;
pub mod history;
pub mod house;
pub mod ledger;
pub mod options;
pub mod people;
pub mod races;
pub mod random;
pub mod redis;
pub mod split;

use faults::Faults;
use options::{Options, Proof};
use std::io::Write;

/// Runs what was chosen; gives its figures as one line, and what was found wrong.
///
/// # Errors
/// When something cannot be started or asked.
pub async fn run(options: &Options) -> anyhow::Result<(String, Faults)> {
    let mut faults = Faults::default();
    let line = match &options.proof {
        Proof::Crash(crash) => Box::pin(crash::run(options, crash, &mut faults)).await?,
        Proof::Redis(redis) => Box::pin(redis::run(options, redis, &mut faults)).await?,
        Proof::Races(races) => Box::pin(races::run(options, races, &mut faults)).await?,
        Proof::Split(split) => split::run(options, split).await?,
    };
    Ok((line, faults))
}

/// Says how far it is.
pub(crate) fn tell(text: &str) {
    let _nowhere_to_say = writeln!(std::io::stderr(), "{text}");
}
