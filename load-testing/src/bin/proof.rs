//! `proof`: races, crashes and lost Redis masters on the running house; what was answered must be so.

use clap::Parser;
use onsale_load_testing::proof::{self, options::Options};
use std::io::Write;

// One thread: the clients share the machine with the house.
#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let options = Options::parse();
    let (line, faults) = proof::run(&options).await?;
    let mut output = std::io::stdout().lock();
    for fault in faults.told() {
        writeln!(output, "FAULT  {fault}")?;
    }
    writeln!(output, "{line}, {} violations", faults.count())?;
    anyhow::ensure!(faults.count() == 0, "the proof failed");
    Ok(())
}
