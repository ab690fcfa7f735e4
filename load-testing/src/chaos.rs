//! The fault matrix, live: `proof chaos`. Each row of [`rows`] breaks something under people who buy ([`house`],
//! [`fault`]), mends it, measures until all goes on as before ([`run`]), and then looks whether every promise held
//! ([`verdict`]).

pub mod backlog;
pub mod clocks;
pub mod crossing;
pub mod crowd;
pub mod edges;
pub mod engines;
pub mod fault;
pub mod house;
pub mod report;
pub mod results;
pub mod rows;
pub mod run;
pub mod squeeze;
pub mod verdict;

use crate::proof::buyers::{self, Buyers, Habits, Market};
use crate::proof::faults::Faults;
use crate::proof::options::{Chaos, Options};
use crate::proof::people::Crowd;
use crate::proof::{audit, tell};
use anyhow::ensure;
use engines::Place;
use fault::Fault;
use house::House;
use report::Report;
use results::Results;
use rows::Row;
use run::Run;
use std::io::Write;
use tokio::task::LocalSet;

const EVENTS: [&str; 6] = ["CHAOS-1", "CHAOS-2", "CHAOS-3", "CHAOS-4", "CHAOS-5", "CHAOS-6"];
/// Most give back what they bought, so that the halls do not fill up.
const HABITS: Habits = Habits {
    pays: 60,
    releases: 40,
    is_declined: 8,
    leaves: 0,
    cancels: 60,
    cancels_one: 10,
    rests_ms: 600,
    half_only_hold: true,
};
/// Short, so that it is seen in each run that holds end.
const HOLD_SECONDS: u32 = 60;

/// Runs the rows that were chosen and that the results do not have yet; gives the table.
///
/// # Errors
/// When something cannot be started or asked.
pub async fn prove(options: &Options, chaos: &Chaos, faults: &mut Faults) -> anyhow::Result<String> {
    let rows::Chosen { rows, not_run } = rows::chosen(options, chaos)?;
    if chaos.list {
        return Ok(rows::list(&rows));
    }
    let mut results = Results::open(&chaos.results, chaos.again)?;
    let left: Vec<(&Row, usize)> = rows
        .iter()
        .flat_map(|row| (1..=row.runs(chaos.runs)).map(move |run| (row, run)))
        .filter(|(row, run)| !results.has(&row.name, *run))
        .collect();
    let needs_disk = |(row, _): &(&Row, usize)| row.fault == Fault::DiskFull;
    let (on_disk, at_home): (Vec<_>, Vec<_>) = left.into_iter().partition(needs_disk);
    for (left, place) in [(at_home, Place::Home), (on_disk, Place::SmallDisk)] {
        if left.is_empty() {
            continue;
        }
        tell(&format!("starting the house in processes of its own on fresh data; {} runs are to be made", left.len()));
        let mut house = House::start(options, &chaos.tools, place).await?;
        LocalSet::new().run_until(all(options, chaos, &mut house, &left, &mut results)).await?;
        audit::books(|command| house.run(command), faults);
    }
    for found in results.violations(&rows) {
        faults.add(found);
    }
    if let Some(folder) = &chaos.report {
        report::write(folder, &Report { rows: &rows, not_run: &not_run, results: &results, runs: chaos.runs })?;
        tell(&format!("the report is in {}", folder.join("chaos.html").display()));
    }
    let table = results.table(&rows, chaos.runs);
    ensure!(std::io::stdout().write_all(table.as_bytes()).is_ok(), "the table could not be printed");
    Ok(format!("chaos: {} rows, {} runs", rows.len(), results.count(&rows)))
}

async fn all(
    options: &Options,
    chaos: &Chaos,
    house: &mut House,
    left: &[(&Row, usize)],
    results: &mut Results,
) -> anyhow::Result<()> {
    let market = Market { address: house.gateways()[0], events: &EVENTS, hold_seconds: HOLD_SECONDS };
    let (load, _admin) = buyers::open(&market, &house.database_url()?, HABITS).await?;
    let crowd = crowd(house, chaos.clients).await?;
    let buyers = Buyers::send(crowd, options.seed, &load);
    let visitors = run::visitors(house, &load, EVENTS[0]);
    for (n, (row, number)) in left.iter().enumerate() {
        tell(&format!("{} of {}: {}, run {number}", n + 1, left.len(), row.name));
        let result = Run { row, house, load: &load }.go().await?;
        tell(&result.line());
        results.add(&row.name, *number, &result)?;
    }
    visitors.abort();
    buyers.end().await
}

/// People who know both gateways; half of them are at home at each.
async fn crowd(house: &House, clients: usize) -> anyhow::Result<Crowd> {
    let [first, second] = house.gateways();
    let half = clients.div_ceil(2);
    let at_first = Crowd::gather(first, "chaos-a", half).await?.people;
    let at_second = Crowd::gather(second, "chaos-b", half).await?.people;
    let pairs = at_first.into_iter().zip(at_second);
    Ok(Crowd { people: pairs.flat_map(|(one, other)| [one.or_at(second), other.or_at(first)]).collect() })
}
