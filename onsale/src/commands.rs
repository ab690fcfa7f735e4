//! A file per subcommand.

pub(crate) mod audit;
pub(crate) mod backup;
pub(crate) mod bus;
pub(crate) mod chaos;
pub(crate) mod cluster;
pub(crate) mod dlq;
pub(crate) mod doctor;
pub(crate) mod events;
pub(crate) mod keys;
pub(crate) mod ledger;
pub(crate) mod migrate;
pub(crate) mod queue;
pub(crate) mod replay;
pub(crate) mod search;
pub(crate) mod seed;
pub(crate) mod serve;
pub(crate) mod settings;
pub(crate) mod topics;
pub(crate) mod up;

use tokio::signal::unix::{SignalKind, signal};

/// Resolves when somebody wants this process to end: Ctrl-C, or `SIGTERM`.
pub(crate) async fn asked_to_stop() -> anyhow::Result<()> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    Ok(())
}
