//! What can be chosen on the command line.

use super::crowd::Crowd;
use std::path::PathBuf;

/// Measures the live map with a crowd: how old changes are when they are seen, and what a watcher costs.
#[derive(Debug, Clone, clap::Parser)]
#[command(version)]
pub struct Options {
    /// The executable to measure.
    #[arg(long, default_value = "target/release/onsale")]
    pub onsale: PathBuf,
    /// Where the fresh data goes; emptied first.
    #[arg(long, default_value = ".onsale/bench-watchers")]
    pub home: PathBuf,
    /// Who watches.
    #[arg(long, default_value_t = 20_000)]
    pub watchers: usize,
    /// Processes that they are in.
    #[arg(long, default_value_t = 4)]
    pub crowds: usize,
    /// Gateways of the house.
    #[arg(long, default_value_t = 2)]
    pub gateways: usize,
    /// Seat changes a second: as many holds as releases.
    #[arg(long, default_value_t = 200)]
    pub rate: usize,
    /// How long seats are changed, in seconds.
    #[arg(long, default_value_t = 60)]
    pub seconds: u64,
    /// Seats of the hall.
    #[arg(long, default_value_t = 20_000)]
    pub seats: usize,
    /// How long watchers stay idle before their memory is looked at, in seconds.
    #[arg(long, default_value_t = 10)]
    pub idle_seconds: u64,
    /// Further settings of the house, `NAME=value`.
    #[arg(long = "set", value_parser = crate::options::setting)]
    pub settings: Vec<(String, String)>,
    /// What this process is for.
    #[command(subcommand)]
    pub part: Option<Part>,
}

/// A part of the run in a process of its own.
#[derive(Debug, Clone, clap::Subcommand)]
pub enum Part {
    /// Watches; started by the run itself.
    #[command(hide = true)]
    Crowd(Crowd),
}
