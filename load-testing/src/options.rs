//! What can be chosen on the command line.

use std::path::PathBuf;

/// Measures durable holds and paid orders against PostgreSQL's and Redis' own rates.
#[derive(Debug, Clone, clap::Parser)]
#[command(version)]
pub struct Options {
    /// The executable to measure.
    #[arg(long, default_value = "target/release/onsale")]
    pub onsale: PathBuf,
    /// Where the fresh data goes; emptied first.
    #[arg(long, default_value = ".onsale/bench")]
    pub home: PathBuf,
    /// How often each measurement is taken, in turns; the median counts.
    #[arg(long, default_value_t = 5)]
    pub rounds: usize,
    /// Signed-in users.
    #[arg(long, default_value_t = 1000)]
    pub users: usize,
    /// Two-seat holds of a measurement.
    #[arg(long, default_value_t = 30_000)]
    pub holds: usize,
    /// Paid orders of a measurement.
    #[arg(long, default_value_t = 8_000)]
    pub orders: usize,
    /// Connections of the clients.
    #[arg(long, default_value_t = 192)]
    pub connections: usize,
    /// How long the part at 70 % of the peak lasts, in seconds.
    #[arg(long, default_value_t = 5)]
    pub steady_seconds: u64,
    /// Also write the figures here.
    #[arg(long)]
    pub json: Option<PathBuf>,
    /// Further settings of the measured processes, `NAME=value`.
    #[arg(long = "set", value_parser = setting)]
    pub settings: Vec<(String, String)>,
}

impl Options {
    /// Holds of the part at 70 % of a peak of `rate` a second.
    #[must_use]
    pub fn steady_operations(&self, rate: f64, most: usize) -> usize {
        // A count of operations: small and positive.
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "rates are small and positive")]
        let wanted = (rate * 0.7) as usize * usize::try_from(self.steady_seconds).unwrap_or(usize::MAX);
        wanted.clamp(1, most)
    }
}

pub(crate) fn setting(text: &str) -> Result<(String, String), String> {
    let pair = text.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned()));
    pair.ok_or_else(|| format!("{text:?} is not of the form NAME=value"))
}
