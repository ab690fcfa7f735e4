//! A private PostgreSQL.

use crate::account::Account;
use crate::error::Attempt;
use crate::folder::Sockets;
use crate::process::{Lifetime, Process};
use crate::{EngineError, Listen, folder, locate};
use rustix::process::{Pid, Signal, kill_process};
use std::fs::Permissions;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// The database that a new server has besides its own ones.
pub(crate) const DATABASE: &str = "onsale";
/// The name of the folder of its data, and of its port.
pub(crate) const FOLDER: &str = "postgres";
/// The superuser of a new server.
pub(crate) const SUPERUSER: &str = "postgres";
/// The port in the name of the socket; it stands for nothing on the network.
pub(crate) const SOCKET_PORT: u16 = 5432;
/// Recovery after a crash with many changes takes some seconds.
const READY_MAX: Duration = Duration::from_secs(60);
const STOP_MAX: Duration = Duration::from_secs(15);
/// How often it is looked whether a server has become ready or has ended.
const LOOK_EVERY: Duration = Duration::from_millis(15);

/// What survives a crash of the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// Everything that was committed.
    Full,
    /// Nothing is waited for: tests throw their data away.
    None,
}

/// How a server runs.
#[derive(Debug, Clone)]
pub struct PostgresConfig {
    /// The folder of its data; created when it is not there.
    pub data: PathBuf,
    /// Where it listens.
    pub listen: Listen,
    /// What survives a crash of the machine.
    pub durability: Durability,
    /// The most sessions.
    pub connections_max: u16,
    /// How long it lives.
    pub lifetime: Lifetime,
    /// How long it may take until it takes connections.
    pub ready_max: Duration,
    /// Further settings, e.g. `("log_lock_waits", "on")`.
    pub settings: Vec<(String, String)>,
}

impl PostgresConfig {
    /// A durable server on a socket, ending with this process.
    #[must_use]
    pub fn new(data: PathBuf) -> Self {
        Self {
            data,
            listen: Listen::Socket,
            durability: Durability::Full,
            connections_max: 250,
            lifetime: Lifetime::OfThisProcess,
            ready_max: READY_MAX,
            settings: Vec::new(),
        }
    }
}

/// A running server.
pub struct Postgres {
    config: PostgresConfig,
    sockets: PathBuf,
    process: Process,
}

impl Postgres {
    /// Starts it, making its data first when there is none. One that still runs on this data is replaced.
    pub async fn start(mut config: PostgresConfig) -> Result<Self, EngineError> {
        let parent = config.data.parent().unwrap_or(Path::new("."));
        folder::create(parent)?;
        let account = Account::for_data(&config.data)?;
        config.data = account.reachable(&config.data)?;
        let programs = programs(&config.data)?;
        stop_running(&config.data).await?;
        if !config.data.join("PG_VERSION").is_file() {
            create_data(&config, &account, &programs).await?;
        }
        let sockets = Sockets::make(&config.data, account.user())?;
        account.give(sockets.folder())?;
        let deadline = Instant::now() + config.ready_max;
        let killed = start_of(&config.data);
        loop {
            let process = launch(&config, &account, &programs, &sockets)?;
            let started = Self { config: config.clone(), sockets: sockets.folder().to_owned(), process };
            match started.ready(&killed, deadline).await {
                Ok(()) => return Ok(started),
                // Sessions of a killed server hold its memory for a moment longer.
                Err(EngineError::Ended { tail, .. })
                    if tail.contains("shared memory block") && Instant::now() < deadline =>
                {
                    tokio::time::sleep(Duration::from_millis(200)).await;
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// The address of one of its databases, for a database role.
    #[must_use]
    pub fn url(&self, user: &str, database: &str) -> String {
        url(&self.config, &self.sockets, user, database)
    }

    /// The superuser's address of the database `onsale`.
    #[must_use]
    pub fn superuser_url(&self) -> String {
        self.url(SUPERUSER, DATABASE)
    }

    /// Its settings, to start it again.
    #[must_use]
    pub fn config(&self) -> &PostgresConfig {
        &self.config
    }

    /// Resolves when it has ended by itself.
    pub async fn failed(&self) -> EngineError {
        self.process.failed().await
    }

    /// Whether it has ended.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        self.process.ended().is_some()
    }

    /// Stops it: sessions are cut off, everything is written.
    pub async fn stop(self) {
        self.process.stop(STOP_MAX).await;
    }

    /// Kills it without a warning, as a crash would. Start it again from its [`Postgres::config`].
    pub async fn kill(self) {
        self.process.kill().await;
    }

    /// Waits until it takes connections. A killed server's file still says so of that one.
    async fn ready(&self, killed: &str, deadline: Instant) -> Result<(), EngineError> {
        let patience = deadline.saturating_duration_since(Instant::now());
        let data = &self.config.data;
        self.process.ready(patience, LOOK_EVERY, || is_ready(data) && start_of(data) != killed).await
    }
}

/// The superuser's address of database `onsale` on a server that somebody else started on this data;
/// nothing when none is ready there.
pub(crate) fn running(config: &PostgresConfig) -> Result<Option<String>, EngineError> {
    let data = Account::for_data(&config.data)?.reachable(&config.data)?;
    let alive = recorded(&data).is_some_and(is_alive) && is_ready(&data);
    let sockets = folder::sockets(&data)?;
    Ok(alive.then(|| url(config, &sockets, SUPERUSER, DATABASE)))
}

/// The folder of its sockets.
pub(crate) fn sockets(config: &PostgresConfig) -> Result<PathBuf, EngineError> {
    folder::sockets(&Account::for_data(&config.data)?.reachable(&config.data)?)
}

fn url(config: &PostgresConfig, sockets: &Path, user: &str, database: &str) -> String {
    match config.listen {
        Listen::Socket => {
            let folder = sockets.to_string_lossy().replace('/', "%2F");
            format!("postgres://{user}@{folder}:{SOCKET_PORT}/{database}")
        }
        Listen::Port(port) => format!("postgres://{user}@127.0.0.1:{port}/{database}"),
    }
}

/// The folder with the programs of the data's version.
pub(crate) fn programs(data: &Path) -> Result<PathBuf, EngineError> {
    let version = std::fs::read_to_string(data.join("PG_VERSION")).ok();
    let version = version.as_deref().map(str::trim);
    let programs = locate::postgres_programs(version)?;
    let output = Command::new(programs.join("postgres")).arg("--version").output();
    let output = output.attempt(|| "asking PostgreSQL for its version".to_owned())?;
    let installed = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    match version {
        Some(version) if !installed.contains(&format!(" {version}")) => {
            Err(EngineError::OtherVersion { folder: data.to_owned(), data: version.to_owned(), installed })
        }
        _ => Ok(programs),
    }
}

fn launch(
    config: &PostgresConfig,
    account: &Account,
    programs: &Path,
    sockets: &Sockets,
) -> Result<Process, EngineError> {
    let mut command = account.command(&programs.join("postgres"), config.lifetime.death_signal("INT"));
    command.arg("-D").arg(&config.data).arg("-k").arg(sockets.folder());
    for (name, value) in settings(config) {
        command.arg("-c").arg(format!("{name}={value}"));
    }
    command.current_dir(&config.data);
    Process::start(command, "PostgreSQL", log_path(&config.data), Signal::INT, config.lifetime, Some(sockets))
}

fn settings(config: &PostgresConfig) -> Vec<(String, String)> {
    let connections = config.connections_max.to_string();
    let durable = if config.durability == Durability::Full { "on" } else { "off" };
    let (address, port) = match config.listen {
        Listen::Socket => ("", SOCKET_PORT),
        Listen::Port(port) => ("127.0.0.1", port),
    };
    let port = port.to_string();
    let fixed = [
        ("listen_addresses", address),
        ("port", &port),
        ("max_connections", &connections),
        ("shared_buffers", "256MB"),
        ("work_mem", "8MB"),
        ("maintenance_work_mem", "64MB"),
        ("wal_buffers", "16MB"),
        ("max_wal_size", "2GB"),
        // Segments are used again: to make and zero a new one holds up everybody's commit.
        ("min_wal_size", "1GB"),
        ("checkpoint_timeout", "15min"),
        ("checkpoint_completion_target", "0.9"),
        // Autovacuum goes slowly and alone, and sorts small samples: rows are looked up by their keys, and a hold
        // waits for no statistics.
        ("autovacuum_max_workers", "1"),
        ("autovacuum_vacuum_cost_delay", "10ms"),
        ("default_statistics_target", "20"),
        ("random_page_cost", "1.1"),
        ("jit", "off"),
        ("fsync", durable),
        ("synchronous_commit", durable),
        ("full_page_writes", durable),
        ("timezone", "UTC"),
        ("log_timezone", "UTC"),
        ("lc_messages", "C"),
        ("log_checkpoints", "off"),
    ];
    let fixed = fixed.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned()));
    fixed.chain(config.settings.iter().cloned()).collect()
}

/// Makes the data under another name and renames it at the end, so that half of it is never started on.
async fn create_data(config: &PostgresConfig, account: &Account, programs: &Path) -> Result<(), EngineError> {
    let (config, account, programs) = (config.clone(), account.clone(), programs.to_owned());
    let made = tokio::task::spawn_blocking(move || {
        let data = &config.data;
        let linked = data.parent() == Some(Path::new("/var/lib"));
        // In /var/lib the folder itself is ours, its neighbours are not.
        let making = if linked { data.join("new") } else { data.with_extension("new") };
        if making.exists() {
            std::fs::remove_dir_all(&making).attempt(|| format!("removing {}", making.display()))?;
        }
        folder::create(&making)?;
        std::fs::set_permissions(&making, Permissions::from_mode(0o700))
            .attempt(|| format!("closing {} to others", making.display()))?;
        account.give(&making)?;
        initialise(&config, &account, &programs, &making)?;
        create_database(&account, &programs, &making)?;
        if linked {
            move_up(&making, data)?;
            account.give(data)?;
            return std::fs::set_permissions(data, Permissions::from_mode(0o700))
                .attempt(|| format!("closing {} to others", data.display()));
        }
        if data.exists() {
            std::fs::remove_dir(data)
                .attempt(|| format!("{} is neither data of PostgreSQL nor empty", data.display()))?;
        }
        std::fs::rename(&making, data).attempt(|| format!("renaming {}", making.display()))
    });
    made.await.unwrap_or_else(|error| Err(std::io::Error::other(error)).attempt(|| "making the data".to_owned()))
}

/// Moves a folder's entries into its parent; the one that says that all is there comes last.
fn move_up(from: &Path, to: &Path) -> Result<(), EngineError> {
    let what = || format!("moving {}", from.display());
    let entries = std::fs::read_dir(from).attempt(what)?;
    let mut names: Vec<_> = entries.flatten().map(|entry| entry.file_name()).collect();
    names.sort_by_key(|name| name == "PG_VERSION");
    for name in names {
        std::fs::rename(from.join(&name), to.join(&name)).attempt(what)?;
    }
    std::fs::remove_dir(from).attempt(what)
}

/// `initdb`, with the first of these locales that the system has: text is UTF-8 in all of them.
fn initialise(config: &PostgresConfig, account: &Account, programs: &Path, data: &Path) -> Result<(), EngineError> {
    let mut tail = String::new();
    for locale in ["C.UTF-8", "en_US.UTF-8", "C"] {
        let mut command = account.command(&programs.join("initdb"), None);
        command.arg("-D").arg(data).args(["-U", SUPERUSER, "--auth=trust", "--encoding=UTF8"]);
        command.arg(format!("--locale={locale}")).current_dir(data);
        if config.durability == Durability::None {
            command.arg("--no-sync");
        }
        let output = command.output().attempt(|| "running initdb".to_owned())?;
        if output.status.success() {
            return Ok(());
        }
        tail = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        if !tail.contains("locale") {
            break;
        }
    }
    Err(EngineError::Ended { engine: "initdb".to_owned(), status: "failed".to_owned(), log: data.to_owned(), tail })
}

/// Creates the database through a single-user session, which needs neither a client nor a socket.
fn create_database(account: &Account, programs: &Path, data: &Path) -> Result<(), EngineError> {
    let what = || format!("creating the database {DATABASE}");
    let mut command = account.command(&programs.join("postgres"), None);
    command.args(["--single", "-D"]).arg(data).arg("postgres").current_dir(data);
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = command.spawn().attempt(what)?;
    let written = child.stdin.take().map_or(Ok(()), |mut input| writeln!(input, "CREATE DATABASE {DATABASE}"));
    written.attempt(what)?;
    let output = child.wait_with_output().attempt(what)?;
    let tail = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    if output.status.success() && !tail.contains("ERROR") {
        return Ok(());
    }
    Err(EngineError::Ended { engine: what(), status: output.status.to_string(), log: data.to_owned(), tail })
}

/// Stops a server that an earlier process left behind.
async fn stop_running(data: &Path) -> Result<(), EngineError> {
    let Some(pid) = recorded(data).filter(|pid| is_alive(*pid)) else { return Ok(()) };
    tracing::info!(pid = pid.as_raw_nonzero().get(), "stopping a PostgreSQL that was left running");
    for (signal, patience) in [(Signal::INT, STOP_MAX), (Signal::KILL, Duration::from_secs(5))] {
        let _ended = kill_process(pid, signal);
        let deadline = Instant::now() + patience;
        while Instant::now() < deadline {
            if recorded(data) != Some(pid) || !is_alive(pid) {
                return Ok(());
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }
    Err(EngineError::InUse { folder: data.to_owned(), pid: pid.as_raw_nonzero().get().to_string() })
}

/// The server that the data's `postmaster.pid` names.
fn recorded(data: &Path) -> Option<Pid> {
    let text = std::fs::read_to_string(data.join("postmaster.pid")).ok()?;
    Pid::from_raw(text.lines().next()?.trim().parse().ok()?)
}

/// Whether a process of that number is there and is a PostgreSQL: numbers are given again.
fn is_alive(pid: Pid) -> bool {
    if rustix::process::test_kill_process(pid).is_err() {
        return false;
    }
    let name = std::fs::read_to_string(format!("/proc/{}/comm", pid.as_raw_nonzero()));
    name.map_or(true, |name| name.starts_with("postgres"))
}

/// The eighth line of `postmaster.pid` tells when connections are taken (PostgreSQL's miscadmin.h).
fn is_ready(data: &Path) -> bool {
    let text = std::fs::read_to_string(data.join("postmaster.pid")).unwrap_or_default();
    text.lines().nth(7).is_some_and(|line| line.trim() == "ready")
}

/// Process, folder and time of the start that `postmaster.pid` tells of.
fn start_of(data: &Path) -> String {
    let text = std::fs::read_to_string(data.join("postmaster.pid")).unwrap_or_default();
    text.lines().take(3).collect::<Vec<_>>().join("\n")
}

fn log_path(data: &Path) -> PathBuf {
    data.with_extension("log")
}
