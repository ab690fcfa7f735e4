//! The run: rounds in which every measurement has its turn.

use super::findings::{Findings, Notes, What};
use super::house::Season;
use super::nothing::Nothing;
use super::options::Options;
use super::{pure, tls};
use crate::baseline::postgres::Baseline;
use crate::baseline::{kafka, redis};
use crate::server::Servers;
use crate::setup::Admin;
use crate::swarm::wall_ms;
use anyhow::Context;
use futures::future::try_join_all;
use onsale_engines::{Jars, Kafka, KafkaConfig};
use std::io::Write;
use std::path::Path;
use std::time::Duration;

/// Between parts, so that what one left behind does not slow the next.
const REST: Duration = Duration::from_millis(500);
/// Locks of a measurement: some seconds' worth.
const LOCKS: usize = 200_000;

/// Runs everything on fresh data, with `program` for the server that does nothing, and stops it again.
///
/// # Errors
/// When something cannot be started or measured.
pub async fn run(options: &Options, program: &Path) -> anyhow::Result<Findings> {
    tell("starting PostgreSQL, Redis, the sandbox and the house on fresh data");
    let mut settings = vec![("LIMITS".to_owned(), "off".to_owned())];
    settings.extend(options.settings.iter().cloned());
    let servers = Servers::start(&options.onsale, &options.home, &settings).await?;
    let outcome = measure(options, &servers, program).await;
    servers.stop();
    outcome
}

async fn measure(options: &Options, servers: &Servers, program: &Path) -> anyhow::Result<Findings> {
    let brokers = brokers(options).await?;
    let baseline = Baseline::create(servers.database_url(), &options.home).await?;
    let nothing = Nothing::start(program, &options.home).await?;
    let admin = Admin::create(servers.address, servers.database_url()).await?;
    let mut season = Season::make(options, servers, &admin).await?;
    let mut notes = Notes::default();
    for round in 1..=options.rounds {
        tell(&format!("round {round} of {}", options.rounds));
        season.next(options, &admin, round).await?;
        if round == 1 {
            memory(options, servers, &season, &nothing, &mut notes).await?;
        }
        alone(options, &nothing, &mut notes).await?;
        engines(options, servers, &baseline, &mut notes).await?;
        if let Some((servers, _)) = &brokers {
            let rate = kafka::events_per_second(servers, Duration::from_secs(options.seconds)).await?;
            notes.note(What::KafkaEvents, rate);
        }
        house(options, servers, &season, &baseline, &mut notes).await?;
    }
    if let Some((_, brokers)) = brokers {
        for broker in brokers {
            broker.stop().await;
        }
    }
    Ok(notes.findings(wall_ms()))
}

/// What connections take, before anything else happened: what was freed is used again.
async fn memory(
    options: &Options,
    servers: &Servers,
    season: &Season,
    nothing: &Nothing,
    notes: &mut Notes,
) -> anyhow::Result<()> {
    let held = nothing.connection_bytes(options.held).await?;
    notes.note(What::ConnectionBytes, held.process);
    notes.note(What::SocketBytes, held.kernel);
    for (what, bytes) in season.memory(servers, options.held).await? {
        notes.note(what, bytes);
    }
    Ok(())
}

/// The machine without engines.
async fn alone(options: &Options, nothing: &Nothing, notes: &mut Notes) -> anyhow::Result<()> {
    let time = Duration::from_secs(options.seconds);
    notes.note(What::Nothing, nothing.requests_per_second(options.connections, time).await?);
    let home = options.home.clone();
    // A second each is enough for what varies by little.
    let short = Duration::from_secs(1);
    let pure = tokio::task::spawn_blocking(move || {
        anyhow::Ok([
            (What::Fsyncs, pure::fsyncs(&home, time)?),
            (What::Json, pure::json(short)?),
            (What::Handshakes, tls::handshakes(short)?),
            (What::Verifies, pure::verifies(short)?),
        ])
    });
    for (what, rate) in pure.await?? {
        notes.note(what, rate);
    }
    Ok(())
}

/// The engines without the house.
async fn engines(options: &Options, servers: &Servers, baseline: &Baseline, notes: &mut Notes) -> anyhow::Result<()> {
    notes.note(What::Locks, redis::locks_per_second(servers.redis_url(), LOCKS).await?);
    notes.note(What::Commits, baseline.commits_per_second(options.seconds).await?);
    let rows = baseline.batched_rows_per_second(Duration::from_secs(options.seconds)).await?;
    notes.note(What::BatchedRows, rows);
    Ok(())
}

/// The house, each part behind the engine that bounds it.
async fn house(
    options: &Options,
    servers: &Servers,
    season: &Season,
    baseline: &Baseline,
    notes: &mut Notes,
) -> anyhow::Result<()> {
    notes.note(What::Holds, baseline.holds_per_second(options.holds).await?);
    tokio::time::sleep(REST).await;
    let (reserve, held) = season.reserve(options, servers).await?;
    notes.note(What::Reserve, reserve);
    notes.note(What::Orders, baseline.orders_per_second(options.orders).await?);
    tokio::time::sleep(REST).await;
    let confirm = season.confirm(options, servers, held).await?;
    notes.note(What::Confirm, confirm);
    tokio::time::sleep(REST).await;
    let (join, tokens) = season.join(servers.address, options).await?;
    notes.note(What::Join, join);
    let status = season.status(servers.address, options, &tokens).await?;
    notes.note(What::Status, status);
    tell(&format!("holds {reserve:.0} a second, orders {confirm:.0}, joins {join:.0}, statuses {status:.0}"));
    Ok(())
}

/// Three brokers and how they are reached, where the folder of their jars is named.
async fn brokers(options: &Options) -> anyhow::Result<Option<(String, Vec<Kafka>)>> {
    let Some(folder) = &options.cluster else { return Ok(None) };
    tell("starting three Kafka brokers");
    let jars = Jars::fetch(folder).await.context("Kafka runs on a JRE, and its jars come by Maven")?;
    let home = options.home.canonicalize()?;
    let configs = KafkaConfig::cluster(&home, &jars)?;
    let servers: Vec<_> = configs.iter().map(|config| format!("127.0.0.1:{}", config.advertised_port)).collect();
    let brokers = try_join_all(configs.into_iter().map(Kafka::start)).await?;
    Ok(Some((servers.join(","), brokers)))
}

fn tell(text: &str) {
    let _nowhere_to_say = writeln!(std::io::stderr(), "{text}");
}
