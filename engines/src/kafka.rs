//! Kafka: brokers that are also the quorum (KRaft), each a JVM of its own.

use crate::account::Account;
use crate::error::Attempt;
use crate::ports::Ports;
use crate::process::{self, Lifetime, Process};
use crate::{EngineError, Jars, folder};
use rustix::process::Signal;
use std::net::{Ipv4Addr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// The brokers of a cluster: one may be lost.
pub const BROKERS: usize = 3;
/// Any 16 bytes in base 64; members of one cluster have the same.
const CLUSTER_ID: &str = "b25zYWxlLWNsdXN0ZXItMQ";
/// Three start at once beside Elasticsearch, on a busy machine.
const READY_MAX: Duration = Duration::from_secs(120);
const STOP_MAX: Duration = Duration::from_secs(20);
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// What a broker's log says when it is a member that takes requests.
const READY: &str = "Kafka Server started";

/// How a broker runs.
#[derive(Debug, Clone)]
pub struct KafkaConfig {
    /// The folder of its data, settings and log.
    pub folder: PathBuf,
    /// Which of the cluster's it is, from 0.
    pub index: usize,
    /// The ports of all of the cluster's, in their order.
    pub members: [KafkaPorts; BROKERS],
    /// The port that clients are told: a proxy's, or its own.
    pub advertised_port: u16,
    /// Whether it forgets what an earlier one left in the folder.
    pub starts_empty: bool,
    /// Its memory for objects, MiB.
    pub heap_max_mib: u32,
    /// How long it lives.
    pub lifetime: Lifetime,
    /// Further settings, e.g. `("log.retention.ms", "60000")`.
    pub settings: Vec<(String, String)>,
    /// What it runs.
    pub jars: Jars,
}

/// The ports of one broker on 127.0.0.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KafkaPorts {
    /// For clients.
    pub clients: u16,
    /// For the other brokers.
    pub brokers: u16,
    /// For the quorum.
    pub quorum: u16,
}

impl KafkaConfig {
    /// The brokers of a cluster in folders `kafka-1` to `kafka-3` of `home`, on ports that they keep, ending with
    /// this process.
    pub fn cluster(home: &Path, jars: &Jars) -> Result<[Self; BROKERS], EngineError> {
        folder::create(home)?;
        // Its own working folder is another one.
        let home = &std::path::absolute(home).attempt(|| format!("finding {}", home.display()))?;
        let mut ports = Ports::of(home);
        let mut members = [KafkaPorts { clients: 0, brokers: 0, quorum: 0 }; BROKERS];
        for (index, member) in members.iter_mut().enumerate() {
            let is_own = process::recorded(&pid_path(&folder_of(home, index))).is_some();
            for (port, name) in
                [(&mut member.clients, ""), (&mut member.brokers, "-brokers"), (&mut member.quorum, "-quorum")]
            {
                *port = ports.take(&format!("kafka-{}{name}", index + 1), is_own)?;
            }
        }
        Ok(std::array::from_fn(|index| Self {
            folder: folder_of(home, index),
            index,
            members,
            advertised_port: members[index].clients,
            starts_empty: false,
            heap_max_mib: 384,
            lifetime: Lifetime::OfThisProcess,
            settings: Vec::new(),
            jars: jars.clone(),
        }))
    }
}

/// A running broker.
pub struct Kafka {
    config: KafkaConfig,
    process: Process,
}

impl Kafka {
    /// Starts it, on its data if there are any. One that still runs in this folder is replaced. It is ready when
    /// the cluster has a majority: start all at once.
    pub async fn start(config: KafkaConfig) -> Result<Self, EngineError> {
        folder::create(&config.folder)?;
        process::end_recorded(&pid_path(&config.folder), &config.folder, STOP_MAX).await;
        if config.starts_empty {
            folder::remove(&config.folder.join("data"))?;
        }
        let properties = config.folder.join("server.properties");
        std::fs::write(&properties, properties_of(&config)).attempt(|| format!("writing {}", properties.display()))?;
        format(&config, &properties).await?;
        let log = config.folder.join("kafka.log");
        let process = run(&config, "kafka.Kafka", &[properties.as_os_str()], log.clone())?;
        let since = std::fs::metadata(&log).map_or(0, |found| found.len());
        process.record(&pid_path(&config.folder))?;
        process.ready(READY_MAX, LOOK_EVERY, || says_ready(&log, since)).await?;
        process.record(&ready_path(&config.folder))?;
        Ok(Self { config, process })
    }

    /// Where clients reach it: `127.0.0.1:port`.
    #[must_use]
    pub fn address(&self) -> String {
        address(self.config.advertised_port)
    }

    /// Its settings, to start it again.
    #[must_use]
    pub fn config(&self) -> &KafkaConfig {
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

    /// Stops it: its partitions get other leaders first.
    pub async fn stop(self) {
        self.process.stop(STOP_MAX).await;
    }

    /// Kills it without a warning, as a crash would. Start it again from its [`Kafka::config`].
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

/// Where the brokers are that another process has running in `home`; nothing for those that are away.
pub(crate) fn running(home: &Path) -> [Option<String>; BROKERS] {
    let ports = Ports::of(home);
    std::array::from_fn(|index| {
        let folder = folder_of(home, index);
        let pid = process::recorded(&pid_path(&folder)).filter(|pid| process::names(*pid, &folder))?;
        let port = ports.get(&format!("kafka-{}", index + 1))?;
        let is_ready = process::recorded(&ready_path(&folder)) == Some(pid)
            && TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok();
        is_ready.then(|| address(port))
    })
}

fn address(port: u16) -> String {
    format!("127.0.0.1:{port}")
}

fn folder_of(home: &Path, index: usize) -> PathBuf {
    home.join(format!("kafka-{}", index + 1))
}

fn pid_path(folder: &Path) -> PathBuf {
    folder.join("pid")
}

fn ready_path(folder: &Path) -> PathBuf {
    folder.join("ready")
}

fn says_ready(log: &Path, since: u64) -> bool {
    let text = std::fs::read(log).unwrap_or_default();
    let since = usize::try_from(since).unwrap_or(usize::MAX);
    String::from_utf8_lossy(text.get(since..).unwrap_or_default()).contains(READY)
}

fn properties_of(config: &KafkaConfig) -> String {
    let own = config.members[config.index];
    let voters: Vec<String> =
        config.members.iter().zip(1..).map(|(member, node)| format!("{node}@127.0.0.1:{}", member.quorum)).collect();
    let fixed = [
        ("process.roles", "broker,controller".to_owned()),
        ("node.id", (config.index + 1).to_string()),
        ("controller.quorum.voters", voters.join(",")),
        (
            "listeners",
            format!(
                "CLIENTS://127.0.0.1:{},BROKERS://127.0.0.1:{},QUORUM://127.0.0.1:{}",
                own.clients, own.brokers, own.quorum
            ),
        ),
        (
            "advertised.listeners",
            format!("CLIENTS://127.0.0.1:{},BROKERS://127.0.0.1:{}", config.advertised_port, own.brokers),
        ),
        ("listener.security.protocol.map", "CLIENTS:PLAINTEXT,BROKERS:PLAINTEXT,QUORUM:PLAINTEXT".to_owned()),
        ("inter.broker.listener.name", "BROKERS".to_owned()),
        ("controller.listener.names", "QUORUM".to_owned()),
        ("log.dirs", config.folder.join("data").display().to_string()),
        ("default.replication.factor", BROKERS.to_string()),
        ("min.insync.replicas", "2".to_owned()),
        ("unclean.leader.election.enable", "false".to_owned()),
        ("auto.create.topics.enable", "false".to_owned()),
        // A lost broker's partitions have other leaders within some seconds.
        ("broker.session.timeout.ms", "4000".to_owned()),
        ("broker.heartbeat.interval.ms", "1000".to_owned()),
        // A lost consumer's partitions have another reader within ten seconds; by default, 45.
        ("group.consumer.session.timeout.ms", "10000".to_owned()),
        ("group.consumer.min.session.timeout.ms", "6000".to_owned()),
        ("group.consumer.heartbeat.interval.ms", "2000".to_owned()),
        ("group.consumer.min.heartbeat.interval.ms", "1000".to_owned()),
        // Each costs files and memory on three brokers; a group's offsets are one small row each.
        ("offsets.topic.num.partitions", "6".to_owned()),
        ("offsets.topic.replication.factor", BROKERS.to_string()),
        ("transaction.state.log.replication.factor", BROKERS.to_string()),
        ("group.initial.rebalance.delay.ms", "0".to_owned()),
    ];
    let fixed = fixed.into_iter().map(|(name, value)| (name.to_owned(), value));
    fixed.chain(config.settings.iter().cloned()).map(|(name, value)| format!("{name}={value}\n")).collect()
}

/// Makes the data of a broker that has none.
async fn format(config: &KafkaConfig, properties: &Path) -> Result<(), EngineError> {
    let made = config.folder.join("data/meta.properties");
    if made.is_file() {
        return Ok(());
    }
    let arguments = ["format", "--ignore-formatted", "--cluster-id", CLUSTER_ID, "--config"].map(str::as_ref);
    let arguments: Vec<_> = arguments.into_iter().chain([properties.as_os_str()]).collect();
    let process = run(config, "kafka.tools.StorageTool", &arguments, config.folder.join("format.log"))?;
    let ended = process.failed().await;
    if made.is_file() { Ok(()) } else { Err(ended) }
}

fn run(
    config: &KafkaConfig,
    class: &str,
    arguments: &[&std::ffi::OsStr],
    log: PathBuf,
) -> Result<Process, EngineError> {
    let mut command: Command = Account::Own.command(&config.jars.java, config.lifetime.death_signal("TERM"));
    command.arg(format!("-Xmx{}m", config.heap_max_mib));
    // Quick to start and small; a test's broker has little to compute.
    command.args(["-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:+ExitOnOutOfMemoryError"]);
    command.args(["-Djava.awt.headless=true", "-Dorg.slf4j.simpleLogger.showDateTime=true"]);
    command.arg("-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd'T'HH:mm:ss.SSSXXX");
    command.args(["-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-Dorg.slf4j.simpleLogger.log.kafka.server=info"]);
    command.arg("-cp").arg(config.jars.kafka()).arg(class).args(arguments).current_dir(&config.folder);
    let name = format!("Kafka {}", config.index + 1);
    Process::start(command, &name, log, Signal::TERM, config.lifetime, None)
}
