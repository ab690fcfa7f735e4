//! `bench-search`: nDCG@10 and latency of search, on PostgreSQL and on Elasticsearch.

use clap::Parser;
use onsale_load_testing::finding::{measure, options::Options};

// One thread: the load shares the machine with what it loads.
#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    measure::run(&Options::parse()).await
}
