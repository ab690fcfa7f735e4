//! The edge: the one origin that browsers, partners and scanners talk to.
//!
//! Every request passes the [`edge`]'s steps in one order (ids and trace, the client's address,
//! headers that nobody may send, origin, credentials, limits, body) and then one table of
//! [`routes`]: to a service through `platform::upstream`, or to the pages, problems and documents
//! that the gateway serves itself. `/internal/…` and metrics are in no route.

mod admission;
mod config;
pub mod edge;
mod gate;
mod live;
mod pages;
mod proxy;
mod routes;
mod site;
mod state;

pub use config::{AdaptiveConfig, Config, LimitsConfig};
pub use state::State;

use axum::Router;
use onsale_platform::env::EnvError;
use onsale_platform::pg::{self, PgConfig};
use onsale_platform::tokens::DeploymentSecret;
use onsale_platform::{Platform, ServiceRole};
use utoipa::openapi::OpenApi;

/// Why the gateway cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A setting is missing or wrong.
    #[error(transparent)]
    Setting(#[from] EnvError),
    /// The database's address is none.
    #[error("the gateway's database cannot be used: {0}")]
    Database(#[from] sqlx::Error),
    /// The waiting room cannot be run.
    #[error(transparent)]
    Queue(#[from] onsale_queue::StartError),
}

/// Reads the settings and builds what the gateway needs; `openapi` is the merged document of all services. Its database
/// need not be there: only waiting rooms are away then. Without `DATABASE_URL` it has none.
pub fn start(platform: &Platform, openapi: &OpenApi) -> Result<State, StartError> {
    let config = Config::of(&platform.env)?;
    let queue = match PgConfig::of(&platform.env, ServiceRole::Gateway) {
        Ok(database) => {
            let pool = pg::connect_lazily(&database, ServiceRole::Gateway)?;
            Some(onsale_queue::start(platform, pool)?)
        }
        Err(EnvError::Missing { .. }) => None,
        Err(error) => return Err(error.into()),
    };
    let ticket_key = DeploymentSecret::of(&platform.env)?.ticket_key_public();
    Ok(State::new(platform, config, openapi, queue, ticket_key))
}

/// Everything the gateway answers. Serve it with `platform::serve::serve`, which tells the peer's address.
pub fn router(state: State) -> Router {
    routes::router(state)
}

/// Keeps the limits' memory small, follows what the installation wants of them, and runs the waiting rooms, until shutdown.
pub fn spawn_jobs(platform: &Platform, state: &State) {
    if let Some(queue) = &state.queue {
        onsale_queue::spawn_jobs(platform, queue);
    }
    let (limits, mut settings, shutdown) =
        (state.limits.clone(), platform.settings.subscribe(), platform.shutdown.clone());
    // What was told before this was started counts too.
    settings.mark_changed();
    platform.shutdown.spawn("gateway-settings", async move {
        loop {
            tokio::select! {
                changed = settings.changed() => if changed.is_err() { return },
                () = shutdown.requested() => return,
            }
            let wanted = settings.borrow_and_update().settings.limits.clone();
            limits.change(&wanted);
        }
    });
    let (limits, shutdown) = (state.limits.clone(), platform.shutdown.clone());
    platform.shutdown.spawn("gateway-limits", async move { limits.keep_small(&shutdown).await });
}
