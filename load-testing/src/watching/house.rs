//! The house with several gateways on one port, and what its processes take.

use super::options::Options;
use crate::cpu;
use crate::server::{Process, emptied, free_address};
use anyhow::{Context, ensure};
use onsale_engines::Engines;
use std::net::SocketAddr;
use std::path::PathBuf;

/// Tokens of the run are signed with keys under it; it guards nothing else.
const SECRET: &str = "bench-watchers-throws-its-data-away-afterwards";

/// A house that runs.
pub(super) struct House {
    pub(super) address: SocketAddr,
    pub(super) gateways: Vec<u32>,
    home: PathBuf,
    process: Process,
}

impl House {
    /// Starts it on fresh data.
    pub(super) async fn start(options: &Options) -> anyhow::Result<Self> {
        let onsale = &options.onsale;
        ensure!(onsale.exists(), "{} is not there: build it by `cargo build --release`", onsale.display());
        let (home, address) = (emptied(&options.home)?, free_address()?);
        let settings = [
            ("ONSALE_HOME", home.display().to_string()),
            ("ONSALE_SECRET", SECRET.to_owned()),
            ("METRICS_LISTEN", "off".to_owned()),
            ("RUST_LOG", "warn".to_owned()),
            ("LIMITS", "off".to_owned()),
        ];
        let mut settings: Vec<(String, String)> = settings.map(|(name, value)| (name.to_owned(), value)).into();
        settings.extend(options.settings.iter().cloned());
        let (listen, gateways) = (address.to_string(), options.gateways.to_string());
        let arguments = ["up", "--profile", "load", "--listen", &listen, "--gateways", &gateways];
        let mut process = Process::start("onsale", onsale, &arguments, &home, &settings)?;
        process.ready(address).await?;
        let gateways = cpu::children(process.id(), "onsale");
        ensure!(gateways.len() == options.gateways, "{} gateways run and not {}", gateways.len(), options.gateways);
        Ok(Self { address, gateways, home, process })
    }

    /// The address of its database, as superuser.
    pub(super) fn database_url(&self) -> anyhow::Result<String> {
        Engines::of_running(&self.home)?.database_url.context("the house runs no PostgreSQL of its own")
    }

    /// Processor time so far: of the gateways, of the services beside them, of the engines, and of who watches.
    pub(super) fn cpu(&self, crowds: &[u32]) -> cpu::Times {
        let mut roots = vec![("changers", std::process::id()), ("services", self.process.id())];
        roots.extend(self.gateways.iter().map(|id| ("gateways", *id)));
        roots.extend(crowds.iter().map(|id| ("crowds", *id)));
        cpu::times(&roots)
    }

    /// Memory of the gateways in KiB: their own pages, and their part of those that they share.
    pub(super) fn gateways_kib(&self) -> anyhow::Result<u64> {
        self.gateways.iter().map(|id| pss_kib(*id)).sum()
    }
}

/// `Pss` of `/proc/<id>/smaps_rollup` (proc(5)).
fn pss_kib(id: u32) -> anyhow::Result<u64> {
    let text = std::fs::read_to_string(format!("/proc/{id}/smaps_rollup")).context("read a process's memory")?;
    let line = text.lines().find_map(|line| line.strip_prefix("Pss:")).context("no Pss")?;
    let kib = line.trim().trim_end_matches("kB").trim().parse()?;
    Ok(kib)
}
