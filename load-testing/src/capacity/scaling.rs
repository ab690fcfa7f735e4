//! The most that the house does on one core and on all, with one gateway and with many; the load is on the same cores.

use super::costs::Peak;
use super::measure::{Stage, tell, wanted};
use super::options::{Measure, Peak as Wanted};
use crate::client::{Answer, text_member};
use crate::limits::house::{join, status};
use crate::load::{self, Pace};
use crate::scenario::People;
use crate::swarm::house::House;
use anyhow::{Context, ensure};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

/// Connections that calls go over.
const CONNECTIONS: usize = 192;
/// More requests than are answered in the time.
const STATUSES: usize = 1_000_000;
/// People in line.
const WAITING: usize = 1_000;

/// Every peak, each by a process of `program` that may use some cores only (`taskset`).
///
/// # Errors
/// When one cannot be measured.
pub(super) fn peaks(options: &Measure, program: &Path) -> anyhow::Result<Vec<Peak>> {
    let all = std::thread::available_parallelism()?.get();
    let mut peaks = Vec::new();
    for cores in [1, all] {
        for gateways in &options.gateways {
            tell(&format!("the peak on {cores} cores with {gateways} gateways"));
            peaks.push(peak(options, program, cores, *gateways)?);
        }
        if all == 1 {
            break;
        }
    }
    Ok(peaks)
}

fn peak(options: &Measure, program: &Path, cores: usize, gateways: u16) -> anyhow::Result<Peak> {
    let mut command = Command::new("taskset");
    command.arg("--cpu-list").arg(format!("0-{}", cores - 1)).arg(program).arg("peak");
    command.arg("--onsale").arg(&options.onsale).arg("--home").arg(&options.home);
    command.args(["--gateways", &gateways.to_string(), "--seconds", &options.seconds.to_string()]);
    command.args(["--users", &options.users.to_string()]).stdin(Stdio::null()).stderr(Stdio::inherit());
    let output = command.output().context("run taskset; it comes with util-linux")?;
    ensure!(output.status.success(), "the peak on {cores} cores with {gateways} gateways was not measured");
    serde_json::from_slice(&output.stdout).context("understand a peak")
}

/// Measures one, on the cores that this process may use.
///
/// # Errors
/// When the house cannot be started or measured.
pub async fn run(options: &Wanted) -> anyhow::Result<Peak> {
    let house = House::start(&wanted(&options.onsale, &options.home, options.gateways, &[])).await?;
    let stage = Stage::make(&house, options.users).await?;
    let time = Duration::from_secs(u64::from(options.seconds));
    let people = People { tokens: &stage.tokens, hall: &stage.hall, events: &stage.events };
    let requests = (0..stage.events.len() * stage.hall.seats() / 2).map(|number| people.reserve(number)).collect();
    let reserved = load::run(stage.address, requests, CONNECTIONS, Pace::ClosedFor(time), |_| None).await?;
    let keep = |answer: &Answer| text_member(&answer.body, "queueToken");
    let joins = (1..=WAITING).map(|number| join(&stage.line, number)).collect();
    let joined = load::run(stage.address, joins, CONNECTIONS, Pace::Closed, keep).await?;
    let asks: Vec<_> = joined.kept.iter().map(|(_, token)| status(&stage.line, token)).collect();
    ensure!(!asks.is_empty(), "nobody could join: {:?}", joined.by_status);
    let asked = load::repeat(stage.address, &asks, STATUSES, CONNECTIONS, Pace::ClosedFor(time)).await?;
    Ok(Peak {
        cores: std::thread::available_parallelism()?.get(),
        gateways: options.gateways,
        reserves: reserved.rate(201),
        statuses: asked.rate(200),
    })
}
