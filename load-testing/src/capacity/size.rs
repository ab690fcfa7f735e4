//! The smallest plan with nothing wrong, by trying.

use super::costs::Costs;
use super::fluid::{self, Course};
use super::plan::{Cores, Machine, Plan};
use super::sale::Sale;
use super::verdict::{self, Wrong};
use serde::Serialize;

/// Plans that are tried.
const TRIES_MAX: usize = 200;

/// A plan with its course.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Sized {
    /// The crowd.
    pub sale: Sale,
    /// The kind of machine.
    pub machine: Machine,
    /// How many of them.
    pub plan: Plan,
    /// How the sale goes.
    pub course: Course,
    /// What is wrong all the same.
    pub wrong: Vec<Wrong>,
}

/// Judges a plan.
///
/// # Errors
/// When a cost that is needed was not measured.
pub fn judge(costs: &Costs, sale: &Sale, machine: &Machine, plan: Plan) -> anyhow::Result<Sized> {
    let cores = Cores::Apart { plan, machine: machine.clone(), events: sale.events };
    let course = fluid::simulate(costs, sale, &cores)?;
    let wrong = verdict::wrong(costs, sale, &plan, machine, &course);
    Ok(Sized { sale: sale.clone(), machine: machine.clone(), plan, course, wrong })
}

/// Gives more machines to whichever tier has too few, until nothing is wrong or more machines do not help.
///
/// # Errors
/// When a cost that is needed was not measured.
pub fn find(costs: &Costs, sale: &Sale, machine: &Machine) -> anyhow::Result<Sized> {
    let mut found = judge(costs, sale, machine, Plan::LEAST)?;
    for _ in 0..TRIES_MAX {
        let Some(tier) = found.wrong.iter().find_map(|wrong| wrong.tier) else { break };
        found = judge(costs, sale, machine, found.plan.with_more(tier))?;
    }
    Ok(found)
}
