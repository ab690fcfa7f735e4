//! The house under the swarm: engines of its own, the services in one process, the sandbox in another, and gateways that
//! share a port, each a process.

use crate::chaos::engines::{ChaosEngines, Place, REDIS_MASTERS};
use crate::server::{Process, emptied, free_address, isolated};
use anyhow::{Context, ensure};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;

/// Tokens of the run are signed with keys under it; it guards nothing else.
const SECRET: &str = "swarm-throws-its-data-away-afterwards";
/// The roles that run in one process.
const SERVICES: [&str; 6] = ["auth", "booking", "payment", "search", "admin", "notification"];
const SERVICES_NAME: &str = "services";
const SANDBOX_NAME: &str = "sandbox";
/// What all are told; the rest is as people would run it.
const COMMON: [(&str, &str); 5] = [
    ("METRICS_LISTEN", "off"),
    ("RUST_LOG", "warn"),
    ("DEMO", "on"),
    ("DATABASE_POOL_BOOKING", "32"),
    ("DATABASE_POOL_GATEWAY", "4"),
];

/// What all gateways of a machine share to tell watchers, in ms a second.
const FANOUT_CPU_MS: u32 = 500;

type Settings = Vec<(String, String)>;

/// Which house is wanted.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// The executable.
    pub onsale: PathBuf,
    /// Where the fresh data goes; emptied first.
    pub home: PathBuf,
    /// Gateways, each a process.
    pub gateways: u16,
    /// With Kafka and Elasticsearch, whose jars are in this folder or fetched into it.
    pub cluster: Option<PathBuf>,
    /// Further settings of all processes.
    pub settings: Vec<(String, String)>,
}

/// All that runs.
pub struct House {
    /// Where the gateways listen.
    pub address: SocketAddr,
    home: PathBuf,
    onsale: PathBuf,
    shared: Settings,
    gateway: Settings,
    running: BTreeMap<String, Process>,
    starts: usize,
    engines: ChaosEngines,
}

impl House {
    /// Empties the folder, starts the engines, migrates, and starts all processes.
    ///
    /// # Errors
    /// When something does not start.
    pub async fn start(options: &Wanted) -> anyhow::Result<Self> {
        ensure!(options.onsale.exists(), "{} is not there: `make onsale-100k` builds it", options.onsale.display());
        let home = emptied(&options.home)?;
        let engines = ChaosEngines::start(&home, options.cluster.as_deref(), Place::Home).await?;
        let address = free_address()?;
        let mut house = Self {
            address,
            shared: shared(address, &engines, &options.settings)?,
            gateway: Settings::new(),
            home,
            onsale: options.onsale.clone(),
            running: BTreeMap::new(),
            starts: 0,
            engines,
        };
        house.onsale(&["migrate"])?;
        let sandbox = free_address()?;
        let sandbox_url = format!("http://{sandbox}");
        let mut services =
            vec![("PAYMENT_SANDBOX_URL".to_owned(), sandbox_url.clone()), ("UPSTREAM_SANDBOX".to_owned(), sandbox_url)];
        house.gateway = services.clone();
        let mut first = None;
        for role in SERVICES {
            let (listen, name) = (free_address()?, role.to_ascii_uppercase());
            services.push((format!("LISTEN_{name}"), listen.to_string()));
            house.gateway.push((format!("UPSTREAM_{name}"), format!("http://{listen}")));
            first = first.or(Some(listen));
        }
        house.gateway.push(("LISTEN_GATEWAY".to_owned(), address.to_string()));
        house.gateway.push(("GATEWAY_SHARED_PORT".to_owned(), "on".to_owned()));
        // As `onsale up --gateways` starts them.
        let fanout_ms = FANOUT_CPU_MS / u32::from(options.gateways.max(1));
        house.gateway.push(("FANOUT_CPU_MS".to_owned(), fanout_ms.to_string()));
        house.gateway.push(("MIMALLOC_ALLOW_THP".to_owned(), "0".to_owned()));
        house.launch(SANDBOX_NAME, &["sandbox"], &[("LISTEN_SANDBOX".to_owned(), sandbox.to_string())])?;
        house.launch(SERVICES_NAME, &SERVICES, &services)?;
        house.ready(SERVICES_NAME, first.context("there are services")?).await?;
        house.ready(SANDBOX_NAME, sandbox).await?;
        for number in 1..=options.gateways.max(1) {
            house.launch_gateway(number)?;
        }
        for number in 1..=options.gateways.max(1) {
            house.ready(&gateway_name(number), address).await?;
        }
        Ok(house)
    }

    /// The folder of the run.
    #[must_use]
    pub fn home(&self) -> &Path {
        &self.home
    }

    /// Where the database is, as superuser.
    ///
    /// # Errors
    /// When PostgreSQL has no address.
    pub fn database_url(&self) -> anyhow::Result<String> {
        url(&self.engines, "postgres")
    }

    /// Runs a command of the executable to its end.
    ///
    /// # Errors
    /// When it does not start, or ends with another exit code than 0.
    pub fn onsale(&self, arguments: &[&str]) -> anyhow::Result<()> {
        let mut command = isolated(&self.onsale);
        command.args(arguments).envs(self.shared.iter().cloned()).stdin(Stdio::null()).stdout(Stdio::null());
        let status = command.status().with_context(|| format!("start onsale {}", arguments.join(" ")))?;
        ensure!(status.success(), "onsale {} ended with {status}", arguments.join(" "));
        Ok(())
    }

    fn launch(&mut self, name: &str, roles: &[&str], more: &[(String, String)]) -> anyhow::Result<()> {
        let mut settings = self.shared.clone();
        settings.extend(more.iter().cloned());
        self.starts += 1;
        let log = format!("{name}-{}", self.starts);
        let arguments = [&["serve"][..], roles].concat();
        let process = Process::start(&log, &self.onsale, &arguments, &self.home, &settings)?;
        self.running.insert(name.to_owned(), process);
        Ok(())
    }

    /// Starts a gateway, from 1, and does not wait for it.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn launch_gateway(&mut self, number: u16) -> anyhow::Result<()> {
        let settings = self.gateway.clone();
        self.launch(&gateway_name(number), &["gateway"], &settings)
    }

    async fn ready(&mut self, name: &str, address: SocketAddr) -> anyhow::Result<()> {
        self.running.get_mut(name).context("it runs")?.ready(address).await
    }

    /// `kill -9` of a gateway, from 1.
    ///
    /// # Errors
    /// When it cannot be killed.
    pub fn kill_gateway(&mut self, number: u16) -> anyhow::Result<()> {
        self.running.remove(&gateway_name(number)).map_or(Ok(()), Process::kill)
    }

    /// Kills a Redis master, from 0.
    pub async fn kill_redis(&mut self, number: usize) {
        self.engines.kill_redis(number % REDIS_MASTERS).await;
    }

    /// Starts a Redis master again, empty.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn start_redis(&mut self, number: usize) -> anyhow::Result<()> {
        self.engines.start_redis(number % REDIS_MASTERS).await
    }

    /// What of the house has ended by itself.
    pub fn ended(&mut self) -> Vec<String> {
        self.running.iter_mut().filter_map(|(name, process)| process.has_ended().then(|| name.clone())).collect()
    }

    /// The processes by name; the engines are children of this one.
    #[must_use]
    pub fn processes(&self) -> Vec<(String, u32)> {
        let own = [("swarm".to_owned(), std::process::id())];
        own.into_iter().chain(self.running.iter().map(|(name, process)| (name.clone(), process.id()))).collect()
    }
}

impl Drop for House {
    fn drop(&mut self) {
        // First the gateways, so that nobody asks what is gone.
        let gateways: Vec<_> = self.running.keys().filter(|name| name.starts_with("gateway")).cloned().collect();
        for name in gateways.iter().map(String::as_str).chain([SERVICES_NAME, SANDBOX_NAME]) {
            self.running.remove(name);
        }
    }
}

fn gateway_name(number: u16) -> String {
    format!("gateway-{number:02}")
}

fn url(engines: &ChaosEngines, user: &str) -> anyhow::Result<String> {
    let address = engines.addresses().get("postgres").context("PostgreSQL has an address")?;
    Ok(format!("postgres://{user}@{address}/onsale"))
}

/// What every process is told; the run's own settings come last and win.
fn shared(address: SocketAddr, engines: &ChaosEngines, own: &[(String, String)]) -> anyhow::Result<Settings> {
    let mut settings: Settings = COMMON.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    let mut set = |name: &str, value: String| settings.push((name.to_owned(), value));
    let port = address.port();
    set("ONSALE_SECRET", SECRET.to_owned());
    set("PUBLIC_URL", format!("http://localhost:{port}"));
    set("SANDBOX_PUBLIC_URL", format!("http://localhost:{port}"));
    set("SANDBOX_WEBHOOK_URL", format!("http://{address}/api/payments/webhooks/stripe"));
    set("DATABASE_URL", url(engines, "postgres")?);
    for role in SERVICES.iter().chain(&["gateway", "sandbox"]) {
        set(&format!("DATABASE_URL_{}", role.to_ascii_uppercase()), url(engines, &format!("onsale_{role}"))?);
    }
    let masters = (1..=REDIS_MASTERS).filter_map(|number| engines.addresses().get(&format!("redis-{number}")));
    let masters: Vec<_> = masters.map(|address| format!("redis://{address}")).collect();
    set("REDIS_URLS", masters.join(","));
    if let Some(servers) = engines.kafka_servers() {
        set("KAFKA_BOOTSTRAP_SERVERS", servers);
    }
    if let Some(address) = engines.addresses().get("elasticsearch") {
        set("ELASTICSEARCH_URL", format!("http://{address}"));
    }
    settings.extend(own.iter().cloned());
    Ok(settings)
}
