//! Runs many seeds on all cores and adds up what they met.

use crate::goals::Counts;
use crate::planted::Planted;
use crate::world::World;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// How many failing seeds are reported at most.
const FAILURES_MAX: usize = 20;

/// A seed in which a promise was broken.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Failure {
    /// The seed.
    pub seed: u64,
    /// The promise.
    pub violation: String,
}

/// What many seeds came to.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// How many were run.
    pub seeds: u64,
    /// What happened in them.
    pub counts: Counts,
    /// The seeds in which a promise was broken, lowest first.
    pub failures: Vec<Failure>,
}

/// When to stop before the last seed.
#[derive(Debug, Clone, Copy)]
pub enum Until {
    /// All seeds are run.
    Exhausted,
    /// A promise is broken, or time is up.
    Broken(Duration),
}

/// Runs one seed and gives its trace, if one is wanted.
#[must_use]
pub fn run_seed(seed: u64, planted: Option<Planted>, traced: bool) -> (Counts, Option<String>, Vec<String>) {
    let mut world = World::new(seed, planted, traced);
    world.run();
    (world.counts, world.violation, world.trace.unwrap_or_default())
}

/// Runs seeds on `threads` threads.
#[must_use]
pub fn run_seeds(
    seeds: impl Iterator<Item = u64> + Send,
    threads: usize,
    planted: Option<Planted>,
    until: Until,
) -> Report {
    run_counted(seeds, threads, planted, until, &AtomicU64::new(0))
}

/// The same, counting in `run` the seeds that are done, for whoever watches.
#[must_use]
pub fn run_counted(
    seeds: impl Iterator<Item = u64> + Send,
    threads: usize,
    planted: Option<Planted>,
    until: Until,
    run: &AtomicU64,
) -> Report {
    let seeds = Mutex::new(seeds);
    let report = Mutex::new(Report::default());
    let stop = AtomicBool::new(false);
    let began = Instant::now();
    let next = || seeds.lock().ok().and_then(|mut seeds| seeds.next());
    let work = || {
        let mut counts = Counts::default();
        while !stop.load(Ordering::Relaxed) {
            let Some(seed) = next() else { break };
            let (of_seed, violation, _) = run_seed(seed, planted, false);
            counts.add(&of_seed);
            run.fetch_add(1, Ordering::Relaxed);
            if let (Some(violation), Ok(mut report)) = (violation, report.lock()) {
                report.failures.push(Failure { seed, violation });
                stop.fetch_or(report.failures.len() >= FAILURES_MAX, Ordering::Relaxed);
                stop.fetch_or(matches!(until, Until::Broken(_)), Ordering::Relaxed);
            }
            if let Until::Broken(limit) = until {
                stop.fetch_or(began.elapsed() > limit, Ordering::Relaxed);
            }
        }
        if let Ok(mut report) = report.lock() {
            report.counts.add(&counts);
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..threads.max(1) {
            scope.spawn(work);
        }
    });
    let mut report = report.into_inner().unwrap_or_default();
    report.seeds = run.load(Ordering::Relaxed);
    report.failures.sort();
    report
}
