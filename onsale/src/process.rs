//! What the services of one process share, and their common start and stop.

use crate::front::Front;
use crate::{gateways, logins, production, roles};
use anyhow::Context;
use axum::Router;
use onsale_observability::Guard;
use onsale_platform::bus::Bus;
use onsale_platform::clock::Clock;
use onsale_platform::env::Env;
use onsale_platform::fanout::Fanout;
use onsale_platform::pg::{self, PgConfig};
use onsale_platform::settings::Live;
use onsale_platform::shutdown::Shutdown;
use onsale_platform::tokens::{DeploymentSecret, ServiceTokens, TokenConfig, TokenVerifier};
use onsale_platform::upstream::Upstreams;
use onsale_platform::{Platform, ServiceRole, serve};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;

/// How long background workers and open requests may take to end.
const STOP_MAX: Duration = Duration::from_secs(25);
/// How many connections may wait to be let in; the system may have a lower bound of its own.
const BACKLOG: u32 = 4_096;
const METRICS_LISTEN: &str = "127.0.0.1:9464";

/// A running process.
pub(crate) struct Process {
    platform: Platform,
    guard: Guard,
}

impl Process {
    /// Starts these roles, makes them reachable for each other, and then lets them work.
    pub(crate) async fn start(
        env: &Env,
        guard: Guard,
        listeners: Vec<(ServiceRole, TcpListener)>,
        roles: &[ServiceRole],
    ) -> anyhow::Result<Self> {
        production::check(env, roles)?;
        let platform = platform(env, roles).await?;
        let front = Front::of(&platform, roles)?;
        check_upstreams(&platform, roles)?;
        logins::check_pools(env, roles).await?;
        let mut started = Vec::with_capacity(roles.len());
        for role in roles {
            let service = roles::start(*role, &platform).await?;
            platform.upstreams.install(*role, service.router.clone());
            started.push(service);
        }
        platform.shutdown.spawn("tokens", Arc::clone(&platform.verifier).follow(platform.shutdown.clone()));
        let settings = platform.settings.clone().follow(platform.upstreams.clone(), platform.shutdown.clone());
        platform.shutdown.spawn("settings", settings);
        listen(&platform, front, listeners, &started);
        for service in started {
            (service.spawn_jobs)();
        }
        Ok(Self { platform, guard })
    }

    /// Serves the metrics on a port of their own until the end.
    pub(crate) async fn serve_metrics(&self, env: &Env) -> anyhow::Result<Option<SocketAddr>> {
        let setting = env.text("METRICS_LISTEN")?;
        if setting.as_deref() == Some("off") {
            return Ok(None);
        }
        let address = setting.clone().unwrap_or_else(|| METRICS_LISTEN.to_owned());
        let listener = match (TcpListener::bind(&address).await, setting) {
            (Ok(listener), _) => listener,
            // Somebody else has the usual port: any will do, for it is told.
            (Err(_), None) => TcpListener::bind("127.0.0.1:0").await.context("finding a port for the metrics")?,
            (Err(error), Some(_)) => {
                let what = format!("METRICS_LISTEN={address} cannot be had: choose another address, or off");
                return Err(anyhow::Error::new(error).context(what));
            }
        };
        let address = listener.local_addr().context("the metrics' address")?;
        let shutdown = self.platform.shutdown.clone();
        let router = self.guard.metrics_router();
        self.platform.shutdown.spawn("metrics", serve::serve_internal(listener, router, shutdown));
        let stop = tokio_util::sync::CancellationToken::new();
        tokio::spawn(self.guard.metrics().clone().keep_up(stop.clone()));
        let shutdown = self.platform.shutdown.clone();
        tokio::spawn(async move {
            shutdown.requested().await;
            stop.cancel();
        });
        Ok(Some(address))
    }

    /// What its services share.
    pub(crate) fn platform(&self) -> &Platform {
        &self.platform
    }

    /// Stops softly; what has not ended by then is cut off with the process.
    pub(crate) async fn stop(self) {
        self.platform.shutdown.request();
        if !self.platform.shutdown.wait(STOP_MAX).await {
            tracing::warn!("some tasks had not ended after {STOP_MAX:?} and are cut off");
        }
        self.guard.finish().await;
    }
}

/// Sets up logs, traces and metrics; first of all.
pub(crate) fn observe(env: &Env, name: &str) -> anyhow::Result<Guard> {
    let settings = onsale_observability::Settings::read(|setting| env.text(setting).ok().flatten())?;
    onsale_observability::init(name, &settings)
}

/// Takes an address, before anything else is done.
pub(crate) async fn bind(address: SocketAddr, setting: &str) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| cannot_listen(address, setting))
}

/// Takes a port together with other processes; the system spreads new connections over them (`SO_REUSEPORT`).
pub(crate) fn bind_shared(address: SocketAddr, setting: &str) -> anyhow::Result<TcpListener> {
    let listening = gateways::keep_port(address).and_then(|socket| socket.listen(BACKLOG));
    listening.with_context(|| cannot_listen(address, setting))
}

/// The remedy where an address cannot be listened on.
pub(crate) fn cannot_listen(address: SocketAddr, setting: &str) -> String {
    format!("{address} cannot be listened on: stop what uses it, or choose another address by {setting}")
}

/// What the services of a process with these roles share.
pub(crate) async fn platform(env: &Env, roles: &[ServiceRole]) -> anyhow::Result<Platform> {
    let first = roles.first().copied().context("name a role to run")?;
    let secret = DeploymentSecret::of(env)?;
    let clock_role = roles.iter().copied().find(|role| logins::has_database(*role)).unwrap_or(first);
    let config = PgConfig { connections_max: 1, ..PgConfig::of(env, clock_role)? };
    let server = logins::server_of(&config.url);
    let pool = pg::connect(&config, clock_role).await.with_context(|| logins::unreachable(&server))?;
    let clock = Clock::measured(&pool).await.context("asking PostgreSQL for the time")?;
    let shutdown = Shutdown::new();
    shutdown.spawn("clock", clock.clone().keep_measuring(pool, shutdown.clone()));
    let bus = Bus::connect(env, &shutdown).await.context("opening the bus")?;
    let service_tokens = ServiceTokens::new(&secret, first, clock.clone());
    let upstreams = Upstreams::from_env(env, service_tokens.clone())?;
    let tokens = TokenConfig::of(env)?;
    let verifier = TokenVerifier::new(&tokens, &secret, roles, upstreams.clone(), clock.clone());
    let verifier = Arc::new(verifier);
    let fanout = Fanout::of(env)?;
    let settings = Live::default();
    Ok(Platform { env: env.clone(), clock, verifier, service_tokens, bus, fanout, settings, upstreams, shutdown })
}

/// Refuses roles whose neighbours are neither here nor named.
fn check_upstreams(platform: &Platform, roles: &[ServiceRole]) -> anyhow::Result<()> {
    for role in roles {
        for needed in roles::calls(*role) {
            anyhow::ensure!(
                roles.contains(needed) || !platform.upstreams.is_local(*needed),
                "{role} calls {needed}, which this process does not run: set UPSTREAM_{} to its address \
                 (http://host:port, dns://name:port or srv://name)",
                needed.as_str().to_ascii_uppercase()
            );
        }
    }
    Ok(())
}

fn listen(
    platform: &Platform,
    mut front: Option<Front>,
    listeners: Vec<(ServiceRole, TcpListener)>,
    started: &[roles::Started],
) {
    for (role, listener) in listeners {
        let Some(service) = started.iter().find(|service| service.role == role) else { continue };
        let router: Router = service.router.clone();
        let shutdown = platform.shutdown.clone();
        let front = if role == ServiceRole::Gateway { front.take() } else { None };
        match front {
            Some(Front { bounds, tls }) => {
                platform.shutdown.spawn("listener", serve::serve_by(bounds, tls, listener, router, shutdown));
            }
            None => platform.shutdown.spawn("listener", serve::serve_internal(listener, router, shutdown)),
        }
    }
}
