//! What the commands share that look at the bus.

use crate::place::Place;
use anyhow::Context;
use onsale_platform::bus::Bus;
use onsale_platform::env::Env;
use onsale_platform::shutdown::Shutdown;
use std::path::Path;

/// Does something with the bus that the settings name, or that runs in the home folder.
pub(crate) async fn with_bus<T>(
    env: &Env,
    home: &Path,
    work: impl AsyncFnOnce(&Bus) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    let place = Place::find(env, home).await?;
    let shutdown = Shutdown::new();
    let outcome = async {
        let bus = Bus::connect(&place.env, &shutdown).await.context("opening the bus")?;
        work(&bus).await
    };
    let outcome = Box::pin(outcome).await;
    shutdown.request();
    place.stop().await;
    outcome
}
