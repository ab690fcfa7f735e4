//! What can be chosen on the command line.

use super::house::Wanted;
use std::path::PathBuf;

/// Sells out an event to a swarm of buyers, and says whether every bar was reached.
#[derive(Debug, Clone, clap::Parser)]
#[command(version, args_conflicts_with_subcommands = true)]
pub struct Options {
    /// What this process is; the run, when absent.
    #[command(subcommand)]
    pub part: Option<Part>,
    /// The run.
    #[command(flatten)]
    pub run: Run,
}

/// A part of a run in a process of its own.
#[derive(Debug, Clone, clap::Subcommand)]
pub enum Part {
    /// Some thousand of the people; the run starts these by itself.
    #[command(hide = true)]
    Client {
        /// What the people do, as the run wrote it.
        #[arg(long)]
        script: PathBuf,
        /// Which of the parts, from 0.
        #[arg(long)]
        part: u32,
    },
}

/// A run.
#[derive(Debug, Clone, clap::Args)]
pub struct Run {
    /// The executable.
    #[arg(long, default_value = "target/release/onsale")]
    pub onsale: PathBuf,
    /// Where the fresh data goes; emptied first.
    #[arg(long, default_value = ".onsale/swarm")]
    pub home: PathBuf,
    /// People.
    #[arg(long, default_value_t = 100_000)]
    pub users: u32,
    /// Seats; rounded up to rows of 40.
    #[arg(long, default_value_t = 20_000)]
    pub seats: u32,
    /// Gateways, each a process.
    #[arg(long, default_value_t = 10)]
    pub gateways: u16,
    /// Client processes; 0 for as many as 12,500 people each need.
    #[arg(long, default_value_t = 0)]
    pub clients: u32,
    /// Within how many seconds people arrive.
    #[arg(long, default_value_t = 180)]
    pub ramp: u32,
    /// From the last arrival to the opening, in seconds.
    #[arg(long, default_value_t = 20)]
    pub calm: u32,
    /// Within how many seconds of the opening each person makes one call.
    #[arg(long, default_value_t = 10)]
    pub burst: u32,
    /// How long a hold lasts, in seconds: 60–3600.
    #[arg(long, default_value_t = 120, value_parser = clap::value_parser!(u32).range(60..=3600))]
    pub hold: u32,
    /// The median of the time between hold and paying, in seconds.
    #[arg(long, default_value_t = 9.0)]
    pub typing: f64,
    /// Another number, other people.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Kills a gateway so many seconds after the opening.
    #[arg(long)]
    pub kill_gateway_at: Option<u32>,
    /// Kills a Redis master so many seconds after the opening.
    #[arg(long)]
    pub kill_redis_at: Option<u32>,
    /// With three Kafka brokers and Elasticsearch, whose jars are in this folder or fetched into it.
    #[arg(long)]
    pub cluster: Option<PathBuf>,
    /// Nobody has a stream: people ask for their place, and look at the map anew before they choose, as k6's do.
    #[arg(long)]
    pub no_streams: bool,
    /// Fails only where something was not right, however slow it was.
    #[arg(long)]
    pub only_right: bool,
    /// The figures, as JSON.
    #[arg(long, default_value = "target/swarm.json")]
    pub json: PathBuf,
    /// The figures, as a page.
    #[arg(long, default_value = "target/swarm.html")]
    pub html: PathBuf,
    /// Further settings of the house, `NAME=value`.
    #[arg(long = "set", value_parser = crate::options::setting)]
    pub settings: Vec<(String, String)>,
}

/// People of one client process where nothing else is asked for: with the connections that they share they stay below
/// 18,000 files.
const PEOPLE_A_CLIENT: u32 = 12_500;

impl Run {
    /// The house that it wants.
    #[must_use]
    pub fn house(&self) -> Wanted {
        Wanted {
            onsale: self.onsale.clone(),
            home: self.home.clone(),
            gateways: self.gateways,
            cluster: self.cluster.clone(),
            settings: self.settings.clone(),
        }
    }

    /// How many client processes there are.
    #[must_use]
    pub fn parts(&self) -> u32 {
        let needed = self.users.div_ceil(PEOPLE_A_CLIENT);
        if self.clients == 0 { needed } else { self.clients }.max(1)
    }

    /// Whether something is broken on purpose.
    #[must_use]
    pub fn has_faults(&self) -> bool {
        self.kill_gateway_at.is_some() || self.kill_redis_at.is_some()
    }
}
