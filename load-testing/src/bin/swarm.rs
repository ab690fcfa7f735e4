//! `swarm`: a hundred thousand buyers sell an event out; every answer is checked, every bar told.

use clap::Parser;
use onsale_load_testing::swarm::{
    client,
    options::{Options, Part},
    run,
};

// One thread a process: the swarm shares the machine with the house.
#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let options = Options::parse();
    match options.part {
        Some(Part::Client { script, part }) => client::run(&script, part).await,
        None => run::run(&options.run).await,
    }
}
