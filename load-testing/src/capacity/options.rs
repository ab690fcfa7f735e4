//! What can be chosen on the command line.

use super::plan::{Machine, Plan};
use super::sale::Sale;
use std::path::PathBuf;

/// Measures what a person costs, plans the machines for a crowd from it, and holds the model against a run of the swarm.
#[derive(Debug, Clone, clap::Parser)]
#[command(version)]
pub struct Options {
    /// What is to be done.
    #[command(subcommand)]
    pub part: Part,
    /// The page whose marked blocks are rewritten.
    #[arg(long, global = true)]
    pub doc: Option<PathBuf>,
}

/// What is to be done.
#[derive(Debug, Clone, clap::Subcommand)]
pub enum Part {
    /// Runs the house at several sizes and fits what each person adds.
    Measure(Measure),
    /// Plans the machines for a crowd and simulates its sale; fails where something is wrong with the plan.
    Plan(Wanted),
    /// Compares what the model says of a run of the swarm with what was measured there; fails where they differ.
    Check(Check),
    /// The most that the house does with so many gateways, on the cores that this process may use.
    #[command(hide = true)]
    Peak(Peak),
}

/// How costs are measured.
#[derive(Debug, Clone, clap::Args)]
pub struct Measure {
    /// The executable to measure.
    #[arg(long, default_value = "target/release/onsale")]
    pub onsale: PathBuf,
    /// Where the fresh data goes; emptied first.
    #[arg(long, default_value = ".onsale/capacity")]
    pub home: PathBuf,
    /// The costs, as JSON.
    #[arg(long, default_value = "target/capacity.json")]
    pub json: PathBuf,
    /// How long each size of each measurement lasts, in seconds.
    #[arg(long, default_value_t = 6, value_parser = clap::value_parser!(u32).range(1..=120))]
    pub seconds: u32,
    /// Every rate of calls, times this.
    #[arg(long, default_value_t = 1.0)]
    pub scale: f64,
    /// The most people at streams; a third and two thirds of them are measured as well.
    #[arg(long, default_value_t = 6_000)]
    pub people: usize,
    /// Seat changes a second while some watch.
    #[arg(long, default_value_t = 100)]
    pub changes: usize,
    /// Signed-in users.
    #[arg(long, default_value_t = 500)]
    pub users: usize,
    /// Gateway counts whose peak is measured, on one core and on all; none where it is empty.
    #[arg(long, value_delimiter = ',', default_values_t = [1, 2, 5, 10])]
    pub gateways: Vec<u16>,
    /// Further settings of the house, `NAME=value`.
    #[arg(long = "set", value_parser = crate::options::setting)]
    pub settings: Vec<(String, String)>,
}

/// How a peak is measured.
#[derive(Debug, Clone, clap::Args)]
pub struct Peak {
    /// The executable to measure.
    #[arg(long)]
    pub onsale: PathBuf,
    /// Where the fresh data goes; emptied first.
    #[arg(long)]
    pub home: PathBuf,
    /// Gateway processes.
    #[arg(long)]
    pub gateways: u16,
    /// How long, in seconds.
    #[arg(long)]
    pub seconds: u32,
    /// Signed-in users.
    #[arg(long)]
    pub users: usize,
}

/// A crowd, and machines.
#[derive(Debug, Clone, clap::Args)]
pub struct Wanted {
    /// The costs that `capacity measure` wrote.
    #[arg(long, default_value = "target/capacity.json")]
    pub costs: PathBuf,
    /// The crowd.
    #[command(flatten)]
    pub sale: Sale,
    /// Of which machines.
    #[command(flatten)]
    pub machine: Machine,
    /// A plan to be judged, `gateways,services,databases,redis` machines; without it one is found.
    #[arg(long, value_parser = Plan::parse)]
    pub plan: Option<Plan>,
    /// The plan and its course, as JSON.
    #[arg(long, default_value = "target/capacity-plan.json")]
    pub json: PathBuf,
}

/// A run of the swarm to hold the model against.
#[derive(Debug, Clone, clap::Args)]
pub struct Check {
    /// The costs that `capacity measure` wrote.
    #[arg(long, default_value = "target/capacity.json")]
    pub costs: PathBuf,
    /// What the swarm wrote.
    #[arg(long, default_value = "target/swarm-1.json")]
    pub swarm: PathBuf,
    /// The swarm's `--ramp`, in seconds.
    #[arg(long, default_value_t = 180.0)]
    pub ramp: f64,
    /// The swarm's `--calm`, in seconds.
    #[arg(long, default_value_t = 20.0)]
    pub calm: f64,
    /// By how much the model may be wrong, 0–1.
    #[arg(long, default_value_t = 0.25)]
    pub within: f64,
}
