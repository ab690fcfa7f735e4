//! `bench-limits`: what this machine gives at most, beside what the house reaches on it.

use anyhow::Context;
use clap::Parser;
use onsale_load_testing::limits::options::{Options, Part};
use onsale_load_testing::limits::{findings, nothing, run};
use std::io::Write;
use tokio::runtime::Builder;

fn main() -> anyhow::Result<()> {
    let options = Options::parse();
    match options.part {
        // As many threads as the house has.
        Some(Part::Nothing { listen }) => {
            Builder::new_multi_thread().enable_all().build()?.block_on(nothing::serve(listen))
        }
        // One thread: the load shares the machine with what it loads.
        None => Builder::new_current_thread().enable_all().build()?.block_on(measure(&options)),
    }
}

async fn measure(options: &Options) -> anyhow::Result<()> {
    let program = std::env::current_exe().context("where this program is")?;
    let findings = run::run(options, &program).await?;
    let mut output = std::io::stdout().lock();
    write!(output, "{}", findings::table(&findings))?;
    onsale_load_testing::report::write(&options.json, &serde_json::to_vec_pretty(&findings)?)?;
    writeln!(output, "written to {}", options.json.display())?;
    Ok(())
}
