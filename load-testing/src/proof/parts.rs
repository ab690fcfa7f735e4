//! The house in parts: processes with some roles each, on engines that this process runs, so that one part or PostgreSQL
//! can be killed while all others go on.

use super::house::SECRET;
use super::options::Options;
use super::tell;
use crate::client::{Connection, request};
use crate::server::{Process, emptied, free_address, isolated};
use anyhow::{Context, ensure};
use onsale_engines::{Engines, Wanted};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

/// The roles of one process.
pub type Roles = &'static [&'static str];
type Settings = Vec<(String, String)>;

/// What a house is told that other people never reach.
const UNLIMITED: [(&str, &str); 4] =
    [("LIMITS", "off"), ("LIMITS_LOGIN", "off"), ("ARGON2_PROFILE", "minimal"), ("DATABASE_POOL_BOOKING", "32")];

/// The processes and the engines below them.
pub struct Parts {
    /// Where the gateway listens, also after a new start.
    pub address: SocketAddr,
    onsale: PathBuf,
    home: PathBuf,
    places: Vec<(&'static str, SocketAddr)>,
    settings: Settings,
    parts: Vec<Part>,
    engines: Engines,
}

struct Part {
    roles: Roles,
    settings: Settings,
    starts: usize,
    running: Option<Process>,
}

impl Parts {
    /// Empties the folder, starts the engines and migrates; no part runs yet. The gateway listens where it is told, at
    /// port 0 where there is room.
    ///
    /// # Errors
    /// When the executable or an engine does not start.
    pub async fn fresh(options: &Options, listen: SocketAddr, layout: &[Roles]) -> anyhow::Result<Self> {
        ensure!(
            options.onsale.exists(),
            "{} is not there: build it by `cargo build --release`",
            options.onsale.display()
        );
        let home = emptied(&options.home)?;
        let engines = Engines::start(&home, Wanted::HOUSE).await?;
        let mut places = Vec::new();
        for role in layout.iter().copied().flatten() {
            let wanted = *role == "gateway" && listen.port() != 0;
            places.push((*role, if wanted { listen } else { free_address()? }));
        }
        let address = places.iter().find(|(role, _)| *role == "gateway").context("there is a gateway")?.1;
        let settings = settings(&engines, &places, address)?;
        let parts = layout.iter().map(|roles| Part { roles, settings: Vec::new(), starts: 0, running: None }).collect();
        let new = Self { address, onsale: options.onsale.clone(), home, places, settings, parts, engines };
        new.run(&["migrate"])?;
        Ok(new)
    }

    /// A setting of all parts from their next start on.
    pub fn set(&mut self, name: &str, value: &str) {
        self.settings.push((name.to_owned(), value.to_owned()));
    }

    /// A setting of one part from its next start on.
    pub fn set_of(&mut self, part: usize, name: &str, value: &str) {
        self.parts[part].settings.push((name.to_owned(), value.to_owned()));
    }

    /// Lifts the limits of persons and addresses.
    pub fn lift_limits(&mut self) {
        for (name, value) in UNLIMITED {
            self.set(name, value);
        }
    }

    /// Runs a command of the executable to its end; gives what it said.
    ///
    /// # Errors
    /// When it does not start, or ends with another exit code than 0.
    pub fn run(&self, arguments: &[&str]) -> anyhow::Result<String> {
        let name = arguments.join(" ");
        tell(&format!("onsale {name}"));
        let mut command = isolated(&self.onsale);
        command.args(arguments).envs(self.settings.iter().cloned()).stderr(Stdio::inherit());
        let output = command.output().with_context(|| format!("start {}", self.onsale.display()))?;
        let said = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        ensure!(output.status.success(), "onsale {name} ended with {}: {said}", output.status);
        Ok(said)
    }

    /// Starts all parts and waits until they are ready.
    ///
    /// # Errors
    /// When one does not become ready.
    pub async fn start_all(&mut self) -> anyhow::Result<()> {
        for part in 0..self.parts.len() {
            self.launch(part)?;
        }
        for part in 0..self.parts.len() {
            self.ready(part).await?;
        }
        Ok(())
    }

    /// Starts one part and waits until it is ready.
    ///
    /// # Errors
    /// When it does not become ready.
    pub async fn start(&mut self, part: usize) -> anyhow::Result<()> {
        self.launch(part)?;
        self.ready(part).await
    }

    /// Starts one part and does not wait for it.
    ///
    /// # Errors
    /// When the executable cannot be started.
    pub fn launch(&mut self, part: usize) -> anyhow::Result<()> {
        let one = &mut self.parts[part];
        one.starts += 1;
        let name = format!("{}-{}", one.roles.first().copied().unwrap_or_default(), one.starts);
        let arguments: Vec<&str> = std::iter::once("serve").chain(one.roles.iter().copied()).collect();
        // A role reaches those of its own process without a socket.
        let upstreams: Vec<_> = one.roles.iter().map(|role| format!("UPSTREAM_{}", role.to_uppercase())).collect();
        let mut settings: Settings =
            self.settings.iter().filter(|(name, _)| !upstreams.contains(name)).cloned().collect();
        settings.extend(one.settings.iter().cloned());
        one.running = Some(Process::start(&name, &self.onsale, &arguments, &self.home, &settings)?);
        Ok(())
    }

    async fn ready(&mut self, part: usize) -> anyhow::Result<()> {
        let one = &mut self.parts[part];
        for (role, place) in &self.places {
            if let Some(process) = one.running.as_mut().filter(|_| one.roles.contains(role)) {
                process.ready(*place).await?;
            }
        }
        Ok(())
    }

    /// `kill -9` of one part.
    ///
    /// # Errors
    /// When the process cannot be killed.
    pub fn kill(&mut self, part: usize) -> anyhow::Result<()> {
        self.parts[part].running.take().map_or(Ok(()), Process::kill)
    }

    /// Whether one part has died by itself; waits for that so long.
    pub async fn has_died(&mut self, part: usize, within: Duration) -> bool {
        let one = &mut self.parts[part].running;
        let died = async {
            while !one.as_mut().is_none_or(Process::has_ended) {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        let has_died = tokio::time::timeout(within, died).await.is_ok();
        if has_died {
            *one = None;
        }
        has_died
    }

    /// `kill -9` of PostgreSQL, and its new start.
    ///
    /// # Errors
    /// When it does not start again.
    pub async fn crash_postgres(&mut self) -> anyhow::Result<()> {
        Ok(self.engines.crash_postgres().await?)
    }

    /// Changes what goes wrong at the sandbox from the next call on, e.g. `fail=10&twice=20`; nothing, where it is empty.
    ///
    /// # Errors
    /// When the sandbox does not take it.
    pub async fn set_faults(&self, faults: &str) -> anyhow::Result<()> {
        let sandbox = self.address_of("sandbox")?;
        let answer = Connection::new(sandbox).call(&request("POST", "/sandbox/faults", None, Some(faults))).await?;
        ensure!(answer.status == 303, "the sandbox answered {} to the faults {faults:?}", answer.status);
        Ok(())
    }

    /// Where a role listens.
    ///
    /// # Errors
    /// When no part has it.
    pub fn address_of(&self, role: &str) -> anyhow::Result<SocketAddr> {
        Ok(self.places.iter().find(|(other, _)| *other == role).with_context(|| format!("there is {role}"))?.1)
    }

    /// Where its database is, as superuser.
    ///
    /// # Errors
    /// When it does not run.
    pub fn database_url(&self) -> anyhow::Result<String> {
        self.engines.addresses().database_url.context("PostgreSQL runs")
    }

    /// Each part with its process id.
    pub fn processes(&self) -> String {
        let named = |part: &Part| Some(format!("{} {}", part.roles.join(" "), part.running.as_ref()?.id()));
        self.parts.iter().filter_map(named).collect::<Vec<_>>().join(", ")
    }
}

impl Drop for Parts {
    fn drop(&mut self) {
        // The edge comes last in every layout and goes first; the engines go after all of them.
        while self.parts.pop().is_some() {}
    }
}

/// What all processes are told.
fn settings(engines: &Engines, places: &[(&str, SocketAddr)], gateway: SocketAddr) -> anyhow::Result<Settings> {
    let addresses = engines.addresses();
    let public = format!("http://localhost:{}", gateway.port());
    let mut settings = Settings::new();
    let mut set = |name: &str, value: String| settings.push((name.to_owned(), value));
    set("DATABASE_URL", addresses.database_url.context("PostgreSQL runs")?);
    set("REDIS_URLS", addresses.redis_urls.join(","));
    set("ONSALE_SECRET", SECRET.to_owned());
    set("PUBLIC_URL", public.clone());
    set("METRICS_LISTEN", "off".to_owned());
    set("RUST_LOG", "warn".to_owned());
    set("DEMO", "on".to_owned());
    set("SANDBOX_PUBLIC_URL", public);
    set("SANDBOX_WEBHOOK_URL", format!("http://{gateway}/api/payments/webhooks/stripe"));
    for (role, place) in places {
        let name = role.to_ascii_uppercase();
        set(&format!("LISTEN_{name}"), place.to_string());
        set(&format!("UPSTREAM_{name}"), format!("http://{place}"));
        if *role == "sandbox" {
            set("PAYMENT_SANDBOX_URL", format!("http://{place}"));
        }
        if *role != "gateway" {
            let url = engines.database_url(&format!("onsale_{role}"));
            set(&format!("DATABASE_URL_{name}"), url.context("PostgreSQL runs")?);
        }
    }
    Ok(settings)
}
