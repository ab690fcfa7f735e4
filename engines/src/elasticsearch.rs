//! A private Elasticsearch of one node.

use crate::account::Account;
use crate::error::Attempt;
use crate::ports::Ports;
use crate::process::{self, Lifetime, Process};
use crate::{EngineError, Jars, folder};
use rustix::process::Signal;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Beside three starting brokers, on a busy machine.
const READY_MAX: Duration = Duration::from_secs(120);
const STOP_MAX: Duration = Duration::from_secs(20);
const LOOK_EVERY: Duration = Duration::from_millis(200);
const ANSWER_MAX: Duration = Duration::from_millis(500);

const JVM_OPTIONS: &str = "-XX:+UseSerialGC\n-XX:+ExitOnOutOfMemoryError\n";
const LOGGING: &str = "status = error
appender.console.type = Console
appender.console.name = console
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %d{ISO8601} %-5p %c{1.} %m%n
rootLogger.level = warn
rootLogger.appenderRef.console.ref = console
";

/// How it runs.
#[derive(Debug, Clone)]
pub struct ElasticsearchConfig {
    /// The folder of its data, settings and log.
    pub folder: PathBuf,
    /// Where it answers HTTP, on 127.0.0.1.
    pub http_port: u16,
    /// Where it would answer other nodes.
    pub transport_port: u16,
    /// Whether it forgets what an earlier one left in the folder.
    pub starts_empty: bool,
    /// Its memory for objects, MiB.
    pub heap_max_mib: u32,
    /// How long it lives.
    pub lifetime: Lifetime,
    /// What it runs.
    pub jars: Jars,
}

impl ElasticsearchConfig {
    /// In the folder `elasticsearch` of `home`, on a port that it keeps, ending with this process.
    pub fn new(home: &Path, jars: &Jars) -> Result<Self, EngineError> {
        folder::create(home)?;
        let mut ports = Ports::of(home);
        let folder = home.join("elasticsearch");
        let is_own = process::recorded(&pid_path(&folder)).is_some();
        Ok(Self {
            folder,
            http_port: ports.take("elasticsearch", is_own)?,
            transport_port: ports.take("elasticsearch-nodes", is_own)?,
            starts_empty: false,
            heap_max_mib: 512,
            lifetime: Lifetime::OfThisProcess,
            jars: jars.clone(),
        })
    }
}

/// A running node.
pub struct Elasticsearch {
    config: ElasticsearchConfig,
    process: Process,
}

impl Elasticsearch {
    /// Starts it, on its data if there are any. One that still runs in this folder is replaced.
    pub async fn start(config: ElasticsearchConfig) -> Result<Self, EngineError> {
        let account = Account::for_data(&config.folder)?;
        folder::create(config.folder.parent().unwrap_or(Path::new(".")))?;
        let folder = account.reachable(&config.folder)?;
        folder::create(&folder)?;
        process::end_recorded(&pid_path(&folder), &folder, STOP_MAX).await;
        if config.starts_empty {
            folder::remove(&folder.join("data"))?;
        }
        for part in ["", "config", "data", "tmp"] {
            let part = folder.join(part);
            folder::create(&part)?;
            account.give(&part)?;
        }
        let settings = settings_of(&config, &folder);
        for (name, text) in
            [("elasticsearch.yml", settings.as_str()), ("jvm.options", JVM_OPTIONS), ("log4j2.properties", LOGGING)]
        {
            let path = folder.join("config").join(name);
            std::fs::write(&path, text).attempt(|| format!("writing {}", path.display()))?;
            account.give(&path)?;
        }
        let process = launch(&config, &account, &folder)?;
        process.record(&pid_path(&folder))?;
        process.ready(READY_MAX, LOOK_EVERY, || is_healthy(config.http_port)).await?;
        process.record(&ready_path(&folder))?;
        Ok(Self { config, process })
    }

    /// Its address, `http://127.0.0.1:port`.
    #[must_use]
    pub fn url(&self) -> String {
        url(self.config.http_port)
    }

    /// Its settings, to start it again.
    #[must_use]
    pub fn config(&self) -> &ElasticsearchConfig {
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

    /// Kills it without a warning, as a crash would. Start it again from its [`Elasticsearch::config`].
    pub async fn kill(self) {
        self.process.kill().await;
    }

    /// Makes it stand still (`SIGSTOP`): connections stay open, and nobody answers.
    pub fn pause(&self) {
        self.process.signal(Signal::STOP);
    }

    /// Lets it go on.
    pub fn resume(&self) {
        self.process.signal(Signal::CONT);
    }
}

/// The address of a node that another process has running in `home`.
pub(crate) fn running(home: &Path) -> Option<String> {
    let folder = home.join("elasticsearch");
    let folder = std::fs::read_link(&folder).unwrap_or(folder);
    let pid = process::recorded(&pid_path(&folder)).filter(|pid| process::names(*pid, &folder))?;
    let port = Ports::of(home).get("elasticsearch")?;
    // Not before it has been handed over: whoever starts it may still give it up.
    let is_ready = process::recorded(&ready_path(&folder)) == Some(pid) && is_healthy(port);
    is_ready.then(|| url(port))
}

fn url(port: u16) -> String {
    format!("http://127.0.0.1:{port}")
}

fn pid_path(folder: &Path) -> PathBuf {
    folder.join("pid")
}

fn ready_path(folder: &Path) -> PathBuf {
    folder.join("ready")
}

fn settings_of(config: &ElasticsearchConfig, folder: &Path) -> String {
    let (folder, http, transport) = (folder.display(), config.http_port, config.transport_port);
    format!(
        "cluster.name: onsale\nnode.name: onsale\npath.data: {folder}/data\npath.logs: {folder}\n\
         network.host: 127.0.0.1\nhttp.port: {http}\ntransport.port: {transport}\n\
         discovery.type: single-node\nxpack.security.enabled: false\n\
         cluster.routing.allocation.disk.threshold_enabled: false\n"
    )
}

/// Its own launcher, without the shell scripts around it; the server ends with it.
fn launch(config: &ElasticsearchConfig, account: &Account, folder: &Path) -> Result<Process, EngineError> {
    let home = config.jars.elasticsearch();
    let mut command = account.command(&config.jars.java, config.lifetime.death_signal("TERM"));
    command.args(["-Xms4m", "-Xmx64m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"]);
    command.args(["-Dcli.name=server", "-Dcli.libs=lib/tools/server-cli", "-Des.distribution.type=zip"]);
    command.arg(format!("-Dcli.script={}/bin/elasticsearch", home.display()));
    command.arg(format!("-Des.path.home={}", home.display()));
    command.arg(format!("-Des.path.conf={}/config", folder.display()));
    command.arg("-cp").arg(format!("{0}/lib/*:{0}/lib/cli-launcher/*", home.display()));
    command.arg("org.elasticsearch.launcher.CliToolLauncher").current_dir(&home);
    command.env("ES_TMPDIR", folder.join("tmp"));
    command.env("ES_JAVA_OPTS", format!("-Xms{0}m -Xmx{0}m", config.heap_max_mib));
    for variable in ["JAVA_TOOL_OPTIONS", "JAVA_HOME", "JAVA_OPTS"] {
        command.env_remove(variable);
    }
    let log = config.folder.with_extension("log");
    Process::start(command, "Elasticsearch", log, Signal::TERM, config.lifetime, None)
}

/// Whether its shards can be read and written.
fn is_healthy(port: u16) -> bool {
    let ask = || {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
        stream.set_read_timeout(Some(ANSWER_MAX))?;
        let request = "GET /_cluster/health?wait_for_status=yellow&timeout=100ms HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
        stream.write_all(request.as_bytes())?;
        let mut answer = [0; 15];
        stream.read_exact(&mut answer)?;
        std::io::Result::Ok(answer)
    };
    ask().is_ok_and(|answer| answer.starts_with(b"HTTP/1.1 200"))
}
