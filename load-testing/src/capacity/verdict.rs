//! What is wrong with a plan, by the course of its sale.

use super::costs::{Costs, Tier};
use super::fluid::{Course, Step};
use super::plan::{Cores, Machine, Plan};
use super::sale::Sale;
use serde::Serialize;

/// What nobody may wait for longer, in seconds; 99 of 100.
const WAIT_S: f64 = 0.5;
/// The kinds of calls that this is said of.
const FAST: [Step; 4] = [Step::Page, Step::Poll, Step::Reserve, Step::Confirm];
const GIB: f64 = 1_073_741_824.0;

/// Something that is wrong.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Wrong {
    /// The tier that has too few machines; nothing where more of them would not help.
    pub tier: Option<Tier>,
    /// In words.
    pub text: String,
}

/// Memory that the people at streams take of a gateway machine, in bytes, with the kernel's own end of their sockets.
#[must_use]
pub fn gateway_bytes(costs: &Costs, course: &Course, plan: &Plan) -> f64 {
    let each = costs.waiter.process_bytes.max(0.0) + costs.waiter.kernel_bytes.max(0.0) / 2.0;
    course.waiting_max * each / f64::from(plan.gateways.max(1))
}

/// Everything that is wrong; nothing where the plan is good.
#[must_use]
pub fn wrong(costs: &Costs, sale: &Sale, plan: &Plan, machine: &Machine, course: &Course) -> Vec<Wrong> {
    let mut all = rooms(costs, plan, machine, course);
    let (plan, events) = (*plan, sale.events);
    let cores = Cores::Apart { plan, machine: machine.clone(), events };
    let helps = |tier: Tier| tier != Tier::Postgres || plan.databases < events.max(1);
    for tier in Tier::ALL {
        let busy = course.busy.get(&tier).copied().unwrap_or(0.0);
        if cores.of(tier).is_some() && busy > machine.usable {
            let text = format!("{} are busy to {:.0} % for {} s", tier.name(), busy * 100.0, 5);
            all.push(Wrong { tier: Some(tier).filter(|tier| helps(*tier)), text });
        }
    }
    let busiest = Tier::ALL.into_iter().filter(|tier| cores.of(*tier).is_some());
    let busiest = busiest.max_by(|one, other| {
        let busy = |tier: &Tier| course.busy.get(tier).copied().unwrap_or(0.0);
        busy(one).total_cmp(&busy(other))
    });
    for step in FAST {
        let p99 = course.waits.get(&step).map_or(0.0, |wait| wait.p99_s);
        if p99 > WAIT_S {
            let text = format!("99 of 100 wait for {} up to {p99:.1} s, the others longer", step.name());
            all.push(Wrong { tier: busiest.filter(|tier| helps(*tier)), text });
        }
    }
    if course.ticketed_s.is_none_or(|seconds| seconds > sale.ticketed) {
        let is = course.ticketed_s.map_or("never".to_owned(), |seconds| format!("after {seconds:.0} s"));
        let text = format!("98 of 100 seats are ticketed {is}, wanted within {:.0} s", sale.ticketed);
        let too_busy = busiest.filter(|tier| course.busy.get(tier).copied().unwrap_or(0.0) > machine.usable);
        all.push(Wrong { tier: too_busy.filter(|tier| helps(*tier)), text });
    }
    all
}

/// Room for connections and memory.
fn rooms(costs: &Costs, plan: &Plan, machine: &Machine, course: &Course) -> Vec<Wrong> {
    let mut all = Vec::new();
    // With one machine dead the others hold all; a single one has nobody to stand in.
    let left = f64::from(plan.gateways.saturating_sub(1).max(1));
    let room = left * machine.processes * machine.connections;
    if course.waiting_max > room {
        let text = format!(
            "{:.0} people have a connection, and {:.0} fit with one gateway machine dead",
            course.waiting_max, room
        );
        all.push(Wrong { tier: Some(Tier::Gateway), text });
    }
    let bytes = gateway_bytes(costs, course, plan) * f64::from(plan.gateways) / left;
    if bytes > machine.memory_gib * GIB * machine.usable {
        let text = format!("a gateway machine needs {:.1} GiB with another one dead", bytes / GIB);
        all.push(Wrong { tier: Some(Tier::Gateway), text });
    }
    all
}
