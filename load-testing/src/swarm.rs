//! A hundred thousand buyers of one event, each with a stream of its own, from the lobby to the ticket.
//!
//! [`run`] is the run: it starts the house ([`house`]), makes the event ([`stage`]), signs people in by `onsale seed
//! swarm`, starts client processes ([`crews`]) of thousands of people each ([`client`]), watches them and the house
//! ([`watch`]), compares what people were told with the database ([`ledger`]), and tells it ([`report`], [`bars`]).

pub mod bars;
pub mod charts;
pub mod client;
pub mod crews;
pub mod figures;
pub mod house;
pub mod ledger;
pub mod options;
pub mod report;
pub mod run;
pub mod script;
pub mod stage;
pub mod tally;
pub mod watch;

use std::time::{SystemTime, UNIX_EPOCH};

/// The wall clock, in milliseconds since 1970: what the processes of a run agree on.
#[must_use]
pub fn wall_ms() -> i64 {
    #[expect(clippy::disallowed_methods, reason = "the clients' clock is theirs, not the house's")]
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
