//! Watchers in a process of their own: says when all are there, and what they read once it is asked to stop.

use super::stream::{Ears, Heard, Watcher};
use anyhow::{Context, bail};
use std::io::{BufRead, Write};
use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::process::Stdio;
use std::rc::Rc;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStdout, Command};
use tokio::task::LocalSet;

/// How many connect at once.
const CONNECTING_MAX: usize = 64;
const READY: &str = "ready";

/// Who watches what from where.
#[derive(Debug, Clone, clap::Args)]
pub struct Crowd {
    /// Where the gateways listen.
    #[arg(long)]
    pub address: SocketAddr,
    /// The address that connections come from: each has ports of its own.
    #[arg(long)]
    pub from: IpAddr,
    /// What is watched.
    #[arg(long)]
    pub event: String,
    /// How many watch.
    #[arg(long)]
    pub watchers: usize,
}

/// Watches until standard input says something or ends, then prints what was heard.
///
/// # Errors
/// When not all can watch.
pub async fn run(crowd: &Crowd) -> anyhow::Result<()> {
    let ears = Ears::new();
    let local = LocalSet::new();
    local.run_until(gather(crowd, &ears)).await?;
    let mut output = std::io::stdout();
    writeln!(output, "{READY}")?;
    output.flush()?;
    let (told, stop) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        let mut line = String::new();
        let _ended = std::io::stdin().lock().read_line(&mut line);
        let _gone = told.send(());
    });
    local.run_until(stop).await.context("nobody says when to stop")?;
    serde_json::to_writer(&output, &*ears.heard.borrow())?;
    Ok(())
}

async fn gather(crowd: &Crowd, ears: &Rc<Ears>) -> anyhow::Result<()> {
    let mut left = crowd.watchers;
    while left > 0 {
        let now = left.min(CONNECTING_MAX);
        let opening = (0..now).map(|_| Watcher::open(crowd.from, crowd.address, &crowd.event, ears));
        for watcher in futures::future::try_join_all(opening).await? {
            tokio::task::spawn_local(watcher.watch(Rc::clone(ears)));
        }
        left -= now;
    }
    Ok(())
}

/// A crowd, as the run sees it. It ends with it.
pub(super) struct Running {
    child: Child,
    output: BufReader<ChildStdout>,
}

impl Running {
    /// Starts it as a process of this same program.
    pub(super) fn start(program: &Path, crowd: &Crowd) -> anyhow::Result<Self> {
        let mut command = Command::new(program);
        let (address, from) = (crowd.address.to_string(), crowd.from.to_string());
        command.args(["crowd", "--address", &address, "--from", &from, "--event", &crowd.event]);
        command.args(["--watchers", &crowd.watchers.to_string()]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn().context("start a crowd")?;
        let output = child.stdout.take().context("a crowd has no output")?;
        Ok(Self { child, output: BufReader::new(output) })
    }

    /// Its process id.
    pub(super) fn id(&self) -> Option<u32> {
        self.child.id()
    }

    /// Waits until all of it watch.
    pub(super) async fn ready(&mut self) -> anyhow::Result<()> {
        let mut line = String::new();
        self.output.read_line(&mut line).await?;
        if line.trim() != READY {
            bail!("a crowd could not watch");
        }
        Ok(())
    }

    /// Has it stop; gives what it heard.
    pub(super) async fn stop(mut self) -> anyhow::Result<Heard> {
        if let Some(mut input) = self.child.stdin.take() {
            input.write_all(b"stop\n").await?;
        }
        let mut json = Vec::new();
        self.output.read_to_end(&mut json).await?;
        self.child.wait().await?;
        serde_json::from_slice(&json).context("a crowd did not say what it heard")
    }
}
