//! What can be chosen on the command line.

use std::path::PathBuf;

/// Runs every scenario of k6 at a size that this machine bears, and holds its sale against the swarm's.
#[derive(Debug, Clone, clap::Parser)]
#[command(version)]
pub struct Options {
    /// The executable to measure.
    #[arg(long, default_value = "target/release/onsale")]
    pub onsale: PathBuf,
    /// The swarm; without it the one beside this program.
    #[arg(long)]
    pub swarm: Option<PathBuf>,
    /// What runs a script of k6's: it is given the script and k6's options.
    #[arg(long, default_value = "scripts/k6")]
    pub k6: PathBuf,
    /// Where the fresh data goes; emptied first.
    #[arg(long, default_value = ".onsale/k6-agree")]
    pub home: PathBuf,
    /// Only these scenarios: sale, smoke, booking, spike, stress, soak.
    #[arg(long, value_delimiter = ',')]
    pub only: Vec<String>,
    /// People of the sale, each a virtual user of k6's.
    #[arg(long, default_value_t = 1_000)]
    pub users: u32,
    /// Seats of the sale.
    #[arg(long, default_value_t = 400)]
    pub seats: u32,
    /// The median of the time between hold and paying, in seconds.
    #[arg(long, default_value_t = 4.0)]
    pub typing: f64,
    /// People a second of the scenarios that have a rate: booking; spike and stress go up to four times as many.
    #[arg(long, default_value_t = 5)]
    pub rate: u32,
    /// How long booking and soak last, in seconds.
    #[arg(long, default_value_t = 60)]
    pub seconds: u32,
    /// By how much figures may differ, 0–1.
    #[arg(long, default_value_t = 0.10)]
    pub within: f64,
    /// Latencies that differ by no more than so many milliseconds agree, however small they are.
    #[arg(long, default_value_t = 5.0)]
    pub within_ms: f64,
    /// Both sides, as JSON.
    #[arg(long, default_value = "target/k6-agree.json")]
    pub json: PathBuf,
}

/// The scenarios, in the order in which they are run.
pub const SCENARIOS: [&str; 6] = ["sale", "smoke", "booking", "spike", "stress", "soak"];

impl Options {
    /// Whether a scenario is wanted.
    #[must_use]
    pub fn wants(&self, scenario: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|only| only == scenario)
    }

    /// Scenarios that were asked for and that there are not.
    #[must_use]
    pub fn unknown(&self) -> Vec<&str> {
        self.only.iter().map(String::as_str).filter(|only| !SCENARIOS.contains(only)).collect()
    }
}
