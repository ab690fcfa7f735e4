//! Proof from the first day: booking's pure rules in a world where everything fails.
//!
//! - [`run`]: many seeds, each a [`world::World`] of its own with virtual time: lossy Redis masters
//!   ([`master`]), PostgreSQL that crashes ([`store`]) and keeps the events ([`log`]), a relay, a bus and its consumers
//!   ([`relay`]), a payment provider ([`provider`]), booking processes that die and are replaced ([`shell`]) and
//!   impatient buyers ([`buyer`]).
//!   The promises are looked at after every step ([`check`]), then the faults end and all must come to rest.
//! - [`planted`]: mistakes put in on purpose, each of which must be found.
//! - [`model`]: small worlds, exhaustively.
//!
//! All chance comes from the seed ([`random`]); nothing depends on a hash map's order or on the machine's clock.

pub mod buyer;
pub mod check;
pub mod goals;
pub mod ids;
pub mod log;
pub mod master;
pub mod message;
pub mod model;
pub mod planted;
pub mod profile;
pub mod provider;
pub mod random;
pub mod relay;
pub mod run;
pub mod shell;
pub mod store;
pub mod world;
