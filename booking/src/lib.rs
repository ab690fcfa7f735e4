//! booking: seats, holds, orders and tickets. Redis sheds the losers; PostgreSQL has the last word.
//!
//! A request's way: `routes` → a use case in [`service`] → for every change the desk
//! ([`service::desk`]), which commits in batches what [`domain::allocate`] decides over the rows that
//! `store` read under lock. [`domain`] is pure; the simulator runs the same functions.

mod config;
pub mod domain;
mod error;
mod jobs;
mod routes;
pub mod service;
mod state;
mod store;

pub use config::Config;
pub use error::StartError;
pub use jobs::spawn_jobs;
pub use routes::{openapi, router};
pub use state::{State, start};
