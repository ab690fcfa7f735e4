//! The command line.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use clap::{Args, Parser, Subcommand, ValueEnum};
use onsale_core::api::audit::AuditHead;
use onsale_platform::ServiceRole;
use onsale_platform::bus::LetterPlace;
use onsale_platform::outbox::stored::WITH_EVENTS;
use std::net::SocketAddr;
use std::path::PathBuf;
use uuid::Uuid;

/// Sells seats, never one twice.
#[derive(Debug, Parser)]
#[command(name = "onsale", version, about, arg_required_else_help = true)]
pub(crate) struct Cli {
    /// The folder of the private engines' data and of the generated secret.
    #[arg(long, global = true, env = "ONSALE_HOME", default_value = ".onsale")]
    pub(crate) home: PathBuf,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Runs everything in this process, on engines of its own unless DATABASE_URL and REDIS_URLS are set.
    Up(Up),
    /// The real engines, for trying out and for tests (needs a JRE and Maven).
    #[command(subcommand)]
    Cluster(Cluster),
    /// Runs the named roles in this process; the others are reached by UPSTREAM_<ROLE>.
    Serve(Serve),
    /// Brings the database's schemas up to date and gives each service a database role of its own.
    Migrate,
    /// Fills the database with a season; what is there stays.
    #[command(subcommand)]
    Seed(Seed),
    /// The keys that sign access tokens.
    #[command(subcommand)]
    Keys(Keys),
    /// What happened: the event stores of booking, payment, auth and admin. Nothing is changed.
    #[command(subcommand)]
    Events(Events),
    /// The bus's topics: partitions, replicas, messages, and how far each consumer group is behind.
    Topics,
    /// Dead letters: messages that a consumer group could not handle.
    #[command(subcommand)]
    Dlq(Dlq),
    /// The ledger of payments.
    #[command(subcommand)]
    Ledger(Ledger),
    /// Builds what is only read anew from the event store, while it serves.
    Replay(Replay),
    /// The search index.
    #[command(subcommand)]
    Search(Search),
    /// The line of a waiting room.
    #[command(subcommand)]
    Queue(Queue),
    /// The audit log: what staff did.
    #[command(subcommand)]
    Audit(Audit),
    /// Settings that change while everything runs; in force in all processes within 2 s.
    #[command(subcommand)]
    Settings(Settings),
    /// The fault matrix: breaks parts of a house of its own under people who buy, and says whether every promise held.
    #[command(subcommand)]
    Chaos(Chaos),
    /// Copies the private PostgreSQL while it runs; from the first copy on, its log is kept beside.
    Backup(Backup),
    /// Puts a copy in the place of the private PostgreSQL's data and follows its log to a moment; nothing may run.
    Restore(Restore),
    /// Restores the newest copy elsewhere, folds all events of it and compares; what runs is not touched.
    Drill,
    /// Says of everything that is needed whether it is there, and what to do when it is not.
    Doctor,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct Up {
    /// What the database is filled with when it is empty.
    #[arg(long, value_enum, default_value_t = Profile::Demo)]
    pub(crate) profile: Profile,
    /// Where to listen.
    #[arg(long, env = "LISTEN", default_value = "127.0.0.1:8080")]
    pub(crate) listen: SocketAddr,
    /// On three Kafka brokers and Elasticsearch too: those of `onsale cluster start`, else of its own.
    #[arg(long)]
    pub(crate) cluster: bool,
    /// Gateways as so many processes of their own, which share the port; 0 for one in this process.
    #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(u16).range(0..=64))]
    pub(crate) gateways: u16,
}

/// Three Kafka brokers, Elasticsearch, three Redis servers and PostgreSQL, on ports of this machine.
#[derive(Debug, Clone, Copy, Subcommand)]
pub(crate) enum Cluster {
    /// Starts it in the background, prints its settings once it is healthy, and leaves it running.
    Start,
    /// Stops it; its data stay.
    Stop,
    /// Says what runs where; fails when something of it does not.
    Status,
    /// Runs it in this process until it is asked to stop.
    Run,
}

/// A season to fill the database with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Profile {
    /// Varied events in several cities, to look around.
    Demo,
    /// Fixed events and accounts for load tests. Limits of addresses, of persons and of logins are OFF.
    Load,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Seed {
    /// Varied events in several cities, to look around.
    Demo,
    /// Fixed events and accounts for load tests.
    Load,
    /// Signed-in people for a load test, written straight to auth's tables; each is signed in anew.
    Swarm(SeedSwarm),
}

/// How many people, and where their tokens go.
#[derive(Debug, Args)]
pub(crate) struct SeedSwarm {
    /// How many.
    #[arg(long, default_value_t = 100_000, value_parser = clap::value_parser!(u32).range(1..=10_000_000))]
    pub(crate) users: u32,
    /// The file of their tokens: account, refresh token and access token (good for 15 minutes), a line each.
    #[arg(long, default_value = "swarm.people")]
    pub(crate) out: PathBuf,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Keys {
    /// Makes a new key; the old ones are good until the last token that they signed has ended.
    Rotate {
        /// The old keys are in wrong hands: refuse at once what they signed; everybody signs in again.
        #[arg(long)]
        compromised: bool,
    },
    /// Lists the keys whose tokens may still be good.
    List,
}

#[derive(Debug, Clone, Copy, Subcommand)]
pub(crate) enum Ledger {
    /// Compares the ledger with payments, orders and the provider; fails when something differs.
    Check,
}

/// What is built anew.
#[derive(Debug, Args)]
pub(crate) struct Replay {
    /// Which projection.
    #[arg(long, value_enum)]
    pub(crate) projection: Projection,
    /// Changes nothing: only compares it with the events and with what it stands for; exit code 1 where they differ.
    #[arg(long)]
    pub(crate) check: bool,
}

/// What is only read, and follows the events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Projection {
    /// The sold tickets that `/api/v1` answers from.
    SoldTickets,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Dlq {
    /// Lists those that nobody has dealt with, each aggregate's in their order.
    List(WhichLetters),
    /// Shows one whole, as JSON.
    Show {
        /// The letter, as `list` names it: topic/partition/offset.
        letter: LetterPlace,
    },
    /// Puts them back for the group that could not handle them, and for no other; its aggregates go on.
    Replay(SettleLetters),
    /// Gives them up: their group passes over them. What lies behind them can be replayed then.
    Drop(SettleLetters),
}

/// Which dead letters.
#[derive(Debug, Args)]
pub(crate) struct WhichLetters {
    /// Only of this topic, e.g. ticket-confirmed.
    #[arg(long)]
    pub(crate) topic: Option<String>,
    /// Only of this consumer group, e.g. notification.mails.
    #[arg(long)]
    pub(crate) group: Option<String>,
    /// Only of the aggregate of this id.
    #[arg(long)]
    pub(crate) aggregate: Option<String>,
}

/// Which dead letters are dealt with.
#[derive(Debug, Args)]
#[group(id = "which", required = true, multiple = true, args = ["letters", "topic", "group", "aggregate", "all"])]
pub(crate) struct SettleLetters {
    /// These, as `list` names them.
    pub(crate) letters: Vec<LetterPlace>,
    #[command(flatten)]
    pub(crate) filter: WhichLetters,
    /// All there are.
    #[arg(long)]
    pub(crate) all: bool,
}

#[derive(Debug, Clone, Copy, Subcommand)]
pub(crate) enum Search {
    /// Builds Elasticsearch's index anew from PostgreSQL, while it is searched and written.
    Reindex,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Queue {
    /// Checks a line's proof, by nothing but the documents themselves; exit code 1 where a check fails.
    Verify {
        /// What `GET /api/queue/{eventId}/proof` answered; ask with your queue token to check your own place.
        proof: PathBuf,
        /// What `GET /api/queue/{eventId}/proof/entries` answered: without it the list itself is not checked.
        #[arg(long)]
        entries: Option<PathBuf>,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Chaos {
    /// Lists what can be broken, what people may see of it, and within which time all goes on.
    List,
    /// Breaks what is named, e.g. `redis-one` or `booking-a to postgres`; exit code 1 where a bound or a promise broke.
    Run {
        /// Everything whose name has one of these in it.
        #[arg(required = true)]
        names: Vec<String>,
        #[command(flatten)]
        how: HowChaos,
    },
    /// Breaks all of it; a run that was broken off goes on where it was.
    All(HowChaos),
}

/// What becomes of the copies before.
#[derive(Debug, Args)]
pub(crate) struct Backup {
    /// So many copies are kept, with the log that leads on from the oldest of them.
    #[arg(long, default_value_t = 7, value_parser = clap::value_parser!(u16).range(1..=1_000))]
    pub(crate) keep: u16,
    /// Only lists those there are.
    #[arg(long)]
    pub(crate) list: bool,
}

/// To where.
#[derive(Debug, Args)]
pub(crate) struct Restore {
    /// The copy, as `onsale backup --list` names it; by default the newest one from before the moment.
    #[arg(long)]
    pub(crate) backup: Option<String>,
    /// The moment: RFC 3339, e.g. 2026-05-01T20:00:00Z; without it all that was committed.
    #[arg(long, value_parser = time)]
    pub(crate) to: Option<DateTime<Utc>>,
}

/// How often, under how many people, and where the report goes.
#[derive(Debug, Args)]
pub(crate) struct HowChaos {
    /// How often each is run; of the ways to break an edge, and of the places to die at, each once.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..=1_000))]
    pub(crate) runs: u16,
    /// People who buy meanwhile.
    #[arg(long, default_value_t = 24, value_parser = clap::value_parser!(u16).range(2..=1_000))]
    pub(crate) clients: u16,
    /// Forgets what was run before.
    #[arg(long)]
    pub(crate) again: bool,
    /// A folder for `chaos.html` and `chaos.json`; by default `chaos/report` in the home folder.
    #[arg(long)]
    pub(crate) report: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Audit {
    /// Follows the log's chain and compares it with what each service noted; exit code 1 where it was tampered with.
    Verify {
        /// A head that was kept elsewhere, as `number:hash`: nothing up to it was made anew.
        #[arg(long, value_parser = head)]
        head: Option<AuditHead>,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Settings {
    /// Shows those in force.
    Get,
    /// Changes some: each as name=value, the value as in JSON, e.g. sales=false or holdSeconds=300; null takes one back.
    Set {
        /// The changes.
        #[arg(required = true)]
        changes: Vec<String>,
    },
    /// Shows the last versions, the newest first.
    History {
        /// At most so many.
        #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..=1_000))]
        limit: u16,
    },
}

fn head(text: &str) -> Result<AuditHead, String> {
    let parts = text.split_once(':').and_then(|(number, hash)| Some((number.parse().ok()?, hash.to_owned())));
    let (number, hash) = parts.ok_or("write number:hash, as `onsale audit verify` says it")?;
    Ok(AuditHead { number, hash })
}

#[derive(Debug, Subcommand)]
pub(crate) enum Events {
    /// Lists events, newest first.
    List(ListEvents),
    /// Shows one event whole: by its own id, which is looked for in the whole store, or by aggregate and version.
    Show {
        /// The event's id; or its aggregate's, with a version.
        id: String,
        /// The event's version in its aggregate.
        version: Option<i32>,
        /// Whose store.
        #[arg(long, default_value = "booking", value_parser = with_events)]
        service: ServiceRole,
    },
    /// Folds the events of a hold, an order or a payment and compares them with the row; exit code 1 where they differ.
    Fold(FoldEvents),
}

/// Which events.
#[derive(Debug, Args)]
pub(crate) struct ListEvents {
    /// Whose store: booking, payment, auth or admin.
    #[arg(long, default_value = "booking", value_parser = with_events)]
    pub(crate) service: ServiceRole,
    /// Only of this type of aggregate, e.g. reservation, order, payment.
    #[arg(long)]
    pub(crate) aggregate_type: Option<String>,
    /// Only of the aggregate of this id.
    #[arg(long)]
    pub(crate) aggregate: Option<String>,
    /// Only of this type, e.g. ticket-confirmed.
    #[arg(long = "type")]
    pub(crate) kind: Option<String>,
    /// From then on: RFC 3339, e.g. 2026-05-01T20:00:00Z, or a date.
    #[arg(long, value_parser = time)]
    pub(crate) since: Option<DateTime<Utc>>,
    /// Before then: RFC 3339, or a date.
    #[arg(long, value_parser = time)]
    pub(crate) until: Option<DateTime<Utc>>,
    /// At most so many, 10,000 at most.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u16).range(1..=10_000))]
    pub(crate) limit: u16,
    /// First to last.
    #[arg(long)]
    pub(crate) oldest_first: bool,
    /// One JSON object a line.
    #[arg(long)]
    pub(crate) json: bool,
}

/// What is to be folded.
#[derive(Debug, Args)]
pub(crate) struct FoldEvents {
    /// The id of a hold, an order or a payment.
    #[arg(required_unless_present = "all", conflicts_with = "all")]
    pub(crate) id: Option<Uuid>,
    /// All there are.
    #[arg(long)]
    pub(crate) all: bool,
    /// Only of this service: booking or payment.
    #[arg(long, value_parser = with_fold)]
    pub(crate) service: Option<ServiceRole>,
    /// As JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

fn with_events(text: &str) -> Result<ServiceRole, String> {
    one_of(text, WITH_EVENTS)
}

fn with_fold(text: &str) -> Result<ServiceRole, String> {
    one_of(text, &[ServiceRole::Booking, ServiceRole::Payment])
}

fn one_of(text: &str, roles: &[ServiceRole]) -> Result<ServiceRole, String> {
    roles.iter().copied().find(|role| role.as_str() == text).ok_or_else(|| {
        let names: Vec<_> = roles.iter().map(|role| role.as_str()).collect();
        format!("use one of {}", names.join(", "))
    })
}

fn time(text: &str) -> Result<DateTime<Utc>, String> {
    let date = || NaiveDate::parse_from_str(text, "%Y-%m-%d").map(|day| day.and_time(NaiveTime::MIN).and_utc());
    DateTime::parse_from_rfc3339(text)
        .map(|time| time.to_utc())
        .or_else(|_| date())
        .map_err(|_| "use RFC 3339, e.g. 2026-05-01T20:00:00Z, or a date, e.g. 2026-05-01 (UTC)".to_owned())
}

#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// The roles: gateway, auth, booking, payment, search, admin, notification, sandbox.
    #[arg(required = true)]
    pub(crate) roles: Vec<ServiceRole>,
    /// Where to listen, with one role; with several each has LISTEN_<ROLE> (default 127.0.0.1, ports
    /// 8080 to 8087 in the order above).
    #[arg(long)]
    pub(crate) listen: Option<SocketAddr>,
}
