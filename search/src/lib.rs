//! Finding events: lists, an event's page, search and completions.
//!
//! search follows `event-published`, `event-updated`, `event-cancelled` and `inventory-ready`, fetches
//! each offer from admin by reference, and keeps what buyers read of it in `search.events`. How much is
//! left it asks booking every second. Words are searched by Elasticsearch where there is one, whose index follows the
//! rows (`elastic`), and while it is away by PostgreSQL: full text for words as they are written, trigrams for words
//! with typos.
//!
//! Deliberately absent: seat states (booking's), and anything that only an organiser may see.

mod config;
pub mod domain;
mod elastic;
mod error;
mod jobs;
mod routes;
mod service;
mod state;
mod store;

pub use config::Config;
pub use elastic::ElasticError;
pub use error::{SearchError, StartError};
pub use jobs::spawn_jobs;
pub use routes::{openapi, router};
pub use service::index_events::IndexError;
pub use service::rebuild_index::reindex;
pub use state::{State, start};
