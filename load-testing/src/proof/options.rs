//! What can be chosen on the command line.

use std::net::SocketAddr;
use std::path::PathBuf;

/// Shows on the running house that it keeps its promises.
#[derive(Debug, Clone, clap::Parser)]
#[command(name = "proof", version)]
pub struct Options {
    /// The executable to run.
    #[arg(long, global = true, default_value = "target/release/onsale")]
    pub onsale: PathBuf,
    /// Where the fresh data goes; emptied first.
    #[arg(long, global = true, default_value = ".onsale/proof")]
    pub home: PathBuf,
    /// What chance begins from; moments still differ from run to run.
    #[arg(long, global = true, default_value_t = 1)]
    pub seed: u64,
    /// Which proof.
    #[command(subcommand)]
    pub proof: Proof,
}

/// The proofs.
#[derive(Debug, Clone, clap::Subcommand)]
pub enum Proof {
    /// Many clients at one seat, at too few tickets, and at crossing seats.
    Races(Races),
    /// `kill -9` of the house under load; then holds that end while no sweeper runs.
    Crash(Crash),
    /// The house dies at each place of the saga in turn; needs an executable built with `--features failpoints`.
    Failpoints(Failpoints),
    /// A provider at which much goes wrong, and `kill -9` of booking meanwhile: the money is the tickets', to the cent.
    Money(Money),
    /// Many requests by one key, and payment dying before it notes what the provider answered: one charge each. Needs
    /// an executable built with `--features failpoints`.
    Charges(Charges),
    /// `kill -9` of PostgreSQL and of the house: every acknowledged order is there.
    Durability(Durability),
    /// Each row of the fault matrix under load: what people see of it, and when all goes on as before.
    Chaos(Chaos),
    /// Thousands in line, while gateways, Redis and PostgreSQL are killed and all roles are started anew: no place is lost,
    /// none is there twice, nobody is let in out of order.
    Line(Line),
    /// An opening at which 30 % of those who are let in leave, and the provider is slow for a minute.
    Opening(Opening),
    /// One Redis master of three killed under load, then two, then all.
    Redis(Redis),
    /// Runs the house with every role a process of its own, on the demo season, until it is asked to stop.
    Split(Split),
}

/// How long the races are.
#[derive(Debug, Clone, clap::Args)]
pub struct Races {
    /// Seats that are raced for, one after the other.
    #[arg(long, default_value_t = 1000)]
    pub rounds: usize,
    /// Clients at one seat.
    #[arg(long, default_value_t = 500)]
    pub clients: usize,
    /// Clients at the general-admission tickets.
    #[arg(long, default_value_t = 1000)]
    pub buyers: usize,
    /// General-admission tickets.
    #[arg(long, default_value_t = 300)]
    pub tickets: u32,
    /// Pairs of requests that want some of the same seats in opposite order.
    #[arg(long, default_value_t = 2000)]
    pub crossings: usize,
}

/// How long the crashes go on.
#[derive(Debug, Clone, clap::Args)]
pub struct Crash {
    /// How often the house is killed.
    #[arg(long, default_value_t = 20)]
    pub kills: usize,
    /// Clients at once.
    #[arg(long, default_value_t = 64)]
    pub clients: usize,
    /// The longest time of load between two kills, in milliseconds.
    #[arg(long, default_value_t = 4000)]
    pub load_ms: u64,
    /// Seats that are held to their end while no sweeper runs; 0 leaves that part out.
    #[arg(long, default_value_t = 200)]
    pub ending: usize,
}

/// Where the house dies.
#[derive(Debug, Clone, clap::Args)]
pub struct Failpoints {
    /// Only at this place.
    #[arg(long)]
    pub place: Option<String>,
}

/// How much is bought while booking is killed.
#[derive(Debug, Clone, clap::Args)]
pub struct Money {
    /// Orders that are acknowledged as paid.
    #[arg(long, default_value_t = 10_000)]
    pub orders: usize,
    /// How often booking is killed meanwhile.
    #[arg(long, default_value_t = 50)]
    pub kills: usize,
    /// Buyers at once.
    #[arg(long, default_value_t = 64)]
    pub clients: usize,
}

/// How often somebody could be charged twice.
#[derive(Debug, Clone, clap::Args)]
pub struct Charges {
    /// Idempotency keys.
    #[arg(long, default_value_t = 1000)]
    pub keys: usize,
    /// Requests in parallel by each key.
    #[arg(long, default_value_t = 20)]
    pub parallel: usize,
    /// How often payment dies.
    #[arg(long, default_value_t = 100)]
    pub crashes: usize,
    /// Buyers at once, while payment dies.
    #[arg(long, default_value_t = 32)]
    pub clients: usize,
}

/// How much is bought while PostgreSQL and the house are killed.
#[derive(Debug, Clone, clap::Args)]
pub struct Durability {
    /// Orders that are acknowledged as paid.
    #[arg(long, default_value_t = 5000)]
    pub orders: usize,
    /// How often one of the two is killed meanwhile.
    #[arg(long, default_value_t = 200)]
    pub kills: usize,
    /// Buyers at once.
    #[arg(long, default_value_t = 64)]
    pub clients: usize,
}

/// What is broken, and how often.
#[derive(Debug, Clone, clap::Args)]
pub struct Chaos {
    /// Only rows whose names have this in them; may be given several times.
    #[arg(long = "row")]
    pub rows: Vec<String>,
    /// Only the rows that every test run makes.
    #[arg(long)]
    pub tested: bool,
    /// How often each row is run; of the partitions each combination once.
    #[arg(long, default_value_t = 5)]
    pub runs: usize,
    /// Only tells which rows there are.
    #[arg(long)]
    pub list: bool,
    /// People who buy at once.
    #[arg(long, default_value_t = 24)]
    pub clients: usize,
    /// What is broken with.
    #[command(flatten)]
    pub tools: Tools,
    /// The executable was built with `--features failpoints`, so that a process can be told where to die.
    #[arg(long)]
    pub failpoints: bool,
    /// Where the results are kept: what they have is not run again.
    #[arg(long, default_value = "target/chaos.jsonl")]
    pub results: PathBuf,
    /// Runs all again.
    #[arg(long)]
    pub again: bool,
    /// A folder for what all runs came to: `chaos.html` for people, `chaos.json` for machines.
    #[arg(long)]
    pub report: Option<PathBuf>,
}

/// Programs of others that things are broken with, or that run beside the house.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Tools {
    /// toxiproxy's executable; without it no edge can be broken.
    #[arg(long)]
    pub toxiproxy: Option<PathBuf>,
    /// The folder where Kafka's jars are, or are fetched to by Maven; and Elasticsearch's; without it events travel by PostgreSQL, which also
    /// finds them.
    #[arg(long)]
    pub jars: Option<PathBuf>,
    /// libfaketime's library; without it no clock can go wrong.
    #[arg(long)]
    pub faketime: Option<PathBuf>,
}

/// Who stands in line, and how fast it moves.
#[derive(Debug, Clone, clap::Args)]
pub struct Line {
    /// People who join.
    #[arg(long, default_value_t = 5000)]
    pub people: usize,
    /// People let in a second.
    #[arg(long, default_value_t = 25)]
    pub rate: u32,
}

/// Who comes to the opening, and for what.
#[derive(Debug, Clone, clap::Args)]
pub struct Opening {
    /// People in the lobby.
    #[arg(long, default_value_t = 3000)]
    pub people: usize,
    /// Seats.
    #[arg(long, default_value_t = 1000)]
    pub seats: usize,
    /// How long a call to the provider takes, in milliseconds; for a minute five times as long.
    #[arg(long, default_value_t = 300)]
    pub provider_ms: u64,
    /// Where the chart is written, as a page.
    #[arg(long, default_value = "target/opening.html")]
    pub chart: PathBuf,
}

/// How long Redis is away.
#[derive(Debug, Clone, clap::Args)]
pub struct Redis {
    /// Clients at once.
    #[arg(long, default_value_t = 64)]
    pub clients: usize,
    /// How long each state of the masters lasts, in seconds.
    #[arg(long, default_value_t = 6)]
    pub seconds: u64,
    /// Seats that the clients want.
    #[arg(long, default_value_t = 400)]
    pub seats: usize,
    /// Crossing pairs while no master is there.
    #[arg(long, default_value_t = 2000)]
    pub crossings: usize,
}

/// Where the split house listens.
#[derive(Debug, Clone, clap::Args)]
pub struct Split {
    /// The gateway's address.
    #[arg(long, default_value = "127.0.0.1:0")]
    pub listen: SocketAddr,
}
