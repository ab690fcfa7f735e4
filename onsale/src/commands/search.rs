//! `onsale search reindex`: the search index.

use crate::cli::Search;
use crate::place::Place;
use crate::progress::Bar;
use crate::{process, roles};
use onsale_platform::ServiceRole;
use onsale_platform::env::Env;
use std::path::Path;

/// Does it with the database and the engine that the settings name.
pub(crate) async fn run(env: &Env, home: &Path, search: Search) -> anyhow::Result<()> {
    let place = Place::find(env, home).await?;
    let outcome = match search {
        Search::Reindex => reindex(&place.env).await,
    };
    place.stop().await;
    outcome
}

async fn reindex(env: &Env) -> anyhow::Result<()> {
    let platform = process::platform(env, &[ServiceRole::Search]).await?;
    let platform = roles::acting_as(ServiceRole::Search, &platform);
    let state = onsale_search::start(&platform).await?;
    let bar = Bar::new("Indexing events");
    let outcome = onsale_search::reindex(&state, |done, total| bar.at("events", done, total)).await;
    platform.shutdown.request();
    state.pool().close().await;
    let count = outcome?;
    bar.finish();
    crate::say(&format!("{count} events are in the index that searches read."));
    Ok(())
}
