//! What can be chosen on the command line.

use std::path::PathBuf;

/// Measures what a crowd of several times the capacity gets (I7).
#[derive(Debug, Clone, clap::Parser)]
#[command(version)]
pub struct Options {
    /// The executable to measure.
    #[arg(long, default_value = "target/release/onsale")]
    pub onsale: PathBuf,
    /// Where the fresh data goes; emptied first.
    #[arg(long, default_value = ".onsale/bench-overload")]
    pub home: PathBuf,
    /// How long the capacity is measured, and each multiple of it, in seconds.
    #[arg(long, default_value_t = 20)]
    pub seconds: u64,
    /// Multiples of the capacity.
    #[arg(long, value_delimiter = ',', default_values_t = [1.0, 2.0, 5.0, 10.0])]
    pub multiples: Vec<f64>,
    /// Signed-in users.
    #[arg(long, default_value_t = 500)]
    pub users: usize,
    /// People at once when the capacity is first looked for.
    #[arg(long, default_value_t = 96)]
    pub workers: usize,
    /// Connections at most.
    #[arg(long, default_value_t = 8_000)]
    pub connections: usize,
    /// Where the page with the chart goes.
    #[arg(long, default_value = "target/overload.html")]
    pub chart: PathBuf,
    /// Further settings of the measured processes, `NAME=value`.
    #[arg(long = "set", value_parser = crate::options::setting)]
    pub settings: Vec<(String, String)>,
}
