//! `capacity`: what a person costs, the machines for a crowd, and whether the model is right.

use anyhow::{Context, ensure};
use clap::Parser;
use onsale_load_testing::capacity::options::{Check, Measure, Options, Part, Wanted};
use onsale_load_testing::capacity::{check, costs::Costs, doc, measure, scaling, size, tables};
use onsale_load_testing::report::write;
use std::io::Write;
use std::path::Path;

// One thread: the load shares the machine with what it loads.
#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let options = Options::parse();
    let page = options.doc.as_deref();
    match &options.part {
        Part::Measure(options) => measured(options, page).await,
        Part::Plan(wanted) => planned(wanted, page),
        Part::Check(check) => checked(check, page),
        Part::Peak(peak) => {
            let peak = scaling::run(peak).await?;
            Ok(serde_json::to_writer(std::io::stdout(), &peak)?)
        }
    }
}

/// Prints a block, and writes it into the page where there is one.
fn tell(page: Option<&Path>, name: &str, text: &str) -> anyhow::Result<()> {
    writeln!(std::io::stdout(), "{text}")?;
    page.map_or(Ok(()), |page| doc::rewrite(page, name, text))
}

async fn measured(options: &Measure, page: Option<&Path>) -> anyhow::Result<()> {
    let program = std::env::current_exe().context("where this program is")?;
    let costs = measure::run(options, &program).await?;
    write(&options.json, &serde_json::to_vec_pretty(&costs)?)?;
    tell(page, "costs", &tables::costs(&costs))?;
    tell(page, "scaling", &tables::scaling(&costs))
}

fn planned(wanted: &Wanted, page: Option<&Path>) -> anyhow::Result<()> {
    let costs = Costs::read(&wanted.costs)?;
    let sized = match wanted.plan {
        Some(plan) => size::judge(&costs, &wanted.sale, &wanted.machine, plan)?,
        None => size::find(&costs, &wanted.sale, &wanted.machine)?,
    };
    write(&wanted.json, &serde_json::to_vec_pretty(&sized)?)?;
    tell(page, "plan", &tables::plan(&costs, &sized))?;
    ensure!(sized.wrong.is_empty(), "something is wrong with the plan");
    Ok(())
}

fn checked(options: &Check, page: Option<&Path>) -> anyhow::Result<()> {
    let costs = Costs::read(&options.costs)?;
    let text = std::fs::read(&options.swarm).with_context(|| format!("read {}", options.swarm.display()))?;
    let run: check::Run = serde_json::from_slice(&text).context("understand the swarm's figures")?;
    let compared = check::compare(&costs, &run, options)?;
    tell(page, "check", &tables::check(&compared, options.within))?;
    let differs = compared.iter().filter(|figure| !figure.is_within(options.within)).count();
    ensure!(differs == 0, "{differs} figures of the model are wrong by more than {:.0} %", options.within * 100.0);
    Ok(())
}
