//! The processes that are measured, and the engines below them: started here, stopped here, by their own ids.

use crate::client::{Connection, request};
use crate::cpu;
use anyhow::{Context, bail, ensure};
use onsale_engines::{Addresses, Engines};
use std::fs::File;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long a process may take until it is ready; the first start migrates and seeds.
const READY_MAX: Duration = Duration::from_secs(120);
/// How long a process may take to end softly.
const STOP_MAX: Duration = Duration::from_secs(25);

/// Tokens of the run are signed with keys under it; it guards nothing else.
const SECRET: &str = "bench-reserve-throws-its-data-away-afterwards";

/// All that runs.
pub struct Servers {
    /// Where the gateway listens.
    pub address: SocketAddr,
    engines: Addresses,
    house: Process,
    sandbox: Process,
}

impl Servers {
    /// Starts the whole house in one process, with PostgreSQL and Redis on fresh data in `home`, and the sandbox in
    /// a process of its own.
    ///
    /// # Errors
    /// When one of them does not become ready; what was started ends again.
    pub async fn start(onsale: &Path, home: &Path, more: &[(String, String)]) -> anyhow::Result<Self> {
        ensure!(onsale.exists(), "{} is not there: build it by `cargo build --release`", onsale.display());
        let home = emptied(home)?;
        let (address, sandbox_address) = (free_address()?, free_address()?);
        let mut settings: Vec<(String, String)> = [
            ("ONSALE_HOME", home.display().to_string()),
            ("ONSALE_SECRET", SECRET.to_owned()),
            ("PAYMENT_SANDBOX_URL", format!("http://{sandbox_address}")),
            ("METRICS_LISTEN", "off".to_owned()),
            ("RUST_LOG", "warn".to_owned()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into();
        settings.extend(more.iter().cloned());
        let start = |name: &str, arguments: &[&str], settings: &[(String, String)], address: SocketAddr| {
            let listen = address.to_string();
            let arguments = [arguments, &["--listen", &listen]].concat();
            Process::start(name, onsale, &arguments, &home, settings)
        };
        // The house starts the engines and migrates, so it comes first; it waits for no sandbox.
        let mut house = start("onsale", &["up", "--profile", "load"], &settings, address)?;
        house.ready(address).await?;
        let engines = Engines::of_running(&home)?;
        let database_url = engines.database_url.clone().context("the house runs no PostgreSQL of its own")?;
        settings.push(("DATABASE_URL".to_owned(), database_url));
        let mut sandbox = start("sandbox", &["serve", "sandbox"], &settings, sandbox_address)?;
        sandbox.ready(sandbox_address).await?;
        Ok(Self { address, engines, house, sandbox })
    }

    /// Processor time so far of the house, the sandbox, PostgreSQL, Redis and this client.
    #[must_use]
    pub fn cpu(&self) -> cpu::Times {
        let (house, sandbox) = (self.house.child.id(), self.sandbox.child.id());
        cpu::times(&[("client", std::process::id()), ("onsale", house), ("sandbox", sandbox)])
    }

    /// Memory of the house's process in RAM, in bytes (`VmRSS` of `/proc/<id>/status`).
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn resident_bytes(&self) -> anyhow::Result<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.house.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("the status tells VmRSS")?;
        let kilobytes: u64 = line.trim().trim_end_matches(" kB").parse()?;
        Ok(kilobytes * 1024)
    }

    /// The address of the house's database, as superuser.
    #[must_use]
    pub fn database_url(&self) -> &str {
        self.engines.database_url.as_deref().unwrap_or_default()
    }

    /// The first Redis master's address.
    #[must_use]
    pub fn redis_url(&self) -> &str {
        self.engines.redis_urls.first().map_or("", String::as_str)
    }

    /// Stops the sandbox, then the house with its engines.
    pub fn stop(self) {
        let Self { house, sandbox, .. } = self;
        drop(sandbox);
        drop(house);
    }
}

/// A process of ours: asked to end when it is dropped.
pub(crate) struct Process {
    name: String,
    child: Child,
    log: PathBuf,
}

impl Process {
    /// Starts it; its output goes to `<name>.log` in `home`.
    pub(crate) fn start(
        name: &str,
        program: &Path,
        arguments: &[&str],
        home: &Path,
        settings: &[(String, String)],
    ) -> anyhow::Result<Self> {
        let log = home.join(format!("{name}.log"));
        let output = File::create(&log)?;
        let mut command = isolated(program);
        command.args(arguments).envs(settings.iter().cloned()).stdin(Stdio::null());
        command.stdout(output.try_clone()?).stderr(output);
        let child = command.spawn().with_context(|| format!("start {} {}", program.display(), arguments.join(" ")))?;
        Ok(Self { name: name.to_owned(), child, log })
    }

    /// Waits until it answers that it is ready.
    pub(crate) async fn ready(&mut self, address: SocketAddr) -> anyhow::Result<()> {
        let began = Instant::now();
        let ask = request("GET", "/health/ready", None, None);
        while began.elapsed() < READY_MAX {
            if let Some(status) = self.child.try_wait()? {
                bail!("{} ended with {status}; see {}", self.name, self.log.display());
            }
            if Connection::new(address).call(&ask).await.is_ok_and(|answer| answer.status == 200) {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        bail!("{} was not ready after {READY_MAX:?}; see {}", self.name, self.log.display())
    }
}

impl Process {
    /// Its process id.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Whether it has ended.
    pub(crate) fn has_ended(&mut self) -> bool {
        !matches!(self.child.try_wait(), Ok(None))
    }

    /// Sends it a signal, by its name without `SIG`.
    pub(crate) fn signal(&self, signal: &str) -> anyhow::Result<()> {
        let sent = Command::new("kill").args([&format!("-{signal}"), &self.child.id().to_string()]).status()?;
        ensure!(sent.success(), "SIG{signal} did not reach {}", self.name);
        Ok(())
    }

    /// Kills it without a warning (`kill -9`) and waits for its end.
    pub(crate) fn kill(mut self) -> anyhow::Result<()> {
        self.child.kill().with_context(|| format!("kill {}", self.name))?;
        self.child.wait()?;
        Ok(())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if !matches!(self.child.try_wait(), Ok(None)) {
            return;
        }
        // SIGTERM by id, as std only knows SIGKILL.
        let _may_have_ended = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        let began = Instant::now();
        while began.elapsed() < STOP_MAX {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        let _has_ended = self.child.kill();
        let _reaped = self.child.wait();
    }
}

/// A program that does not see this process's settings of engines, neighbours and providers: what is killed and
/// filled here must be its own.
pub(crate) fn isolated(program: &Path) -> Command {
    const OTHERS: [&str; 8] =
        ["DATABASE_URL", "BUS_DATABASE_URL", "REDIS_", "KAFKA_", "ELASTICSEARCH_", "UPSTREAM_", "STRIPE_", "SMTP_URL"];
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(|name| OTHERS.iter().any(|other| name.starts_with(other))) {
            command.env_remove(name);
        }
    }
    command
}

/// An empty folder for fresh data, in place of one that nobody uses.
pub(crate) fn emptied(home: &Path) -> anyhow::Result<PathBuf> {
    if home.exists() {
        ensure!(!onsale_engines::is_running(home), "{} is in use by another run", home.display());
        // Where PostgreSQL could not reach the folder as another user, its data lies elsewhere.
        if let Ok(data) = std::fs::read_link(home.join("postgres")) {
            std::fs::remove_dir_all(&data).with_context(|| format!("empty {}", data.display()))?;
        }
        std::fs::remove_dir_all(home).with_context(|| format!("empty {}", home.display()))?;
    }
    std::fs::create_dir_all(home)?;
    Ok(home.canonicalize()?)
}

/// A port that is free now.
pub(crate) fn free_address() -> anyhow::Result<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}
