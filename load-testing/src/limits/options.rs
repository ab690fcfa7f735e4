//! What can be chosen on the command line.

use std::net::SocketAddr;
use std::path::PathBuf;

/// Measures what this machine gives at most, and what the house reaches on it.
#[derive(Debug, Clone, clap::Parser)]
#[command(version)]
pub struct Options {
    /// The executable to measure.
    #[arg(long, default_value = "target/release/onsale")]
    pub onsale: PathBuf,
    /// Where the fresh data goes; emptied first.
    #[arg(long, default_value = ".onsale/bench-limits")]
    pub home: PathBuf,
    /// How often each measurement is taken, in turns; the median counts.
    #[arg(long, default_value_t = 3)]
    pub rounds: usize,
    /// How long a measurement lasts, in seconds.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u64).range(1..=60))]
    pub seconds: u64,
    /// Connections that hold while the memory of one is measured.
    #[arg(long, default_value_t = 2_000)]
    pub held: usize,
    /// Connections that calls go over.
    #[arg(long, default_value_t = 192)]
    pub connections: usize,
    /// Signed-in users.
    #[arg(long, default_value_t = 500)]
    pub users: usize,
    /// Two-seat holds of a round.
    #[arg(long, default_value_t = 20_000)]
    pub holds: usize,
    /// Paid orders of a round.
    #[arg(long, default_value_t = 2_000)]
    pub orders: usize,
    /// With three Kafka brokers, whose jars are in this folder or fetched into it.
    #[arg(long)]
    pub cluster: Option<PathBuf>,
    /// The figures, as JSON.
    #[arg(long, default_value = "target/bench-limits.json")]
    pub json: PathBuf,
    /// Further settings of the house, `NAME=value`.
    #[arg(long = "set", value_parser = crate::options::setting)]
    pub settings: Vec<(String, String)>,
    /// What this process is for; the run, when absent.
    #[command(subcommand)]
    pub part: Option<Part>,
}

/// A part of the run in a process of its own.
#[derive(Debug, Clone, clap::Subcommand)]
pub enum Part {
    /// The server that does nothing; the run starts it by itself.
    #[command(hide = true)]
    Nothing {
        /// Where to listen.
        #[arg(long)]
        listen: SocketAddr,
    },
}
