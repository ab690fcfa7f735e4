//! The edge: the one origin that browsers, partners and scanners talk to.
//!
//! Every request passes the [`edge`]'s steps in one order (ids and trace, the client's address,
//! headers that nobody may send, origin, credentials, limits, body) and then one table of
//! [`routes`]: to a service through `platform::upstream`, or to the pages, problems and documents
//! that the gateway serves itself. `/internal/…` and metrics are in no route.

mod config;
pub mod edge;
mod pages;
mod proxy;
mod routes;
mod site;
mod state;

pub use config::{Config, LimitsConfig};
pub use state::State;

use axum::Router;
use onsale_platform::Platform;
use onsale_platform::env::EnvError;
use utoipa::openapi::OpenApi;

/// Reads the settings and builds what the gateway needs; `openapi` is the merged document of all services.
pub fn start(platform: &Platform, openapi: &OpenApi) -> Result<State, EnvError> {
    let config = Config::of(&platform.env)?;
    Ok(State::new(platform, config, openapi))
}

/// Everything the gateway answers. Serve it with `platform::serve::serve`, which tells the peer's address.
pub fn router(state: State) -> Router {
    routes::router(state)
}

/// Keeps the limits' memory small, until shutdown.
pub fn spawn_jobs(platform: &Platform, state: &State) {
    let (limits, shutdown) = (state.limits.clone(), platform.shutdown.clone());
    platform.shutdown.spawn("gateway-limits", async move { limits.keep_small(&shutdown).await });
}
