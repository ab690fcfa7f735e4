//! `bench-reserve`: durable holds and paid orders a second, against PostgreSQL's and Redis' own rates.

use clap::Parser;
use onsale_load_testing::options::Options;
use onsale_load_testing::{report, scenario};
use std::io::Write;

// One thread: the load shares the machine with what it loads.
#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let options = Options::parse();
    let summary = scenario::run(&options).await?;
    let mut output = std::io::stdout().lock();
    writeln!(output, "{}", report::table(&summary))?;
    if let Some(path) = &options.json {
        std::fs::write(path, serde_json::to_vec_pretty(&summary)?)?;
        writeln!(output, "written to {}", path.display())?;
    }
    anyhow::ensure!(summary.faults.is_empty(), "what was answered was not true: {}", summary.faults.join("; "));
    Ok(())
}
