//! `sim`: runs the simulator, the planted mistakes and the model, and prints what may be claimed.

use anyhow::{Context, bail};
use clap::Parser;
use onsale_simulation::goals::{Counts, Goal};
use onsale_simulation::model;
use onsale_simulation::planted::Planted;
use onsale_simulation::profile::Fault;
use onsale_simulation::run::{Report, Until, run_seed, run_seeds};
use std::io::Write;
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// Each planted mistake must be found within this time.
const PLANTED_WITHIN: Duration = Duration::from_secs(60);
/// Each goal is to be reached once in so many seeds.
const SEEDS_PER_GOAL: u64 = 200;
/// Fewer seeds than this need not reach every goal.
const GOALS_FROM_SEEDS: u64 = 2_000;
/// A trace shows so many lines of its end.
const TRACE_LINES: usize = 80;
/// Seeds that once failed.
const KEPT: &str = include_str!("../../seeds.txt");

/// Booking's rules in a world where everything fails, from a seed.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    /// How many seeds to run.
    #[arg(long, default_value_t = 20_000)]
    seeds: u64,
    /// The first seed.
    #[arg(long, default_value_t = 0)]
    first: u64,
    /// Run this one seed only, and print what happened in it.
    #[arg(long)]
    seed: Option<u64>,
    /// Prove that each planted mistake is found.
    #[arg(long)]
    planted: bool,
    /// Exhaust the small models.
    #[arg(long)]
    model: bool,
    /// How many threads; one a core when absent.
    #[arg(long)]
    threads: Option<usize>,
    /// Print every goal and fault.
    #[arg(long)]
    verbose: bool,
}

fn main() -> ExitCode {
    match run(&Arguments::parse(), &mut std::io::stdout().lock()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "sim: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments, out: &mut impl Write) -> anyhow::Result<()> {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let threads = arguments.threads.unwrap_or(cores);
    if let Some(seed) = arguments.seed {
        return replay(seed, out);
    }
    if arguments.model {
        for small in model::SMALL {
            let began = Instant::now();
            let checked = model::exhaust(small, threads).map_err(anyhow::Error::msg)?;
            let seconds = began.elapsed().as_secs_f64();
            writeln!(out, "model {small}: exhausted, {checked} states, {seconds:.1} s")?;
        }
    }
    let kept = kept_seeds()?;
    let began = Instant::now();
    let seeds = kept.into_iter().chain(arguments.first..arguments.first.saturating_add(arguments.seeds));
    let report = run_seeds(seeds, threads, None, Until::Exhausted);
    if arguments.verbose {
        details(&report.counts, out)?;
    }
    if let Some(failure) = report.failures.first() {
        replay(failure.seed, out).ok();
        for failure in &report.failures {
            writeln!(out, "seed {}: {}", failure.seed, failure.violation)?;
        }
        bail!("{} seeds broke a promise: put them into simulation/seeds.txt", report.failures.len());
    }
    writeln!(out, "{} seeds in {:.1} s", report.seeds, began.elapsed().as_secs_f64())?;
    let found = if arguments.planted { Some(find_planted(threads, out)?) } else { None };
    check_goals(&report)?;
    claim(&report, found, out)
}

/// The one form in which claims are made.
fn claim(report: &Report, found: Option<usize>, out: &mut impl Write) -> anyhow::Result<()> {
    let faults: u64 = report.counts.faults.iter().sum();
    let kinds = report.counts.faults.iter().filter(|count| **count > 0).count();
    let planted = found.map(|found| format!(", {found} of {} planted bugs found", Planted::ALL.len()));
    writeln!(
        out,
        "commit {}: {} seeds, {} steps, {faults} faults of {kinds} kinds, 0 violations{}",
        commit(),
        report.seeds,
        report.counts.steps,
        planted.unwrap_or_default(),
    )?;
    Ok(())
}

fn find_planted(threads: usize, out: &mut impl Write) -> anyhow::Result<usize> {
    for planted in Planted::ALL {
        let began = Instant::now();
        let report = run_seeds(0.., threads, Some(planted), Until::Broken(PLANTED_WITHIN));
        let Some(failure) = report.failures.first() else {
            bail!("the planted bug {:?} was not found within {} s", planted.name(), PLANTED_WITHIN.as_secs());
        };
        let seconds = began.elapsed().as_secs_f64();
        writeln!(
            out,
            "planted {:?}: found in {seconds:.2} s by seed {}: {}",
            planted.name(),
            failure.seed,
            failure.violation
        )?;
    }
    Ok(Planted::ALL.len())
}

fn check_goals(report: &Report) -> anyhow::Result<()> {
    let wanted = report.seeds / SEEDS_PER_GOAL;
    if report.seeds < GOALS_FROM_SEEDS {
        return Ok(());
    }
    for goal in Goal::ALL {
        let reached = report.counts.goals[goal.index()];
        if reached < wanted {
            bail!("{:?} was reached {reached} times only, {wanted} are wanted: the world is too kind", goal.name());
        }
    }
    for fault in Fault::ALL {
        if report.counts.faults[fault.index()] < wanted {
            bail!("{fault:?} happened less than {wanted} times: the world is too kind");
        }
    }
    Ok(())
}

fn details(counts: &Counts, out: &mut impl Write) -> anyhow::Result<()> {
    for goal in Goal::ALL {
        writeln!(out, "goal  {:>10} {}", counts.goals[goal.index()], goal.name())?;
    }
    for fault in Fault::ALL {
        writeln!(out, "fault {:>10} {fault:?}", counts.faults[fault.index()])?;
    }
    Ok(())
}

/// Runs a seed again and prints the end of its trace.
fn replay(seed: u64, out: &mut impl Write) -> anyhow::Result<()> {
    let (counts, violation, trace) = run_seed(seed, None, true);
    for line in &trace[trace.len().saturating_sub(TRACE_LINES)..] {
        writeln!(out, "{line}")?;
    }
    match violation {
        Some(violation) => bail!("seed {seed}: {violation}"),
        None => Ok(writeln!(out, "seed {seed}: {} steps, no violation", counts.steps)?),
    }
}

fn kept_seeds() -> anyhow::Result<Vec<u64>> {
    let lines = KEPT.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(|line| line.parse().with_context(|| format!("simulation/seeds.txt: {line:?} is not a seed"))).collect()
}

/// The commit that is checked out; a `+` says that files were changed since.
fn commit() -> String {
    let git = |arguments: &[&str]| {
        let output = std::process::Command::new("git").args(arguments).output().ok()?;
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
    };
    let Some(commit) = git(&["rev-parse", "--short", "HEAD"]) else { return "unknown".to_owned() };
    let changed = git(&["status", "--porcelain", "--untracked-files=no"]).is_some_and(|changes| !changes.is_empty());
    if changed { format!("{commit}+") } else { commit }
}
