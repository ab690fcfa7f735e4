//! A server's process: started by a thread that lives as long as it, and stopped softly, then hard.

use crate::EngineError;
use crate::error::Attempt;
use crate::folder::{self, Sockets};
use rustix::process::{Pid, Signal, kill_process_group};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// How long the children of a killed server may take to go.
const CHILDREN_GONE_MAX: Duration = Duration::from_secs(5);

/// How long a server lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lifetime {
    /// It ends with the process that started it, even when that is killed (where the system has
    /// `setpriv`; elsewhere the next start finds and replaces it).
    OfThisProcess,
    /// It goes on until somebody stops it.
    UntilStopped,
}

impl Lifetime {
    /// The signal that ends the server when its parent ends.
    pub(crate) fn death_signal(self, signal: &'static str) -> Option<&'static str> {
        (self == Self::OfThisProcess).then_some(signal)
    }
}

/// A running server.
pub(crate) struct Process {
    name: String,
    pid: Pid,
    ended: watch::Receiver<Option<String>>,
    log: PathBuf,
    soft: Signal,
    lifetime: Lifetime,
    /// Goes with it.
    sockets: Option<PathBuf>,
}

impl Process {
    /// Starts it in a process group of its own, so that Ctrl-C in a terminal reaches us alone. It holds the lock
    /// of its sockets' folder.
    pub(crate) fn start(
        mut command: Command,
        name: &str,
        log: PathBuf,
        soft: Signal,
        lifetime: Lifetime,
        sockets: Option<&Sockets>,
    ) -> Result<Self, EngineError> {
        let input = sockets.map_or_else(|| Ok(Stdio::null()), Sockets::input)?;
        let output = folder::log(&log)?;
        let errors = output.try_clone().attempt(|| format!("opening the log {}", log.display()))?;
        command.stdin(input).stdout(output).stderr(errors).process_group(0);
        let (tell_pid, pid) = std::sync::mpsc::channel();
        let (tell_end, ended) = watch::channel(None);
        // The parent-death signal is bound to the thread that starts the child: this one waits for its end.
        std::thread::spawn(move || match command.spawn() {
            Ok(mut child) => {
                // With it goes our own hold on what the child has open.
                drop(command);
                let _gone = tell_pid.send(Ok(child.id()));
                let status = child.wait().map_or_else(|error| error.to_string(), |status| status.to_string());
                let _gone = tell_end.send(Some(status));
            }
            Err(error) => {
                let _gone = tell_pid.send(Err(error));
            }
        });
        let pid = pid.recv().unwrap_or_else(|_| Err(std::io::Error::other("its thread ended")));
        let pid = pid.attempt(|| format!("starting {name}"))?;
        let pid = i32::try_from(pid).ok().and_then(Pid::from_raw);
        let pid = pid.ok_or_else(|| std::io::Error::other("no process id")).attempt(|| format!("starting {name}"))?;
        let sockets = sockets.map(|sockets| sockets.folder().to_owned());
        Ok(Self { name: name.to_owned(), pid, ended, log, soft, lifetime, sockets })
    }

    /// How it ended, if it has.
    pub(crate) fn ended(&self) -> Option<String> {
        self.ended.borrow().clone()
    }

    /// Resolves when it has ended by itself.
    pub(crate) async fn failed(&self) -> EngineError {
        let mut ended = self.ended.clone();
        let status = match ended.wait_for(Option::is_some).await {
            Ok(status) => status.clone().unwrap_or_default(),
            Err(_) => "unknown".to_owned(),
        };
        self.end_as_error(status)
    }

    /// The error of having ended.
    pub(crate) fn end_as_error(&self, status: String) -> EngineError {
        let tail = folder::tail(&self.log);
        EngineError::Ended { engine: self.name.clone(), status, log: self.log.clone(), tail }
    }

    /// Asks it to end; kills it when it has not within `patience`.
    pub(crate) async fn stop(&self, patience: Duration) {
        self.signal(self.soft);
        let mut ended = self.ended.clone();
        if tokio::time::timeout(patience, ended.wait_for(Option::is_some)).await.is_err() {
            tracing::warn!(engine = self.name, "did not end in {patience:?} and is killed");
            self.kill().await;
        }
        self.remove_sockets();
    }

    fn remove_sockets(&self) {
        if let Some(sockets) = &self.sockets {
            folder::remove_sockets(sockets);
        }
    }

    /// Kills it without a warning and waits for its end.
    pub(crate) async fn kill(&self) {
        self.signal(Signal::KILL);
        let mut ended = self.ended.clone();
        let _gone = ended.wait_for(Option::is_some).await;
        // What it started itself is not ours to wait for, and still has its ports for a moment.
        let deadline = Instant::now() + CHILDREN_GONE_MAX;
        while rustix::process::test_kill_process_group(self.pid).is_ok() && Instant::now() < deadline {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Waits until it does what it is for.
    pub(crate) async fn ready(
        &self,
        patience: Duration,
        look_every: Duration,
        mut does: impl FnMut() -> bool,
    ) -> Result<(), EngineError> {
        let deadline = Instant::now() + patience;
        loop {
            if let Some(status) = self.ended() {
                return Err(self.end_as_error(status));
            }
            if does() {
                return Ok(());
            }
            if Instant::now() >= deadline {
                let (engine, seconds) = (self.name.clone(), patience.as_secs());
                return Err(EngineError::NotReady { engine, seconds, log: self.log.clone() });
            }
            tokio::time::sleep(look_every).await;
        }
    }

    /// Writes its number to a file, for [`recorded`].
    pub(crate) fn record(&self, path: &Path) -> Result<(), EngineError> {
        let number = self.pid.as_raw_nonzero().get();
        std::fs::write(path, format!("{number}\n")).attempt(|| format!("writing {}", path.display()))
    }

    /// Sends a signal to it and its children, unless it has ended.
    pub(crate) fn signal(&self, signal: Signal) {
        if self.ended().is_none() {
            // It may end at this moment: then there is nothing left to tell.
            let _ended = kill_process_group(self.pid, signal);
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if self.lifetime == Lifetime::UntilStopped {
            return;
        }
        self.signal(self.soft);
        let deadline = Instant::now() + Duration::from_secs(5);
        while self.ended().is_none() && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(10));
        }
        self.signal(Signal::KILL);
        self.remove_sockets();
    }
}

/// The running process whose number is in a file.
pub(crate) fn recorded(path: &Path) -> Option<Pid> {
    let text = std::fs::read_to_string(path).ok()?;
    let pid = Pid::from_raw(text.lines().next()?.trim().parse().ok()?)?;
    rustix::process::test_kill_process(pid).is_ok().then_some(pid)
}

/// Ends a process that an earlier one of ours left behind, if it still works on `folder`: numbers are given again.
pub(crate) async fn end_recorded(path: &Path, folder: &Path, patience: Duration) {
    let Some(pid) = recorded(path).filter(|pid| names(*pid, folder)) else { return };
    tracing::info!(pid = pid.as_raw_nonzero().get(), "ending a server that was left running in {}", folder.display());
    for signal in [Signal::TERM, Signal::KILL] {
        let _ended = kill_process_group(pid, signal);
        let deadline = Instant::now() + patience;
        while recorded(path).is_some() && Instant::now() < deadline {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

/// Whether a process was started with this folder among its arguments.
pub(crate) fn names(pid: Pid, folder: &Path) -> bool {
    let number = pid.as_raw_nonzero().get().to_string();
    let line = std::fs::read(format!("/proc/{number}/cmdline"));
    let line =
        line.or_else(|_| Command::new("ps").args(["-o", "command=", "-p", &number]).output().map(|out| out.stdout));
    let folder = folder.as_os_str().as_encoded_bytes();
    line.is_ok_and(|line| line.windows(folder.len()).any(|part| part == folder))
}
