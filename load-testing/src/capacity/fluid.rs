//! A sale as a fluid: people flow from the page to the ticket in steps of a tenth of a second, and each call takes the
//! processor time that it was measured to take, from cores that are there or not.
//!
//! What waits for a core waits in a queue of its kind; all kinds share a tier's cores by what they ask for. The line lets
//! people in as docs/decisions/0022-the-waiting-room.md says: the rate doubles each second while reserves are fast, is
//! bounded by what was shown, and nobody is let in for whom there is no seat.

mod flow;
mod steps;

pub use steps::Step;

use super::costs::{Costs, Tier};
use super::plan::Cores;
use super::sale::{Habits, Sale};
use flow::Flow;
use serde::Serialize;
use std::collections::BTreeMap;

/// Seconds of a step.
const DT: f64 = 0.1;
/// Steps between two looks whether it is over: a second.
const STEPS_A_LOOK: usize = 10;
/// A sale that goes on for longer after its opening is not simulated to its end.
const LAST_S: f64 = 1_200.0;

/// What people waited for an answer, and how many at once.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Wait {
    /// Calls.
    pub calls: f64,
    /// Seconds that 99 of 100 of them did not exceed, beyond what an answer takes when nobody else is there.
    pub p99_s: f64,
    /// The longest queue.
    pub queue_max: f64,
}

/// What became of it.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Course {
    /// Seconds from the opening until 98 of 100 seats were ticketed; nothing where that did not come to be.
    pub ticketed_s: Option<f64>,
    /// Tickets in the end.
    pub tickets: f64,
    /// Seconds from the opening to the end.
    pub ended_s: f64,
    /// By kind of call.
    pub waits: BTreeMap<Step, Wait>,
    /// The busiest five seconds of each tier, as a share of its cores, 0–1; of all cores where they are shared.
    pub busy: BTreeMap<Tier, f64>,
    /// Processor seconds of each tier, from the first arrival on.
    pub cpu_s: BTreeMap<Tier, f64>,
    /// The most who waited in line at once, each with a connection.
    pub waiting_max: f64,
    /// The most reserves in a second.
    pub reserves_max: f64,
    /// The most paid orders in a second.
    pub orders_max: f64,
    /// The most commits of PostgreSQL in a second.
    pub commits_max: f64,
    /// The most bytes that were sent to people in a second.
    pub sent_max: f64,
}

/// Moves the crowd through the machines.
///
/// # Errors
/// When a cost that is needed was not measured.
pub fn simulate(costs: &Costs, sale: &Sale, cores: &Cores) -> anyhow::Result<Course> {
    let habits = Habits::of(sale.typing);
    let mut flow = Flow::new(costs, sale, cores, &habits)?;
    while !flow.is_over() && flow.time() < LAST_S {
        for _ in 0..STEPS_A_LOOK {
            flow.step();
        }
    }
    Ok(flow.course())
}
