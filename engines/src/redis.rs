//! A private Redis server. It keeps nothing: PostgreSQL has the last word on every seat.

use crate::account::Account;
use crate::folder::Sockets;
use crate::process::{self, Lifetime, Process};
use crate::{EngineError, Listen, folder, locate};
use rustix::process::Signal;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

const READY_MAX: Duration = Duration::from_secs(30);
const STOP_MAX: Duration = Duration::from_secs(3);
const ANSWER_MAX: Duration = Duration::from_millis(500);
const LOOK_EVERY: Duration = Duration::from_millis(10);

/// How a server runs.
#[derive(Debug, Clone)]
pub struct RedisConfig {
    /// The folder that stands for it: its log is beside it.
    pub folder: PathBuf,
    /// Where it listens.
    pub listen: Listen,
    /// How many numbered databases it has.
    pub databases: u16,
    /// The most memory that it takes, MiB; past that it refuses writes.
    pub memory_max_mib: u32,
    /// How long it lives.
    pub lifetime: Lifetime,
}

impl RedisConfig {
    /// A server on a socket, ending with this process.
    #[must_use]
    pub fn new(folder: PathBuf) -> Self {
        let lifetime = Lifetime::OfThisProcess;
        Self { folder, listen: Listen::Socket, databases: 16, memory_max_mib: 512, lifetime }
    }
}

/// A running server.
pub struct Redis {
    config: RedisConfig,
    address: Address,
    process: Process,
}

impl Redis {
    /// Starts it, empty. One that still runs at this place is replaced.
    pub async fn start(config: RedisConfig) -> Result<Self, EngineError> {
        let program = locate::redis_server()?;
        folder::create(&config.folder)?;
        let address = Address::of(&config)?;
        stop_running(&config.folder, &address).await;
        let sockets = match config.listen {
            Listen::Socket => Some(Sockets::make(&config.folder, Account::Own.user())?),
            Listen::Port(_) => None,
        };
        let mut command = Account::Own.command(&program, config.lifetime.death_signal("TERM"));
        command.args(address.arguments());
        command.args(["--daemonize", "no", "--save", "", "--appendonly", "no"]);
        command.args(["--maxmemory-policy", "noeviction", "--maxmemory", &format!("{}mb", config.memory_max_mib)]);
        command.args(["--databases", &config.databases.to_string(), "--loglevel", "warning"]);
        command.arg("--dir").arg(&config.folder).arg("--pidfile").arg(config.folder.join("redis.pid"));
        let log = log_path(&config.folder);
        let name = format!("Redis ({})", config.folder.display());
        let process = Process::start(command, &name, log, Signal::TERM, config.lifetime, sockets.as_ref())?;
        process.ready(READY_MAX, LOOK_EVERY, || address.answers()).await?;
        Ok(Self { config, address, process })
    }

    /// Its address.
    #[must_use]
    pub fn url(&self) -> String {
        self.address.url()
    }

    /// Its settings, to start it again.
    #[must_use]
    pub fn config(&self) -> &RedisConfig {
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

    /// Stops it.
    pub async fn stop(self) {
        self.process.stop(STOP_MAX).await;
    }

    /// Kills it without a warning, as a crash would. Start it again from its [`Redis::config`]: it is
    /// empty then.
    pub async fn kill(self) {
        self.process.kill().await;
    }
}

/// The address of a server that somebody else started at this place; nothing when none answers there.
pub(crate) fn running(config: &RedisConfig) -> Result<Option<String>, EngineError> {
    let address = Address::of(config)?;
    Ok(address.answers().then(|| address.url()))
}

/// The folder of its socket.
pub(crate) fn sockets(config: &RedisConfig) -> Result<PathBuf, EngineError> {
    folder::sockets(&config.folder)
}

enum Address {
    Socket(PathBuf),
    Port(u16),
}

impl Address {
    fn of(config: &RedisConfig) -> Result<Self, EngineError> {
        match config.listen {
            Listen::Socket => Ok(Self::Socket(folder::sockets(&config.folder)?.join("redis"))),
            Listen::Port(port) => Ok(Self::Port(port)),
        }
    }

    fn url(&self) -> String {
        match self {
            Self::Socket(path) => format!("redis+unix://{}", path.display()),
            Self::Port(port) => format!("redis://127.0.0.1:{port}"),
        }
    }

    fn arguments(&self) -> Vec<String> {
        match self {
            Self::Socket(path) => {
                let path = path.to_string_lossy();
                vec!["--port", "0", "--unixsocket", &path, "--unixsocketperm", "700"]
                    .into_iter()
                    .map(str::to_owned)
                    .collect()
            }
            Self::Port(port) => {
                vec!["--bind".to_owned(), "127.0.0.1".to_owned(), "--port".to_owned(), port.to_string()]
            }
        }
    }

    fn answers(&self) -> bool {
        self.say(b"PING\r\n").is_ok_and(|answer| answer.starts_with(b"+PONG"))
    }

    fn say(&self, command: &[u8]) -> std::io::Result<Vec<u8>> {
        match self {
            Self::Socket(path) => {
                let stream = UnixStream::connect(path)?;
                stream.set_read_timeout(Some(ANSWER_MAX))?;
                exchange(stream, command)
            }
            Self::Port(port) => {
                let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, *port))?;
                stream.set_read_timeout(Some(ANSWER_MAX))?;
                exchange(stream, command)
            }
        }
    }
}

fn exchange(mut stream: impl Read + Write, command: &[u8]) -> std::io::Result<Vec<u8>> {
    stream.write_all(command)?;
    let mut answer = vec![0; 128];
    let length = stream.read(&mut answer)?;
    answer.truncate(length);
    Ok(answer)
}

/// Stops a server that an earlier process left behind.
async fn stop_running(folder: &Path, address: &Address) {
    // Who listens on a port may be anybody's; this folder's own has left its process's number here.
    let is_own = matches!(address, Address::Socket(_)) || process::recorded(&folder.join("redis.pid")).is_some();
    if !is_own || !address.answers() {
        return;
    }
    tracing::info!("stopping a Redis server that was left running");
    // It closes the connection instead of answering.
    let _closed = address.say(b"SHUTDOWN NOSAVE\r\n");
    let deadline = Instant::now() + STOP_MAX;
    while address.answers() && Instant::now() < deadline {
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

fn log_path(folder: &Path) -> PathBuf {
    folder.with_extension("log")
}
