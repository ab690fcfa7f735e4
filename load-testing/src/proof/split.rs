//! The house with every role a process of its own, on engines that this process runs, with the demo season.

use super::house::SECRET;
use super::options::{Options, Split};
use super::{asked_to_stop, tell};
use crate::server::{Process, emptied, free_address, isolated};
use anyhow::{Context, ensure};
use onsale_engines::{Engines, Wanted};
use std::io::Write;
use std::net::SocketAddr;
use std::path::Path;

/// In the order in which they are started; the edge comes last.
const ROLES: [&str; 8] = ["auth", "admin", "sandbox", "payment", "booking", "search", "notification", "gateway"];

type Settings = Vec<(String, String)>;

/// Runs it until somebody wants it to end.
///
/// # Errors
/// When a process or an engine does not start.
pub async fn run(options: &Options, split: &Split) -> anyhow::Result<String> {
    let home = emptied(&options.home)?;
    let engines = Engines::start(&home, Wanted::ALL).await?;
    let outcome = serve(options, split, &home, &engines).await;
    engines.stop().await;
    outcome
}

async fn serve(options: &Options, split: &Split, home: &Path, engines: &Engines) -> anyhow::Result<String> {
    let mut places: Vec<(&str, SocketAddr)> = Vec::new();
    for role in ROLES {
        let wanted = role == "gateway" && split.listen.port() != 0;
        places.push((role, if wanted { split.listen } else { free_address()? }));
    }
    let gateway = places.last().context("there is a gateway")?.1;
    let settings = settings(engines, &places, gateway)?;
    for arguments in [["migrate"].as_slice(), &["seed", "demo"]] {
        tell(&format!("onsale {}", arguments.join(" ")));
        let status = isolated(&options.onsale).args(arguments).envs(settings.iter().cloned()).status();
        let status = status.with_context(|| format!("start {}", options.onsale.display()))?;
        ensure!(status.success(), "onsale {} ended with {status}", arguments.join(" "));
    }
    let mut processes = Vec::new();
    for (role, place) in &places {
        let (listen, own) = (place.to_string(), of_role(role, &settings));
        let arguments = ["serve", role, "--listen", &listen];
        processes.push(Process::start(role, &options.onsale, &arguments, home, &own)?);
    }
    for (process, (_, place)) in processes.iter_mut().zip(&places) {
        process.ready(*place).await?;
    }
    let pids = processes.iter().zip(ROLES).map(|(process, role)| format!("{role} {}", process.id()));
    tell(&format!("processes: {}", pids.collect::<Vec<_>>().join(", ")));
    writeln!(std::io::stdout(), "\n  Onsale runs:      http://localhost:{}", gateway.port())?;
    asked_to_stop().await?;
    // The edge goes first.
    while let Some(process) = processes.pop() {
        drop(process);
    }
    Ok(format!("split: {} roles ran as processes of their own", ROLES.len()))
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

/// A role reaches itself without a socket.
fn of_role(role: &str, settings: &Settings) -> Settings {
    let itself = format!("UPSTREAM_{}", role.to_ascii_uppercase());
    settings.iter().filter(|(name, _)| *name != itself).cloned().collect()
}
