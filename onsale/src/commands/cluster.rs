//! `onsale cluster start|stop|status|run`: the real engines on one machine.

use crate::cli::Cluster;
use crate::place::Kind;
use crate::progress::step;
use crate::{commands, process, say};
use anyhow::Context;
use onsale_engines::{Addresses, BROKERS, Engines, Jars, Wanted, is_running, stop_running};
use onsale_platform::env::Env;
use std::fs::OpenOptions;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::Duration;

/// How long the servers may take to become healthy.
const HEALTHY_MAX: Duration = Duration::from_secs(180);
/// How long they may take to stop.
const STOP_MAX: Duration = Duration::from_secs(60);
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// Does it, for the cluster of this home folder.
pub(crate) async fn run(env: &Env, home: &Path, what: Cluster) -> anyhow::Result<ExitCode> {
    let folder = Kind::Cluster.folder(home);
    match what {
        Cluster::Start => start(home, &folder).await,
        Cluster::Stop => stop(&folder).await,
        Cluster::Status => status(&folder),
        Cluster::Run => keep_running(env, &folder).await,
    }
}

async fn start(home: &Path, folder: &Path) -> anyhow::Result<ExitCode> {
    step("Fetching Kafka and Elasticsearch by Maven", Jars::fetch(folder)).await?;
    let mut child = match is_running(folder) {
        true => None,
        false => Some(in_background(home, folder)?),
    };
    step("Starting Kafka, Elasticsearch, Redis and PostgreSQL", healthy(folder, child.as_mut())).await?;
    status(folder)
}

/// A process like this one that outlives it, and that the servers end with.
fn in_background(home: &Path, folder: &Path) -> anyhow::Result<Child> {
    let program = std::env::current_exe().context("finding this program")?;
    let log = folder.join("cluster.log");
    let what = || format!("writing {}", log.display());
    let output = OpenOptions::new().create(true).append(true).open(&log).with_context(what)?;
    let errors = output.try_clone().with_context(what)?;
    let mut command = Command::new(program);
    command.arg("--home").arg(home).args(["cluster", "run"]);
    command.stdin(Stdio::null()).stdout(output).stderr(errors).process_group(0);
    command.spawn().context("starting the cluster's process")
}

async fn healthy(folder: &Path, mut child: Option<&mut Child>) -> anyhow::Result<()> {
    let log = folder.join("cluster.log");
    let waiting = async {
        while !Engines::of_running(folder)?.are_all() {
            if let Some(status) = child.as_mut().and_then(|child| child.try_wait().transpose()) {
                let status = status.context("asking after the cluster's process")?;
                anyhow::bail!("the cluster's process ended ({status}): see {}", log.display());
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
        Ok(())
    };
    tokio::time::timeout(HEALTHY_MAX, waiting).await.unwrap_or_else(|_| {
        Err(anyhow::anyhow!("the cluster was not healthy within {HEALTHY_MAX:?}: see {}", log.display()))
    })
}

async fn stop(folder: &Path) -> anyhow::Result<ExitCode> {
    if !is_running(folder) {
        say("The cluster does not run.");
        return Ok(ExitCode::SUCCESS);
    }
    let stopping = async {
        let gone = stop_running(folder, STOP_MAX).await;
        anyhow::ensure!(gone, "the cluster still runs after {STOP_MAX:?}");
        Ok(())
    };
    step("Stopping the cluster", stopping).await?;
    say("The cluster is stopped; its data stay.");
    Ok(ExitCode::SUCCESS)
}

/// Tells what runs, as settings to run Onsale with.
fn status(folder: &Path) -> anyhow::Result<ExitCode> {
    let addresses: Addresses = Engines::of_running(folder)?;
    for (name, value) in addresses.settings() {
        say(&format!("{name}={value}"));
    }
    if addresses.are_all() {
        say("The cluster is healthy. `onsale up --cluster` runs Onsale on it, `onsale cluster stop` stops it.");
        return Ok(ExitCode::SUCCESS);
    }
    say(&match is_running(folder) {
        true => format!("Not all of the cluster runs ({} of {BROKERS} brokers).", addresses.kafka.len()),
        false => "The cluster does not run: `onsale cluster start` starts it.".to_owned(),
    });
    Ok(ExitCode::FAILURE)
}

async fn keep_running(env: &Env, folder: &Path) -> anyhow::Result<ExitCode> {
    let guard = process::observe(env, "onsale-cluster")?;
    let mut engines = Box::pin(Engines::start(folder, Wanted::CLUSTER)).await?;
    tokio::select! {
        _ = engines.keep_up() => {}
        asked = commands::asked_to_stop() => asked?,
    }
    engines.stop().await;
    guard.finish().await;
    Ok(ExitCode::SUCCESS)
}
