//! The command line.

use clap::{Args, Parser, Subcommand, ValueEnum};
use onsale_platform::ServiceRole;
use std::net::SocketAddr;
use std::path::PathBuf;

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
    /// Runs the named roles in this process; the others are reached by UPSTREAM_<ROLE>.
    Serve(Serve),
    /// Brings the database's schemas up to date and gives each service a database role of its own.
    Migrate,
    /// Fills the database with a season; what is there stays.
    Seed {
        /// Which.
        season: Profile,
    },
    /// The keys that sign access tokens.
    #[command(subcommand)]
    Keys(Keys),
    /// The ledger of payments.
    #[command(subcommand)]
    Ledger(Ledger),
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
