//! `bench-watchers`: a crowd at the live map: how old changes are when they are seen, and what a watcher costs.

use anyhow::Context;
use clap::Parser;
use onsale_load_testing::watching::options::{Options, Part};
use onsale_load_testing::watching::{crowd, run};
use std::io::Write;

// One thread: the crowd shares the machine with what it watches.
#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let options = Options::parse();
    if let Some(Part::Crowd(crowd)) = &options.part {
        return crowd::run(crowd).await;
    }
    let program = std::env::current_exe().context("where this program is")?;
    let table = run::run(&options, &program).await?;
    write!(std::io::stdout(), "{table}")?;
    Ok(())
}
