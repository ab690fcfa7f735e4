//! The house with every role in processes of their own, two of those that sell, on engines that this process runs.

use super::clocks::Clocks;
use super::edges::Edges;
use super::engines::{ChaosEngines, Place, REDIS_MASTERS};
use super::squeeze::Memory;
use crate::client::{Connection, request};
use crate::proof::house::SECRET;
use crate::proof::options::{Options, Tools};
use crate::server::{Process, emptied, free_address, isolated};
use anyhow::{Context, bail, ensure};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Stdio;

/// The processes by name, with their role; the edge comes last.
const PROCESSES: [(&str, &str); 10] = [
    ("sandbox", "sandbox"),
    ("auth", "auth"),
    ("payment", "payment"),
    ("admin", "admin"),
    ("search", "search"),
    ("notification", "notification"),
    ("booking-a", "booking"),
    ("booking-b", "booking"),
    ("gateway-a", "gateway"),
    ("gateway-b", "gateway"),
];
/// Whom a process asks for a role.
const ROLES: [(&str, &str); 7] = [
    ("sandbox", "sandbox"),
    ("auth", "auth"),
    ("payment", "payment"),
    ("admin", "admin"),
    ("search", "search"),
    ("notification", "notification"),
    ("booking", "booking-a"),
];
/// What all are told; other people never reach them.
const COMMON: [(&str, &str); 9] = [
    ("METRICS_LISTEN", "off"),
    ("RUST_LOG", "warn"),
    ("DEMO", "on"),
    ("LIMITS", "off"),
    ("LIMITS_LOGIN", "off"),
    ("ARGON2_PROFILE", "minimal"),
    ("DATABASE_POOL_BOOKING", "16"),
    ("BOOKING_PAYMENT_WINDOW_SECONDS", "30"),
    ("PAYMENT_PROVIDER_TIMEOUT_MS", "1500"),
];

/// By what name the address is kept at which a process tells its metrics.
fn metrics_of(name: &str) -> String {
    format!("{name}-metrics")
}

type Settings = Vec<(String, String)>;

/// All that runs.
pub struct House {
    /// What can be broken between them.
    pub edges: Edges,
    onsale: PathBuf,
    home: PathBuf,
    addresses: BTreeMap<String, SocketAddr>,
    settings: BTreeMap<&'static str, Settings>,
    shared: Settings,
    running: BTreeMap<&'static str, Process>,
    starts: usize,
    /// What steps the clocks of some.
    pub clocks: Clocks,
    /// The engines.
    pub engines: ChaosEngines,
    /// Who gets next to no memory now.
    pub starved: Option<Memory>,
}

impl House {
    /// Empties the folder, starts the engines, migrates, and starts all processes.
    ///
    /// # Errors
    /// When something does not start.
    pub async fn start(options: &Options, tools: &Tools, on: Place) -> anyhow::Result<Self> {
        ensure!(options.onsale.exists(), "{} is not there: `make chaos` builds it", options.onsale.display());
        let home = emptied(&options.home)?;
        let edges = Edges::start(tools.toxiproxy.as_deref(), &home).await?;
        let engines = ChaosEngines::start(&home, tools.jars.as_deref(), on).await?;
        let mut house = Self {
            edges,
            onsale: options.onsale.clone(),
            addresses: engines.addresses().clone(),
            settings: BTreeMap::new(),
            shared: Settings::new(),
            running: BTreeMap::new(),
            starts: 0,
            clocks: Clocks::new(tools.faketime.clone(), &home),
            engines,
            starved: None,
            home,
        };
        for (name, _) in PROCESSES {
            house.addresses.insert(name.to_owned(), free_address()?);
            house.addresses.insert(metrics_of(name), free_address()?);
        }
        house.settle_common()?;
        for (name, role) in PROCESSES {
            let settings = house.settings_of(name, role).await?;
            house.settings.insert(name, settings);
        }
        house.run(&["migrate"])?;
        for (name, _) in PROCESSES {
            house.launch(name, &[])?;
        }
        for (name, _) in PROCESSES {
            house.ready(name).await?;
        }
        Ok(house)
    }

    fn settle_common(&mut self) -> anyhow::Result<()> {
        let gateway = self.address("gateway-a")?;
        let mut shared: Settings = COMMON.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        let mut set = |name: &str, value: String| shared.push((name.to_owned(), value));
        set("ONSALE_SECRET", SECRET.to_owned());
        set("PUBLIC_URL", format!("http://localhost:{}", gateway.port()));
        set("SANDBOX_PUBLIC_URL", format!("http://localhost:{}", gateway.port()));
        set("DATABASE_URL", self.database_url()?);
        if let Some(servers) = self.engines.kafka_servers() {
            set("KAFKA_BOOTSTRAP_SERVERS", servers);
        }
        self.shared = shared;
        Ok(())
    }

    /// What one process is told: each neighbour and engine by an edge of its own.
    async fn settings_of(&mut self, name: &'static str, own: &str) -> anyhow::Result<Settings> {
        let mut settings = Settings::new();
        let listen = self.address(name)?;
        settings.push((format!("LISTEN_{}", own.to_ascii_uppercase()), listen.to_string()));
        if own == "gateway" {
            settings.push(("METRICS_LISTEN".to_owned(), self.address(&metrics_of(name))?.to_string()));
        }
        for (role, place) in ROLES.iter().filter(|(role, _)| *role != own) {
            // Each gateway has a booking of its own.
            let place = if name == "gateway-b" && *role == "booking" { "booking-b" } else { place };
            let edge = self.edge(name, place).await?;
            settings.push((format!("UPSTREAM_{}", role.to_ascii_uppercase()), format!("http://{edge}")));
        }
        let postgres = self.edge(name, "postgres").await?;
        settings.push(("BUS_DATABASE_URL".to_owned(), format!("postgres://postgres@{postgres}/onsale")));
        for role in ROLES.iter().map(|(role, _)| role).chain(&["gateway"]) {
            let user = if *role == "gateway" { "postgres".to_owned() } else { format!("onsale_{role}") };
            let url = format!("postgres://{user}@{postgres}/onsale");
            settings.push((format!("DATABASE_URL_{}", role.to_ascii_uppercase()), url));
        }
        let mut masters = Vec::new();
        for number in 1..=REDIS_MASTERS {
            masters.push(format!("redis://{}", self.edge(name, &format!("redis-{number}")).await?));
        }
        settings.push(("REDIS_URLS".to_owned(), masters.join(",")));
        if self.addresses.contains_key("elasticsearch") {
            let elasticsearch = self.edge(name, "elasticsearch").await?;
            settings.push(("ELASTICSEARCH_URL".to_owned(), format!("http://{elasticsearch}")));
        }
        let sandbox = self.edge(name, "sandbox").await?;
        settings.push(("PAYMENT_SANDBOX_URL".to_owned(), format!("http://{sandbox}")));
        let gateway = self.edge(name, "gateway-a").await?;
        settings.push(("SANDBOX_WEBHOOK_URL".to_owned(), format!("http://{gateway}/api/payments/webhooks/stripe")));
        Ok(settings)
    }

    async fn edge(&mut self, from: &str, to: &str) -> anyhow::Result<SocketAddr> {
        let target = self.address(to)?;
        self.edges.add(from, to, target).await
    }

    fn address(&self, name: &str) -> anyhow::Result<SocketAddr> {
        self.addresses.get(name).copied().with_context(|| format!("{name} has an address"))
    }

    /// Where the gateways listen.
    #[must_use]
    pub fn gateways(&self) -> [SocketAddr; 2] {
        ["gateway-a", "gateway-b"].map(|name| self.addresses[name])
    }

    /// The names of all processes; the edge comes last.
    pub fn names() -> impl Iterator<Item = &'static str> {
        PROCESSES.into_iter().map(|(name, _)| name)
    }

    /// Which gateway leads the waiting rooms, by what the gateways tell of themselves.
    ///
    /// # Errors
    /// When none does.
    pub async fn leader(&self) -> anyhow::Result<&'static str> {
        for name in ["gateway-a", "gateway-b"] {
            let mut metrics = Connection::new(self.address(&metrics_of(name))?);
            let told = metrics.call(&request("GET", "/metrics", None, None)).await;
            let told = told.map(|told| String::from_utf8_lossy(&told.body).into_owned()).unwrap_or_default();
            if told.lines().any(|line| line.starts_with("onsale_queue_leads") && line.ends_with(" 1")) {
                return Ok(name);
            }
        }
        bail!("no gateway says that it leads")
    }

    /// Where its data is.
    #[must_use]
    pub fn home(&self) -> &std::path::Path {
        &self.home
    }

    /// Where the database is, as superuser, without an edge in between.
    ///
    /// # Errors
    /// When PostgreSQL has no address.
    pub fn database_url(&self) -> anyhow::Result<String> {
        Ok(format!("postgres://postgres@{}/onsale", self.address("postgres")?))
    }

    /// Runs a command of the executable to its end; gives what it said.
    ///
    /// # Errors
    /// When it does not start, or ends with another exit code than 0.
    pub fn run(&self, arguments: &[&str]) -> anyhow::Result<String> {
        let name = arguments.join(" ");
        let mut command = isolated(&self.onsale);
        command.args(arguments).envs(self.shared.iter().cloned()).stderr(Stdio::inherit());
        let sandbox = format!("http://{}", self.address("sandbox")?);
        let output = command.env("PAYMENT_SANDBOX_URL", sandbox).output()?;
        let said = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        ensure!(output.status.success(), "onsale {name} ended with {}: {said}", output.status);
        Ok(said)
    }

    /// Starts a process, with further settings, and does not wait for it.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn launch(&mut self, name: &'static str, more: &[(String, String)]) -> anyhow::Result<()> {
        let (_, role) = PROCESSES.iter().find(|(other, _)| *other == name).context("there is such a process")?;
        let mut settings = self.shared.clone();
        settings.extend(self.settings.get(name).into_iter().flatten().cloned());
        settings.extend(more.iter().cloned());
        self.starts += 1;
        let log = format!("{name}-{}", self.starts);
        let process = Process::start(&log, &self.onsale, &["serve", role], &self.home, &settings)?;
        self.running.insert(name, process);
        Ok(())
    }

    /// Waits until a process is ready.
    ///
    /// # Errors
    /// When it does not become ready.
    pub async fn ready(&mut self, name: &'static str) -> anyhow::Result<()> {
        let address = self.address(name)?;
        let process = self.running.get_mut(name).context("it runs")?;
        process.ready(address).await
    }

    /// `kill -9` of a process.
    ///
    /// # Errors
    /// When it cannot be killed.
    pub fn kill(&mut self, name: &str) -> anyhow::Result<()> {
        self.running.remove(name).map_or(Ok(()), Process::kill)
    }

    /// Ends a process softly.
    pub fn end(&mut self, name: &str) {
        self.running.remove(name);
    }

    /// Whether a process has ended by itself.
    pub fn has_ended(&mut self, name: &str) -> bool {
        self.running.get_mut(name).is_none_or(Process::has_ended)
    }

    /// A process's id.
    ///
    /// # Errors
    /// When it does not run.
    pub fn process_id(&self, name: &str) -> anyhow::Result<u32> {
        Ok(self.running.get(name).context("it runs")?.id())
    }

    /// Sends a signal to a process, by its name without `SIG`.
    ///
    /// # Errors
    /// When it does not run.
    pub fn signal(&self, name: &str, signal: &str) -> anyhow::Result<()> {
        self.running.get(name).context("it runs")?.signal(signal)
    }

    /// Changes what goes wrong at the sandbox; nothing, where it is empty.
    ///
    /// # Errors
    /// When the sandbox does not take it.
    pub async fn set_faults(&self, faults: &str) -> anyhow::Result<()> {
        let mut sandbox = Connection::new(self.address("sandbox")?);
        let answer = sandbox.call(&request("POST", "/sandbox/faults", None, Some(faults))).await?;
        ensure!(answer.status == 303, "the sandbox answered {} to the faults {faults:?}", answer.status);
        Ok(())
    }
}

impl Drop for House {
    fn drop(&mut self) {
        // Whoever was halted cannot end softly.
        for process in self.running.values_mut() {
            if !process.has_ended() {
                let _may_end_now = process.signal("CONT");
            }
        }
        for (name, _) in PROCESSES.iter().rev() {
            self.running.remove(name);
        }
    }
}
