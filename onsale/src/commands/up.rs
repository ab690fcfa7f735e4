//! `onsale up`: everything in one process, or gateways beside it.

use crate::cli::{Profile, Up};
use crate::commands::{migrate::migrate, seed};
use crate::gateways::{self, Gateways};
use crate::place::{Kind, Place};
use crate::process::{self, Process};
use crate::progress::step;
use crate::seed::{DEMO_ACCOUNTS, DEMO_PASSWORD, LOAD_PASSWORD};
use crate::{commands, front, say};
use anyhow::Context;
use onsale_engines::Engines;
use onsale_observability::Guard;
use onsale_platform::ServiceRole;
use onsale_platform::env::Env;
use std::net::SocketAddr;
use std::path::Path;
use tokio::net::{TcpListener, TcpSocket};

/// The sandbox has no port of its own choice: the payment service is told where it is.
const SANDBOX_LISTEN: &str = "127.0.0.1:0";
/// Where services of this process are reached by gateways beside it.
const INSIDE_LISTEN: &str = "127.0.0.1:0";
/// Quiet, for a person reads the terminal.
const LOG_FILTER: &str = "warn";

/// Runs everything until somebody wants it to end.
pub(crate) async fn run(env: &Env, home: &Path, options: &Up) -> anyhow::Result<()> {
    anyhow::ensure!(!env.is_production()?, "`onsale up` is for trying out: in production run `onsale serve <role>…`");
    anyhow::ensure!(env.text("TLS_CERTIFICATE")?.is_none(), "TLS_CERTIFICATE is for `onsale serve gateway`");
    front::check(&env.with([("GATEWAY_COUNT".to_owned(), options.gateways.max(1).to_string())]))?;
    let door = Door::open(options).await?;
    // Port 0 has become a real one.
    let options = &Up { listen: door.address()?, ..options.clone() };
    let env = with_defaults(env, settings(options))?;
    let guard = process::observe(&env, "onsale")?;
    let (kind, what) = match options.cluster {
        true => (Kind::Cluster, "Starting PostgreSQL, Redis, Kafka and Elasticsearch"),
        false => (Kind::House, "Starting PostgreSQL and Redis"),
    };
    let mut place = step(what, Box::pin(Place::start(&env, home, kind))).await?;
    let outcome = tokio::select! {
        outcome = Box::pin(serve(&place.env, guard, door, options)) => outcome,
        error = ended(place.engines.as_mut(), kind) => Err(error),
    };
    place.stop().await;
    outcome
}

/// Where people come in.
enum Door {
    /// This process lets them in.
    Here(TcpListener),
    /// Gateways of their own do; the port is kept for them.
    Beside(TcpSocket),
}

impl Door {
    async fn open(options: &Up) -> anyhow::Result<Self> {
        match options.gateways {
            0 => Ok(Self::Here(process::bind(options.listen, "--listen").await?)),
            _ => {
                let port = gateways::keep_port(options.listen);
                Ok(Self::Beside(port.with_context(|| process::cannot_listen(options.listen, "--listen"))?))
            }
        }
    }

    fn address(&self) -> std::io::Result<SocketAddr> {
        match self {
            Self::Here(listener) => listener.local_addr(),
            Self::Beside(socket) => socket.local_addr(),
        }
    }
}

async fn serve(env: &Env, guard: Guard, door: Door, options: &Up) -> anyhow::Result<()> {
    step("Migrating the database", migrate(env)).await?;
    let (env, sandbox) = with_sandbox(env, options).await?;
    let has_gateway = matches!(door, Door::Here(_));
    let is_here = |role: &ServiceRole| match role {
        ServiceRole::Gateway => has_gateway,
        ServiceRole::Sandbox => sandbox.is_some(),
        _ => true,
    };
    let roles: Vec<_> = ServiceRole::ALL.iter().copied().filter(is_here).collect();
    let mut listeners: Vec<_> = sandbox.map(|listener| (ServiceRole::Sandbox, listener)).into_iter().collect();
    // Kept until the end: nobody else is to have the port.
    let mut kept = None;
    match door {
        Door::Here(listener) => listeners.push((ServiceRole::Gateway, listener)),
        Door::Beside(port) => {
            for role in roles.iter().filter(|role| **role != ServiceRole::Sandbox) {
                listeners
                    .push((*role, TcpListener::bind(INSIDE_LISTEN).await.context("finding a port for a service")?));
            }
            kept = Some(port);
        }
    }
    let services = addresses(&listeners)?;
    let process = step("Starting the services", Process::start(&env, guard, listeners, &roles)).await?;
    let gateways = match &kept {
        Some(_) => Some(
            step("Starting the gateways", Gateways::start(&env, options.listen, options.gateways, &services)).await?,
        ),
        None => None,
    };
    let outcome = run_until_asked(&env, &process, options).await;
    say("Stopping …");
    if let Some(gateways) = gateways {
        gateways.stop().await;
    }
    process.stop().await;
    outcome
}

fn addresses(listeners: &[(ServiceRole, TcpListener)]) -> std::io::Result<Vec<(ServiceRole, SocketAddr)>> {
    listeners.iter().map(|(role, listener)| Ok((*role, listener.local_addr()?))).collect()
}

async fn run_until_asked(env: &Env, process: &Process, options: &Up) -> anyhow::Result<()> {
    let metrics = process.serve_metrics(env).await?;
    let sowing = async {
        if seed::is_empty(env).await? {
            seed::sow(process.platform(), options.profile).await?;
        }
        greet(process, options, metrics).await
    };
    tokio::select! {
        sown = Box::pin(sowing) => sown?,
        asked = commands::asked_to_stop() => return asked,
    }
    commands::asked_to_stop().await
}

/// Resolves when an engine ends by itself. Of a cluster any may: it costs only its own part, and comes back.
async fn ended(engines: Option<&mut Engines>, kind: Kind) -> anyhow::Error {
    match (engines, kind) {
        (Some(engines), Kind::House) => engines.failed().await.into(),
        (Some(engines), Kind::Cluster) => engines.keep_up().await,
        (None, _) => std::future::pending().await,
    }
}

/// A sandbox in this process, unless a real provider or another sandbox is named.
async fn with_sandbox(env: &Env, options: &Up) -> anyhow::Result<(Env, Option<TcpListener>)> {
    if env.secret("STRIPE_SECRET_KEY")?.is_some() {
        return Ok((env.clone(), None));
    }
    let mut defaults = vec![
        ("DEMO", "on".to_owned()),
        ("SANDBOX_PUBLIC_URL", public_url(options)),
        ("SANDBOX_WEBHOOK_URL", format!("http://{}/api/payments/webhooks/stripe", gateways::from_here(options.listen))),
    ];
    let listener = match env.text("PAYMENT_SANDBOX_URL")? {
        Some(elsewhere) => {
            defaults.push(("UPSTREAM_SANDBOX", elsewhere));
            None
        }
        None => {
            let listener = TcpListener::bind(SANDBOX_LISTEN).await.context("finding a port for the sandbox")?;
            defaults.push(("PAYMENT_SANDBOX_URL", format!("http://{}", listener.local_addr()?)));
            Some(listener)
        }
    };
    Ok((with_defaults(env, defaults)?, listener))
}

fn settings(options: &Up) -> Vec<(&'static str, String)> {
    let mut settings = vec![("RUST_LOG", LOG_FILTER.to_owned()), ("PUBLIC_URL", public_url(options))];
    // The heart has more to do than the others.
    settings.push(("DATABASE_POOL_BOOKING", "32".to_owned()));
    if options.profile == Profile::Load {
        settings.push(("LIMITS", "off".to_owned()));
        settings.push(("LIMITS_LOGIN", "off".to_owned()));
        settings.push(("ARGON2_PROFILE", "minimal".to_owned()));
    }
    settings
}

/// Settings behind those that somebody made.
fn with_defaults(env: &Env, defaults: Vec<(&'static str, String)>) -> anyhow::Result<Env> {
    let mut missing = Vec::new();
    for (name, value) in defaults {
        if env.text(name)?.is_none() {
            missing.push((name.to_owned(), value));
        }
    }
    Ok(env.with(missing))
}

/// Where people reach it.
fn public_url(options: &Up) -> String {
    let host = match options.listen.ip() {
        ip if ip.is_loopback() || ip.is_unspecified() => "localhost".to_owned(),
        ip => ip.to_string(),
    };
    format!("http://{host}:{}", options.listen.port())
}

async fn greet(process: &Process, options: &Up, metrics: Option<SocketAddr>) -> anyhow::Result<()> {
    let url = public_url(options);
    say(&format!("\n  Onsale runs:      {url}"));
    say(&format!("  The API to read:  {url}/api/docs"));
    if let Some(address) = metrics {
        say(&format!("  Metrics:          http://{address}/metrics"));
    }
    match options.profile {
        Profile::Demo => greet_demo(),
        Profile::Load => greet_load(&seed::box_office_key(process.platform()).await?),
    }
    say("\n  Ctrl-C stops it; what is sold stays. `make reset` starts over.\n");
    Ok(())
}

fn greet_demo() {
    say("\n  Sign in:");
    for account in DEMO_ACCOUNTS {
        let role = account.role.map_or("customer", |role| role.as_str());
        say(&format!("    {:<28} {DEMO_PASSWORD}   ({role})", account.email));
    }
}

fn greet_load(key: &str) {
    say("\n  LOAD PROFILE: limits of addresses, of persons and of logins are OFF, and passwords are");
    say("  hashed at next to no cost. NEVER let other people reach this installation.");
    say(&format!("\n  Sign in:             testuser1@loadtest.com … testuser100@loadtest.com   {LOAD_PASSWORD}"));
    say(&format!("  Box-office API key:  {key}"));
}
