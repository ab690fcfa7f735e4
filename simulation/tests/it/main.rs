//! The simulator itself: it is the same each time, it finds what is planted, and it finds nothing else.

use onsale_simulation::model::{self, Small};
use onsale_simulation::planted::Planted;
use onsale_simulation::run::{Until, run_seed, run_seeds};
use std::time::Duration;

const THREADS: usize = 2;

#[test]
fn a_seed_is_the_same_each_time() {
    for seed in 0..20 {
        let (counts, violation, trace) = run_seed(seed, None, true);
        let (again, _, trace_again) = run_seed(seed, None, true);
        assert_eq!(violation, None, "seed {seed}");
        assert_eq!(counts.steps, again.steps, "seed {seed}");
        assert!(trace == trace_again, "seed {seed} went another way the second time");
    }
}

#[test]
fn three_hundred_seeds_keep_every_promise_in_a_bad_enough_world() {
    let report = run_seeds(0..300, THREADS, None, Until::Exhausted);
    assert_eq!(report.failures, []);
    assert_eq!(report.seeds, 300);
    assert!(report.counts.steps / report.seeds >= 300, "too few steps a seed");
    assert!(report.counts.faults.iter().sum::<u64>() / report.seeds >= 5, "too few faults a seed");
    assert!(report.counts.faults.iter().all(|count| *count > 0), "every kind of fault happens");
    assert!(report.counts.goals.iter().all(|count| *count > 0), "every goal is reached");
}

#[test]
fn each_planted_bug_is_found() {
    for planted in Planted::ALL {
        let report = run_seeds(0.., THREADS, Some(planted), Until::Broken(Duration::from_secs(60)));
        assert!(!report.failures.is_empty(), "{:?} was not found in {} seeds", planted.name(), report.seeds);
    }
}

#[test]
fn the_smallest_model_is_exhausted() {
    let smallest = Small { users: 2, seats: 1, losses: 1, attempts: 1, ticks: 1, cancels: false };
    let states = model::exhaust(smallest, THREADS).expect("every promise holds");
    assert!(states > 1000, "{states} states are too few to mean anything");
}
