//! `k6-agree`: k6 and the swarm, held against each other, and k6's other scenarios at a size that the machine bears.

use clap::Parser;
use onsale_load_testing::agree::{options::Options, run};

// One thread: it waits most of the time.
#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    run::run(&Options::parse()).await
}
