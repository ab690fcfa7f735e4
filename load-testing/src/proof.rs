//! Promises shown on the running house, over HTTP and in SQL: `proof races | crash | redis | failpoints | money | charges |
//! durability | line | opening`, and with [`crate::chaos`] `proof chaos`; `proof split` runs the house with every role a
//! process of its own.
//!
//! Each proof starts what it needs on fresh data ([`house`]; in several processes [`parts`]), lets clients act ([`buyers`])
//! and remembers what they were told ([`history`], [`ledger`]), and at the end reads in the tables whether that is so
//! ([`check`]; of the money [`audit`]).

pub mod audit;
pub mod buyers;
pub mod charges;
pub mod check;
pub mod crash;
pub mod durability;
pub mod expiry;
pub mod failpoints;
pub mod faults;
pub mod gate;
pub mod history;
pub mod house;
pub mod keys;
pub mod ledger;
pub mod line;
pub mod money;
pub mod opening;
pub mod options;
pub mod parts;
pub mod people;
pub mod races;
pub mod random;
pub mod redis;
pub mod split;
pub mod visitor;
pub mod watch;

use anyhow::bail;
use faults::Faults;
use options::{Options, Proof};
use std::io::Write;
use tokio::signal::unix::{SignalKind, signal};

/// Runs what was chosen; gives its figures as one line, and what was found wrong. Asked to stop, it stops what it
/// has started.
///
/// # Errors
/// When something cannot be started or asked.
pub async fn run(options: &Options) -> anyhow::Result<(String, Faults)> {
    let mut faults = Faults::default();
    if let Proof::Split(split) = &options.proof {
        return Ok((split::run(options, split).await?, faults));
    }
    let line = tokio::select! {
        line = Box::pin(prove(options, &mut faults)) => line?,
        asked = asked_to_stop() => {
            asked?;
            bail!("it was stopped before it had come to its end");
        }
    };
    Ok((line, faults))
}

async fn prove(options: &Options, faults: &mut Faults) -> anyhow::Result<String> {
    match &options.proof {
        Proof::Chaos(chaos) => Box::pin(crate::chaos::prove(options, chaos, faults)).await,
        Proof::Crash(crash) => Box::pin(crash::run(options, crash, faults)).await,
        Proof::Failpoints(chosen) => Box::pin(failpoints::run(options, chosen, faults)).await,
        Proof::Money(money) => Box::pin(money::run(options, money, faults)).await,
        Proof::Charges(charges) => Box::pin(charges::run(options, charges, faults)).await,
        Proof::Durability(durability) => Box::pin(durability::run(options, durability, faults)).await,
        Proof::Line(line) => Box::pin(line::run(options, line, faults)).await,
        Proof::Opening(opening) => Box::pin(opening::run(options, opening, faults)).await,
        Proof::Redis(redis) => Box::pin(redis::run(options, redis, faults)).await,
        Proof::Races(races) => Box::pin(races::run(options, races, faults)).await,
        Proof::Split(split) => split::run(options, split).await,
    }
}

/// Resolves when somebody wants this process to end: Ctrl-C, or `SIGTERM`.
pub(crate) async fn asked_to_stop() -> anyhow::Result<()> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    Ok(())
}

/// Says how far it is.
pub(crate) fn tell(text: &str) {
    let _nowhere_to_say = writeln!(std::io::stderr(), "{text}");
}
