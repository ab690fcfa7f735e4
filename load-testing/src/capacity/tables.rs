//! The tables of docs/capacity.md, as text that is a page's and a terminal's.

use super::check::Compared;
use super::costs::{Cost, Costs, Stream, Tier};
use super::size::Sized;
use super::verdict::gateway_bytes;
use crate::swarm::figures::Call;
use chrono::DateTime;
use std::fmt::Write;

const GIB: f64 = 1_073_741_824.0;

/// Where the costs come from.
fn origin(costs: &Costs) -> String {
    let day =
        DateTime::from_timestamp_millis(costs.at_ms).map_or("?".to_owned(), |at| at.format("%-d %B %Y").to_string());
    format!("{day}, {} cores of {}, `{}`.", costs.cores, costs.processor, costs.command)
}

/// What people do, and the calls that it takes.
const WHOLES: [(&str, &[Call]); 3] = [
    ("**a person who gets in line**: page, join, status", &[Call::Page, Call::Join, Call::Status]),
    ("**a hold**: map, reserve, look", &[Call::Map, Call::Reserve, Call::Hold]),
    ("**a paid order** of it: confirm, look", &[Call::Confirm, Call::Order]),
];

/// The cells of a cost, up to its bytes.
fn row(name: &str, cost: &Cost) -> String {
    let mut text = format!("| {name} | ");
    for tier in Tier::ALL {
        let _infallible = write!(text, "{:.0} | ", cost.on(tier));
    }
    let (commits, wal) = (cost.commits.max(0.0), cost.wal_bytes.max(0.0));
    let _infallible = write!(text, "{commits:.2} | {wal:.0} | {:.0}, {:.0} |", cost.request_bytes, cost.answer_bytes);
    text
}

fn sum(costs: &[&Cost]) -> Cost {
    let mut sum = Cost::default();
    for cost in costs {
        for tier in Tier::ALL {
            *sum.cpu_us.entry(tier).or_default() += cost.on(tier);
        }
        sum.commits += cost.commits.max(0.0);
        sum.wal_bytes += cost.wal_bytes.max(0.0);
        sum.request_bytes += cost.request_bytes;
        sum.answer_bytes += cost.answer_bytes;
    }
    sum
}

/// What each call and each person at a stream costs, and the peaks.
#[must_use]
pub fn costs(costs: &Costs) -> String {
    let mut text = format!("{}\n\n", origin(costs));
    text.push_str("| one more | ");
    for tier in Tier::ALL {
        let _infallible = write!(text, "{} µs | ", tier.name());
    }
    text.push_str("commits | log bytes | asked, answered bytes | up to a second | line explains |\n|");
    text.push_str(&" --- |".repeat(Tier::ALL.len() + 6));
    text.push('\n');
    for (call, cost) in Call::ALL.iter().filter_map(|call| Some((call, costs.calls.get(call)?))) {
        let _infallible =
            writeln!(text, "{} {:.0} | {:.0} % |", row(call.name(), cost), cost.rate_max, cost.explained * 100.0);
    }
    for (name, calls) in WHOLES {
        if let Some(whole) = calls.iter().map(|call| costs.calls.get(call)).collect::<Option<Vec<_>>>() {
            let _infallible = writeln!(text, "{} | |", row(name, &sum(&whole)));
        }
    }
    text.push_str(
        "\n| one more person who | gateway bytes | kernel bytes, both ends | opening µs | µs a second | bytes a second | up to people |\n\
         | --- | --- | --- | --- | --- | --- | --- |\n",
    );
    let watches = format!("watches, {:.0} changes a second", costs.watched_changes);
    for (name, stream) in [("waits in line", &costs.waiter), (watches.as_str(), &costs.watcher)] {
        let Stream { process_bytes, kernel_bytes, opening_us, cpu_us_a_second, bytes_a_second, people_max } = stream;
        let _infallible = writeln!(
            text,
            "| {name} | {process_bytes:.0} | {kernel_bytes:.0} | {opening_us:.0} | {cpu_us_a_second:.2} | {bytes_a_second:.0} | {people_max:.0} |"
        );
    }
    let idle: Vec<_> = costs.idle_cores.iter().map(|(tier, cores)| format!("{} {cores:.3}", tier.name())).collect();
    let _infallible = writeln!(text, "\nCores while nobody is there: {}.", idle.join(", "));
    text
}

/// The peaks by cores and gateways.
#[must_use]
pub fn scaling(costs: &Costs) -> String {
    if costs.peaks.is_empty() {
        return "Not measured: `--gateways` was empty.".to_owned();
    }
    let mut text = format!("{}\n\n", origin(costs));
    text.push_str("| cores, with the load on them | gateways | reserves a second | statuses a second |\n| --- | --- | --- | --- |\n");
    for peak in &costs.peaks {
        let _infallible =
            writeln!(text, "| {} | {} | {:.0} | {:.0} |", peak.cores, peak.gateways, peak.reserves, peak.statuses);
    }
    let first = |cores: usize| costs.peaks.iter().find(|peak| peak.cores == cores);
    if let (Some(one), Some(all)) = (first(1), first(costs.cores).filter(|_| costs.cores > 1)) {
        let _infallible = writeln!(
            text,
            "\nFrom one core to {}: reserves × {:.2}, statuses × {:.2}.",
            costs.cores,
            all.reserves / one.reserves.max(1e-9),
            all.statuses / one.statuses.max(1e-9)
        );
    }
    text
}

/// A plan, the course of its sale, and what is wrong with it.
#[must_use]
pub fn plan(costs: &Costs, sized: &Sized) -> String {
    let (sale, machine, plan, course) = (&sized.sale, &sized.machine, &sized.plan, &sized.course);
    let mut text = format!(
        "By the costs of {}\n\n{:.0} people, {:.0} seats, {} event(s), arriving within {:.0} s, one call each within {:.0} s of the \
         opening. Machines of {:.0} cores like the measured ones and {:.0} GiB, at most {:.0} % busy.\n\n",
        origin(costs),
        sale.people,
        sale.seats,
        sale.events,
        sale.ramp,
        sale.burst,
        machine.cores,
        machine.memory_gib,
        machine.usable * 100.0
    );
    text.push_str("| tier | machines | busiest 5 s | processor seconds in all |\n| --- | --- | --- | --- |\n");
    for tier in Tier::ALL {
        let machines = plan.machines(tier).map_or("the provider's".to_owned(), |machines| machines.to_string());
        let busy = course.busy.get(&tier).map_or("-".to_owned(), |busy| format!("{:.0} %", busy * 100.0));
        let seconds = course.cpu_s.get(&tier).copied().unwrap_or(0.0);
        let _infallible = writeln!(text, "| {} | {machines} | {busy} | {seconds:.0} |", tier.name());
    }
    let _infallible = writeln!(
        text,
        "\n{} machines. A gateway machine holds {:.0} connections in {:.1} GiB. At most {:.0} reserves, {:.0} paid orders and {:.0} \
         commits a second, {:.2} Gbit/s to people. 98 of 100 seats are ticketed {}, all {:.0} s after the opening at the latest.",
        plan.all(),
        course.waiting_max / f64::from(plan.gateways.max(1)),
        gateway_bytes(costs, course, plan) / GIB,
        course.reserves_max,
        course.orders_max,
        course.commits_max,
        course.sent_max * 8.0 / 1e9,
        course.ticketed_s.map_or("never".to_owned(), |seconds| format!("after {seconds:.0} s")),
        course.ended_s
    );
    text.push_str("\n| waiting for | calls | 99 of 100 wait at most | longest queue |\n| --- | --- | --- | --- |\n");
    for (step, wait) in &course.waits {
        let _infallible =
            writeln!(text, "| {} | {:.0} | {:.2} s | {:.0} |", step.name(), wait.calls, wait.p99_s, wait.queue_max);
    }
    if sized.wrong.is_empty() {
        text.push_str("\nNothing is wrong with it.\n");
    }
    for wrong in &sized.wrong {
        let _infallible = writeln!(text, "\nWRONG: {}.", wrong.text);
    }
    text
}

/// The model against the swarm.
#[must_use]
pub fn check(compared: &[Compared], within: f64) -> String {
    let mut text =
        "| what | by the model | by the swarm | model over swarm | |\n| --- | --- | --- | --- | --- |\n".to_owned();
    for figure in compared {
        let word = match (figure.counts, figure.is_within(within)) {
            (false, _) => "small",
            (true, true) => "agrees",
            (true, false) => "DIFFERS",
        };
        let Compared { what, modelled, measured, .. } = figure;
        let _infallible = writeln!(text, "| {what} | {modelled:.1} | {measured:.1} | {:.2} | {word} |", figure.ratio());
    }
    text
}
