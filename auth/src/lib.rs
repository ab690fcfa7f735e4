//! auth: accounts, sessions, access tokens, API keys, and what was revoked.
//!
//! The map: [`router`] lists all routes; `service/` has a file per use case; `domain/` the pure rules
//! (passwords, refresh tokens, the schedule of keys); `store/` a file per table; `jobs/` the feed of
//! revocations, the keys kept fresh, the sweeper; `hashing` the bounded pool of argon2id; `keyring`
//! the signing keys. [`rotate_keys`] and [`seed`] are for the command line.
//!
//! Invariants: an access token is signed for a session that stands in PostgreSQL; a secret is stored
//! as its hash only; whatever refuses tokens (logout, ban, roles, keys) writes a revocation in the
//! same transaction, which every process follows.

mod config;
mod domain;
mod error;
mod hashing;
mod jobs;
mod keyring;
mod routes;
pub mod seed;
mod service;
mod state;
mod store;

pub use config::{ArgonCost, AuthConfig, HashingConfig, LimitsConfig};
pub use domain::acting::StaffFactor;
pub use domain::rotation::Rotation;
pub use error::{KeyError, StartError};
pub use jobs::spawn_jobs;
pub use routes::{openapi, router};
pub use service::change_settings::{read_settings, settings_history, write_settings};
pub use service::list_keys::{SigningKey, list_keys};
pub use service::rotate_keys::{Rotated, rotate_keys};
pub use service::verify_audit::{Verified, verify_chain, verify_service};
pub use state::State;

use onsale_platform::Platform;

/// Opens what auth needs.
pub async fn start(platform: &Platform) -> Result<State, StartError> {
    State::start(platform).await
}
