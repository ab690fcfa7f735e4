//! `onsale replay`: builds a projection anew from the event store, while it serves.

use crate::cli::{Projection, Replay};
use crate::place::Place;
use crate::progress::step;
use crate::{logins, say};
use anyhow::Context;
use onsale_booking::service::replay_tickets::{self, Mode, Replayed};
use onsale_platform::ServiceRole;
use onsale_platform::env::Env;
use onsale_platform::pg::PgConfig;
use sqlx::PgPool;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use std::path::Path;
use std::process::ExitCode;
use std::str::FromStr;
use std::time::Duration;

/// How often it is compared again: what was sold a moment ago may still be on its way to the projection.
const LOOKS: u32 = 10;
/// Before it is compared again.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// Builds or compares it, in the database that the settings name.
pub(crate) async fn run(env: &Env, home: &Path, what: &Replay) -> anyhow::Result<ExitCode> {
    let place = Place::find(env, home).await?;
    let outcome = match (what.projection, what.check) {
        (Projection::SoldTickets, true) => check(&place.env).await,
        (Projection::SoldTickets, false) => build(&place.env).await,
    };
    place.stop().await;
    outcome
}

async fn build(env: &Env) -> anyhow::Result<ExitCode> {
    let pool = pool(env).await?;
    let replayed = step("Building sold-tickets", replay_tickets::replay(&pool, Mode::Build)).await;
    let replayed = replayed.context("building the projection sold-tickets")?;
    say(&format!("sold-tickets is built anew: {}, which are put right.", line(&replayed)));
    Ok(ExitCode::SUCCESS)
}

async fn check(env: &Env) -> anyhow::Result<ExitCode> {
    let pool = pool(env).await?;
    let mut looks = 0;
    loop {
        looks += 1;
        let replayed = replay_tickets::replay(&pool, Mode::Check).await;
        let replayed = replayed.context("comparing the projection sold-tickets with the events")?;
        let recounted = replay_tickets::recount(&pool).await.context("recounting the tickets")?;
        if replayed.differed == 0 && recounted == 0 {
            say(&format!(
                "sold-tickets is what the events tell and what booking's own tables have: {}.",
                line(&replayed)
            ));
            return Ok(ExitCode::SUCCESS);
        }
        if looks == LOOKS {
            say(&format!(
                "sold-tickets is not as it should be: {}; {recounted} differ from booking's own tables. `onsale replay \
                 --projection sold-tickets` builds it anew.",
                line(&replayed)
            ));
            return Ok(ExitCode::FAILURE);
        }
        tokio::time::sleep(LOOK_AGAIN).await;
    }
}

fn line(replayed: &Replayed) -> String {
    format!("{} orders, {} tickets, {} of them otherwise", replayed.orders, replayed.tickets, replayed.differed)
}

async fn pool(env: &Env) -> anyhow::Result<PgPool> {
    let config = PgConfig::of(env, ServiceRole::Booking)?;
    let options = PgConnectOptions::from_str(&config.url)
        .context("reading the database's address of booking")?
        .application_name("onsale-replay")
        .options([("statement_timeout", "10min"), ("jit", "off")]);
    PgPoolOptions::new()
        .max_connections(2)
        .acquire_timeout(Duration::from_secs(5))
        .connect_with(options)
        .await
        .with_context(|| logins::unreachable(&logins::server_of(&config.url)))
}
