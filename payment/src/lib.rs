//! Money: authorise, capture, void, refund, through a payment provider.
//!
//! - `routes` — the addresses; `service` — a use case a file; `domain` — the pure life of a payment;
//! - `writer` — the only one, in batches: rows, events and the ledger's entries in one transaction;
//!   `reads` — the looks, in batches too; `store` — the tables;
//! - [`check`] — whether ledger, payments and provider tell the same; `provider` — Stripe's API; `jobs` — the reconciler, which asks about what is open;
//! - [`sandbox`] — a role of its own: the far side for demos, tests and benchmarks.
//!
//! The attempt is durable before the provider is called. An answer that does not come means
//! *unknown*, never *failed*: the payment stays `PENDING` and is asked about by the same key.

pub mod check;
pub mod check_events;
mod config;
mod domain;
mod error;
mod jobs;
mod provider;
mod reads;
mod routes;
pub mod sandbox;
mod service;
mod state;
mod store;
mod writer;

pub use error::StartError;
pub use state::State;

use axum::Router;
use onsale_platform::outbox::Relay;
use onsale_platform::{Platform, ServiceRole};
use utoipa::openapi::OpenApi;

/// Opens the database and starts the writer's queue.
pub async fn start(platform: &Platform) -> Result<State, StartError> {
    State::start(platform).await
}

/// The service.
pub fn router(state: State) -> Router {
    routes::router(state)
}

/// The OpenAPI document of the public addresses.
#[must_use]
pub fn openapi() -> OpenApi {
    routes::public().split_for_parts().1
}

/// Starts the relay of events and the reconciler.
pub fn spawn_jobs(platform: &Platform, state: &State) {
    let relay = Relay::new(platform, ServiceRole::Payment, state.pool.clone());
    // What never happened is a series all the same, so that the first time is seen.
    for outcome in ["captured", "voided", "declined"] {
        metrics::counter!("onsale_payments_total", "outcome" => outcome).absolute(0);
    }
    platform.shutdown.spawn("payment-relay", relay.run());
    platform.shutdown.spawn("payment-reconcile", jobs::reconcile::run(state.clone(), platform.shutdown.clone()));
}
