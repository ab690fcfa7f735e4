//! Holds the model against a run of the swarm: the same crowd on the same cores, simulated and measured.

use super::costs::{Costs, Tier};
use super::fluid::{self, Course};
use super::options::Check;
use super::plan::Cores;
use super::sale::Sale;
use anyhow::{Context, ensure};
use serde::Deserialize;
use std::collections::BTreeMap;

/// A tier that takes less than this share of all processor time is not compared by itself.
const SMALL: f64 = 0.05;

/// What is read of the swarm's figures.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Run {
    /// Cores of its machine.
    pub cores: f64,
    /// People.
    pub users: f64,
    /// Seats.
    pub seats: f64,
    /// Seconds until 98 of 100 seats were ticketed.
    pub ticketed_s: Option<f64>,
    /// Answers by call and status.
    pub statuses: BTreeMap<String, BTreeMap<u16, f64>>,
    /// What every process used.
    pub processes: BTreeMap<String, Used>,
    /// Its seconds.
    pub moments: Vec<Moment>,
}

/// What a process used.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Used {
    /// Processor time, in seconds.
    pub cpu_seconds: f64,
}

/// A second.
#[derive(Debug, Clone, Deserialize)]
pub struct Moment {
    /// Since the opening.
    pub second: f64,
}

/// A figure as the model has it and as it was measured.
#[derive(Debug, Clone, PartialEq)]
pub struct Compared {
    /// What.
    pub what: String,
    /// By the model.
    pub modelled: f64,
    /// By the swarm.
    pub measured: f64,
    /// Whether it counts; small things do not.
    pub counts: bool,
}

impl Compared {
    /// The model over what was measured.
    #[must_use]
    pub fn ratio(&self) -> f64 {
        self.modelled / self.measured.max(1e-9)
    }

    /// Whether the model is wrong by no more than this share of what was measured.
    #[must_use]
    pub fn is_within(&self, share: f64) -> bool {
        !self.counts || (self.ratio() - 1.0).abs() <= share
    }
}

/// Simulates the run and compares.
///
/// # Errors
/// When a cost was not measured, or the run tells nothing to compare with.
pub fn compare(costs: &Costs, run: &Run, options: &Check) -> anyhow::Result<Vec<Compared>> {
    let sale = Sale {
        people: run.users,
        seats: run.seats,
        events: 1,
        ramp: options.ramp,
        calm: options.calm,
        burst: 10.0,
        typing: 9.0,
        hold: 120.0,
        tries: tries(run),
        ticketed: 60.0,
    };
    let first = run.moments.first().context("the run has seconds")?.second;
    let last = run.moments.last().context("the run has seconds")?.second;
    let took = (last - first).max(1.0);
    let measured = measured(run);
    let callers: f64 =
        run.processes.values().map(|used| used.cpu_seconds).sum::<f64>() - measured.values().sum::<f64>();
    // The swarm's own part of the cores was not the house's.
    let cores = Cores::Shared((run.cores - callers / took).max(0.1));
    let course = fluid::simulate(costs, &sale, &cores)?;
    ensure!(course.tickets > 0.0, "the model sells nothing");
    Ok(compared(costs, run, &course, &measured, took))
}

fn compared(costs: &Costs, run: &Run, course: &Course, measured: &BTreeMap<Tier, f64>, took: f64) -> Vec<Compared> {
    let all: f64 = measured.values().sum();
    // The model ends with the last ticket; the run goes on until everybody was told and looked.
    let modelled = |tier: &Tier| {
        let idle = costs.idle_cores.get(tier).copied().unwrap_or(0.0).max(0.0);
        let more = took - (course.ended_s + (run.moments.first().map_or(0.0, |moment| -moment.second)).max(0.0));
        course.cpu_s.get(tier).copied().unwrap_or(0.0) + idle * more.max(0.0)
    };
    let mut figures: Vec<Compared> = Tier::ALL
        .iter()
        .map(|tier| {
            let is = measured.get(tier).copied().unwrap_or(0.0);
            let what = format!("processor seconds of {}", tier.name());
            Compared { what, modelled: modelled(tier), measured: is, counts: is > SMALL * all }
        })
        .collect();
    let sum = Tier::ALL.iter().map(modelled).sum();
    figures.push(Compared {
        what: "processor seconds of the house".to_owned(),
        modelled: sum,
        measured: all,
        counts: true,
    });
    if let (Some(modelled), Some(measured)) = (course.ticketed_s, run.ticketed_s) {
        let what = "seconds until 98 of 100 seats were ticketed".to_owned();
        figures.push(Compared { what, modelled, measured, counts: true });
    }
    figures
}

/// Processor seconds by tier.
fn measured(run: &Run) -> BTreeMap<Tier, f64> {
    let mut all = BTreeMap::new();
    for (name, used) in &run.processes {
        if let Some(tier) = Tier::of_process(name) {
            *all.entry(tier).or_default() += used.cpu_seconds;
        }
    }
    all
}

/// Reserves for each hold.
fn tries(run: &Run) -> f64 {
    let Some(reserves) = run.statuses.get("reserve") else { return 1.0 };
    let held = reserves.get(&201).copied().unwrap_or(0.0);
    if held > 0.0 { reserves.values().sum::<f64>() / held } else { 1.0 }
}
