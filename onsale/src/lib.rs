//! Onsale as one executable: `onsale up | cluster | serve <role>… | migrate | seed | doctor | keys | events |
//! topics | dlq | ledger | replay | search | queue | audit | settings | chaos |
//! backup | restore | drill`.
//!
//! [`roles`] is the one place where a service's crate is wired into a process; [`process`] builds what
//! the services of a process share; [`commands`] has a file per subcommand.

mod cli;
mod commands;
mod front;
mod gateways;
mod logins;
mod place;
mod process;
mod production;
mod progress;
mod roles;
pub mod seed;
mod table;

use clap::Parser;
use cli::{Cli, Command};
use onsale_platform::env::Env;
use std::io::Write;
use std::process::ExitCode;

/// Runs the command line of this process.
pub fn run() -> ExitCode {
    // One provider of cryptography for all who speak TLS; a second call would be refused.
    let _already = rustls::crypto::ring::default_provider().install_default();
    let cli = Cli::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            complain(&anyhow::Error::new(error).context("starting the threads"));
            return ExitCode::FAILURE;
        }
    };
    let outcome = runtime.block_on(dispatch(cli));
    // What still runs in the background after a soft stop is cut off.
    runtime.shutdown_timeout(std::time::Duration::from_secs(1));
    match outcome {
        Ok(code) => code,
        Err(error) => {
            complain(&error);
            ExitCode::FAILURE
        }
    }
}

async fn dispatch(cli: Cli) -> anyhow::Result<ExitCode> {
    let env = Env::of_process();
    let home = cli.home;
    let done = |outcome: anyhow::Result<()>| outcome.map(|()| ExitCode::SUCCESS);
    match cli.command {
        Command::Up(options) => done(Box::pin(commands::up::run(&env, &home, &options)).await),
        Command::Cluster(cluster) => Box::pin(commands::cluster::run(&env, &home, cluster)).await,
        Command::Serve(options) => done(Box::pin(commands::serve::run(&env, &options)).await),
        Command::Migrate => done(commands::migrate::run(&env, &home).await),
        Command::Seed(what) => done(Box::pin(commands::seed::run(&env, &home, &what)).await),
        Command::Keys(keys) => done(commands::keys::run(&env, &home, &keys).await),
        Command::Events(events) => Box::pin(commands::events::run(&env, &home, &events)).await,
        Command::Topics => Box::pin(commands::topics::run(&env, &home)).await,
        Command::Dlq(dlq) => Box::pin(commands::dlq::run(&env, &home, &dlq)).await,
        Command::Ledger(ledger) => Box::pin(commands::ledger::run(&env, &home, ledger)).await,
        Command::Replay(what) => commands::replay::run(&env, &home, &what).await,
        Command::Search(search) => done(Box::pin(commands::search::run(&env, &home, search)).await),
        Command::Audit(audit) => Box::pin(commands::audit::run(&env, &home, &audit)).await,
        Command::Settings(settings) => done(Box::pin(commands::settings::run(&env, &home, &settings)).await),
        Command::Queue(queue) => commands::queue::run(&queue),
        Command::Chaos(chaos) => commands::chaos::run(&home, &chaos).await,
        Command::Backup(options) => done(commands::backup::backup(&env, &home, &options).await),
        Command::Restore(options) => done(commands::backup::restore(&env, &home, &options).await),
        Command::Drill => Box::pin(commands::backup::drill(&env, &home)).await,
        Command::Doctor => commands::doctor::run(&env, &home).await,
    }
}

/// An error as one sentence: what was attempted, and why it failed, down to the cause.
fn complain(error: &anyhow::Error) {
    let mut parts: Vec<String> = Vec::new();
    for cause in error.chain() {
        let text = cause.to_string();
        // Some errors show their source themselves.
        if !parts.iter().any(|part| part.contains(&text)) {
            parts.push(text);
        }
    }
    let _closed = writeln!(std::io::stderr(), "onsale: {}", parts.join(": "));
}

/// Tells the person at the terminal.
pub(crate) fn say(text: &str) {
    let _closed = writeln!(std::io::stdout(), "{text}");
}
