//! Venues, plans, events and prices: what organisers prepare and publish.
//!
//! An event goes `DRAFT → PUBLISHING → PUBLISHED`: publishing stores an immutable offer and says
//! `event-published` on the bus; booking fetches the offer by reference, builds the inventory and
//! says `inventory-ready`, which lists the event. The way in is [`router`]; seeding goes through
//! the same [`service`] functions as the API, and so through the same rules.
//!
//! Deliberately absent: seat states and stock (booking's), and search (search's).

mod config;
pub mod domain;
mod error;
mod jobs;
mod routes;
pub mod service;
mod state;
mod store;

pub use config::Config;
pub use error::{AdminError, StartError};
pub use jobs::spawn_jobs;
pub use routes::{openapi, router};
pub use state::{State, start};
