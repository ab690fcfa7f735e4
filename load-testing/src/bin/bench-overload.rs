//! `bench-overload`: what a crowd of several times the capacity gets, and how those are refused who get nothing.

use clap::Parser;
use onsale_load_testing::overload::{self, options::Options};
use std::io::Write;

// One thread: the load shares the machine with what it loads.
#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let options = Options::parse();
    let findings = overload::run(&options).await?;
    let broken = overload::verdict::broken(&findings);
    let mut output = std::io::stdout().lock();
    write!(output, "{}", overload::verdict::table(&findings))?;
    std::fs::write(&options.chart, overload::chart::page(&findings))?;
    writeln!(output, "chart: {}", options.chart.display())?;
    anyhow::ensure!(broken.is_empty(), "I7 does not hold: {}", broken.join("; "));
    writeln!(output, "I7 holds")?;
    Ok(())
}
