//! The sandbox: a role of its own that speaks Stripe's PaymentIntent protocol over HTTP, with
//! manual capture, idempotency keys, test cards, a hosted page and signed webhooks. No money moves.
//!
//! Its ledger is durable: what it answered is there after a `kill -9`, or the tests of lost answers
//! would prove nothing.
//!
//! - `book` — the pure rules; `cards` — what each test token does; `ledger` — batches into PostgreSQL;
//! - `objects` — Stripe's JSON; `routes` — the addresses; `page` — the hosted page; `sessions`, `session_store`, `checkout` — hosted checkouts; `webhooks` — the calls;
//! - `faults` — what goes wrong on purpose, and `fault_page`, where it is chosen; `books` — what checks read.

mod book;
mod books;
mod cards;
mod checkout;
mod config;
mod fault_page;
mod faults;
mod form;
mod ledger;
mod objects;
mod page;
mod routes;
mod session_store;
mod sessions;
mod store;
mod transfers;
mod webhooks;

use crate::error::StartError;
use axum::Router;
pub(crate) use books::{books_after, books_of};
use config::Config;
use faults::Faults;
use ledger::Ledger;
use onsale_platform::clock::Clock;
use onsale_platform::shutdown::Shutdown;
use onsale_platform::{Platform, ServiceRole, pg};
use parking_lot::Mutex;
use sqlx::PgPool;
use std::collections::HashSet;
use std::sync::Arc;

/// The state of the sandbox. Cheap to clone.
#[derive(Clone)]
pub struct State(Arc<Inner>);

struct Inner {
    pool: PgPool,
    clock: Clock,
    ledger: Ledger,
    config: Config,
    faults: Faults,
    shutdown: Shutdown,
    /// Keys whose first, slow call is still running.
    running: Mutex<HashSet<String>>,
}

impl State {
    /// The sandbox's database, for the health check.
    #[must_use]
    pub fn pool(&self) -> &PgPool {
        &self.0.pool
    }
}

/// Opens the ledger and starts its queue, the sender of webhooks and the forgetting of old keys.
pub async fn start(platform: &Platform) -> Result<State, StartError> {
    let config = Config::from_env(&platform.env)?;
    let pool = pg::connect(&config.database, ServiceRole::Sandbox).await?;
    let faults = Faults::new(config.faults);
    let webhooks = match &config.webhooks {
        Some(settings) => Some(webhooks::Sender::start(platform, settings, &config, &faults)?),
        None => None,
    };
    let ledger = Ledger::start(platform, pool.clone(), webhooks, config.public_url.clone());
    platform.shutdown.spawn("sandbox-forget", ledger::forget_old_keys(pool.clone(), platform.shutdown.clone()));
    Ok(State(Arc::new(Inner {
        pool,
        clock: platform.clock.clone(),
        ledger,
        config,
        faults,
        shutdown: platform.shutdown.clone(),
        running: Mutex::default(),
    })))
}

/// The sandbox's addresses.
pub fn router(state: State) -> Router {
    routes::router(state)
}
