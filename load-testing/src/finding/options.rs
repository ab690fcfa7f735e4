//! What can be chosen on the command line.

use std::net::SocketAddr;
use std::path::PathBuf;

/// Measures how well search finds what people mean (nDCG@10), and how fast.
#[derive(Debug, Clone, clap::Parser)]
#[command(version)]
pub struct Options {
    /// The executable to measure.
    #[arg(long, default_value = "target/release/onsale")]
    pub onsale: PathBuf,
    /// Where the fresh data goes; emptied first.
    #[arg(long, default_value = ".onsale/bench-search")]
    pub home: PathBuf,
    /// Elasticsearch, e.g. `http://127.0.0.1:9200`; without it only PostgreSQL is measured.
    #[arg(long, env = "ELASTICSEARCH_URL")]
    pub elasticsearch: Option<String>,
    /// Measures the house that runs there, with the catalogue in its database already; it is neither filled nor stopped.
    #[arg(long, requires = "engine")]
    pub running: Option<SocketAddr>,
    /// Only fills this database with the catalogue.
    #[arg(long)]
    pub fill: Option<String>,
    /// Only this engine.
    #[arg(long)]
    pub engine: Option<Engine>,
    /// Events of the catalogue.
    #[arg(long, default_value_t = 20_000)]
    pub events: usize,
    /// Queries of each kind, of both halves.
    #[arg(long, default_value_t = 400)]
    pub queries: usize,
    /// Which half of the queries is asked.
    #[arg(long, default_value = "held-out")]
    pub half: Half,
    /// What catalogue and queries are made from.
    #[arg(long, default_value_t = 2_026)]
    pub seed: u64,
    /// Instead of relevance, measure latency at so many queries a second.
    #[arg(long)]
    pub rate: Option<f64>,
    /// How long that lasts.
    #[arg(long, default_value_t = 30)]
    pub seconds: u64,
    /// Connections of the clients.
    #[arg(long, default_value_t = 64)]
    pub connections: usize,
    /// Prints so many of the queries that did worst.
    #[arg(long, default_value_t = 0)]
    pub worst: usize,
}

/// What searches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Engine {
    /// PostgreSQL alone.
    Postgres,
    /// Elasticsearch.
    Elasticsearch,
}

/// A half of the queries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Half {
    /// Looked at while weights were chosen.
    Tuning,
    /// Not looked at.
    HeldOut,
}
