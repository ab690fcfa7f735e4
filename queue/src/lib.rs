//! The waiting room: the line before an event's seats, whose fairness anybody can check.
//!
//! A library that the gateway runs in its process; its tables are in the gateway's schema (docs/decisions/0022). The map:
//! - `routes/` answers `/api/queue/…` and the organiser's `/api/admin/events/{id}/queue…`;
//! - `service/join.rs` is the only thing that many do at once: a batch is one transaction;
//! - `memory.rs` is what a process knows of all lines, read anew every half second: a status reads no table;
//! - `jobs/lead.rs` runs in one process at a time: it publishes heads, freezes the lobby, reveals the secret, lets people
//!   in and asks for mails;
//! - `domain/` has the rules: [`domain::inflow`] says how many are let in, [`domain::estimate`] how long others wait.
//!
//! The gateway asks [`State::check_admission`] before it passes a reserve on, and tells how it went.

mod config;
pub mod domain;
mod drand;
mod error;
mod jobs;
mod memory;
mod routes;
mod service;
mod state;
mod store;

pub use error::StartError;
pub use jobs::spawn_jobs;
pub use routes::{Entered, OwnPlace, openapi, router};
pub use service::guard_reserve::Admitted;
pub use state::{State, start};
