//! `onsale seed demo|load|swarm`, and what `onsale up` sows when the database is empty.

use crate::cli::{Profile, Seed, SeedSwarm};
use crate::place::Place;
use crate::progress::Bar;
use crate::seed::{self, SeedContext};
use crate::{commands, process, roles, say};
use anyhow::Context;
use onsale_auth::seed::crowd::CrowdSeeder;
use onsale_core::Scope;
use onsale_platform::env::Env;
use onsale_platform::pg::{self, PgConfig};
use onsale_platform::tokens::{DeploymentSecret, TokenConfig};
use onsale_platform::{Platform, ServiceRole};
use sqlx::PgPool;
use std::fs::OpenOptions;
use std::io::{BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// The services whose functions sowing goes through.
const SOWING: &[ServiceRole] = &[ServiceRole::Auth, ServiceRole::Admin];

/// People who are made in one transaction.
const CROWD_STEP: u32 = 5_000;

/// Sows into the database that the settings name.
pub(crate) async fn run(env: &Env, home: &Path, what: &Seed) -> anyhow::Result<()> {
    let place = Place::find(env, home).await?;
    let outcome = async {
        commands::migrate::migrate(&place.env).await?;
        let platform = process::platform(&place.env, SOWING).await?;
        let outcome = match what {
            Seed::Demo => Box::pin(sow(&platform, Profile::Demo)).await,
            Seed::Load => Box::pin(sow(&platform, Profile::Load)).await,
            Seed::Swarm(swarm) => sow_swarm(&platform, swarm).await,
        };
        platform.shutdown.request();
        outcome
    };
    let outcome = outcome.await;
    place.stop().await;
    outcome?;
    say(match what {
        Seed::Demo | Seed::Load => {
            "Sown. Events appear on sale when booking, which must be running, has made their seats."
        }
        Seed::Swarm(_) => "Sown. The access tokens are good for 15 minutes.",
    });
    Ok(())
}

/// Signs a crowd in and writes their tokens to a file that only its owner reads.
async fn sow_swarm(platform: &Platform, wanted: &SeedSwarm) -> anyhow::Result<()> {
    anyhow::ensure!(
        !platform.env.is_production()?,
        "a swarm of people whose password everybody knows is for load tests"
    );
    let pool = single(&platform.env, ServiceRole::Auth).await?;
    let secret = DeploymentSecret::of(&platform.env)?;
    let tokens = TokenConfig::of(&platform.env)?;
    let seeder = CrowdSeeder::open(pool, platform.clock.clone(), &secret, tokens, seed::LOAD_PASSWORD).await?;
    let mut options = OpenOptions::new();
    let file = options.write(true).create(true).truncate(true).mode(0o600).open(&wanted.out);
    let mut file = BufWriter::new(file.with_context(|| format!("writing tokens to {}", wanted.out.display()))?);
    let bar = Bar::new("Sowing the swarm");
    let mut done = 0;
    while done < wanted.users {
        let end = wanted.users.min(done + CROWD_STEP);
        for member in seeder.seed(done..end).await? {
            writeln!(file, "{} {} {}", member.account, member.refresh_token, member.access_token)?;
        }
        done = end;
        bar.at("people", done.into(), wanted.users.into());
    }
    file.flush()?;
    bar.finish();
    Ok(())
}

/// Sows a season; what is there already stays as it is.
pub(crate) async fn sow(platform: &Platform, season: Profile) -> anyhow::Result<()> {
    let context = SeedContext {
        admin: onsale_admin::start(&roles::acting_as(ServiceRole::Admin, platform)).await.context("starting admin")?,
        auth: single(&platform.env, ServiceRole::Auth).await?,
        clock: platform.clock.clone(),
    };
    let bar = Bar::new("Sowing the season");
    let outcome = match season {
        Profile::Demo => seed::demo(&context, |what, done, total| bar.at(what, done, total)).await,
        Profile::Load => seed::load(&context, |what, done, total| bar.at(what, done, total)).await,
    };
    bar.finish();
    outcome
}

/// Whether nobody has made an event yet.
pub(crate) async fn is_empty(env: &Env) -> anyhow::Result<bool> {
    let pool = single(env, ServiceRole::Admin).await?;
    let any: bool = sqlx::query_scalar("SELECT EXISTS (SELECT FROM admin.drafts)").fetch_one(&pool).await?;
    pool.close().await;
    Ok(!any)
}

/// The key of the load season's box office: always the same one in an installation.
pub(crate) async fn box_office_key(platform: &Platform) -> anyhow::Result<String> {
    let pool = single(&platform.env, ServiceRole::Auth).await?;
    let secret = DeploymentSecret::of(&platform.env)?;
    let (owner, scopes) = (seed::load_box_office(), [Scope::TicketsSell, Scope::TicketsRead]);
    let key = onsale_auth::seed::seed_api_key(&pool, &platform.clock, &secret, owner, "load tests", &scopes).await?;
    pool.close().await;
    Ok(key)
}

/// One connection to a service's database.
async fn single(env: &Env, role: ServiceRole) -> anyhow::Result<PgPool> {
    let config = PgConfig { connections_max: 1, ..PgConfig::of(env, role)? };
    pg::connect(&config, role).await.with_context(|| format!("opening the database of {role}"))
}
