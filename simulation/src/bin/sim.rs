//! `sim`: runs the simulator, the planted mistakes and the model, and prints what may be claimed.

use anyhow::{Context, bail};
use clap::Parser;
use onsale_simulation::goals::{Counts, Goal};
use onsale_simulation::model;
use onsale_simulation::planted::Planted;
use onsale_simulation::profile::Fault;
use onsale_simulation::run::{Failure, Report, Until, run_counted, run_seed, run_seeds};
use std::hash::{BuildHasher, RandomState};
use std::io::Write;
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc;
use std::time::{Duration, Instant};

/// Each planted mistake must be found within this time.
const PLANTED_WITHIN: Duration = Duration::from_secs(60);
/// Each goal is to be reached once in so many seeds.
const SEEDS_PER_GOAL: u64 = 200;
/// Fewer seeds than this need not reach every goal.
const GOALS_FROM_SEEDS: u64 = 2_000;
/// What a seed comes to in the mean, at least.
const STEPS_MEAN_MIN: u64 = 300;
const FAULTS_MEAN_MIN: u64 = 5;
/// Fresh seeds begin below this number, so that they stay readable.
const FIRST_MAX: u64 = 1_000_000_000_000;
/// How often a long run says how far it is.
const PROGRESS_EVERY: Duration = Duration::from_secs(10);
/// A trace shows so many lines of its end.
const TRACE_LINES: usize = 80;
/// Seeds that once failed.
const KEPT: &str = include_str!("../../seeds.txt");
/// Where they are kept.
const KEPT_FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/seeds.txt");

/// Booking's rules in a world where everything fails, from a seed.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    /// How many seeds to run.
    #[arg(long, default_value_t = 20_000)]
    seeds: u64,
    /// The first seed; fresh ones each time when absent.
    #[arg(long)]
    first: Option<u64>,
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
    let first = arguments.first.unwrap_or_else(|| RandomState::new().hash_one(0) % FIRST_MAX);
    let began = Instant::now();
    let total = arguments.seeds.saturating_add(u64::try_from(kept.len())?);
    let seeds = kept.iter().copied().chain(first..first.saturating_add(arguments.seeds));
    let report = run_with_progress(seeds, total, threads);
    if arguments.verbose {
        details(&report.counts, out)?;
    }
    if let Some(failure) = report.failures.first() {
        replay(failure.seed, out).ok();
        for failure in &report.failures {
            writeln!(out, "seed {}: {}", failure.seed, failure.violation)?;
        }
        keep(report.failures.iter().filter(|failure| !kept.contains(&failure.seed)))?;
        bail!("{} seeds broke a promise; they are kept in simulation/seeds.txt", report.failures.len());
    }
    let seconds = began.elapsed().as_secs_f64();
    writeln!(out, "{} kept seeds and {} from {first} on: {seconds:.1} s", kept.len(), arguments.seeds)?;
    let found = if arguments.planted { Some(find_planted(threads, out)?) } else { None };
    check_goals(&report)?;
    claim(&report, found, out)
}

/// Runs the seeds and says now and then how far it is.
fn run_with_progress(seeds: impl Iterator<Item = u64> + Send, total: u64, threads: usize) -> Report {
    let done = AtomicU64::new(0);
    let (ended, ends) = mpsc::channel::<()>();
    std::thread::scope(|scope| {
        let done = &done;
        scope.spawn(move || {
            let began = Instant::now();
            while ends.recv_timeout(PROGRESS_EVERY) == Err(mpsc::RecvTimeoutError::Timeout) {
                let done = done.load(Ordering::Relaxed);
                let left = began.elapsed().as_secs() * total.saturating_sub(done) / done.max(1);
                let _ = writeln!(std::io::stderr(), "{done} of {total} seeds, about {left} s to go");
            }
        });
        let report = run_counted(seeds, threads, None, Until::Exhausted, done);
        drop(ended);
        report
    })
}

/// Keeps seeds in the tree: from now on they are run first.
fn keep<'a>(failures: impl Iterator<Item = &'a Failure>) -> anyhow::Result<()> {
    let mut file =
        std::fs::OpenOptions::new().append(true).open(KEPT_FILE).with_context(|| format!("opening {KEPT_FILE}"))?;
    let commit = commit();
    for failure in failures {
        writeln!(file, "{} # {commit}: {}", failure.seed, failure.violation)?;
    }
    Ok(())
}

/// The one form in which claims are made.
fn claim(report: &Report, found: Option<usize>, out: &mut impl Write) -> anyhow::Result<()> {
    let faults: u64 = report.counts.faults.iter().sum();
    let kinds = report.counts.faults.iter().filter(|count| **count > 0).count();
    let (steps_mean, faults_mean) = means(report);
    let goals = Goal::ALL.iter().filter(|goal| report.counts.goals[goal.index()] > 0).count();
    writeln!(
        out,
        "a seed has {steps_mean} steps and {faults_mean} faults in the mean; {goals} of {} goals reached",
        Goal::ALL.len()
    )?;
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
    let (steps, faults) = means(report);
    if steps < STEPS_MEAN_MIN || faults < FAULTS_MEAN_MIN {
        bail!("a seed has {steps} steps and {faults} faults in the mean: the world is too small");
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

/// Steps and faults of a seed, in the mean.
fn means(report: &Report) -> (u64, u64) {
    let seeds = report.seeds.max(1);
    (report.counts.steps / seeds, report.counts.faults.iter().sum::<u64>() / seeds)
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
    let lines = KEPT.lines().map(|line| line.split_once('#').map_or(line, |(seed, _)| seed).trim());
    lines
        .filter(|line| !line.is_empty())
        .map(|line| line.parse().with_context(|| format!("simulation/seeds.txt: {line:?} is not a seed")))
        .collect()
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
