//! `onsale up --gateways`: gateways that are processes of their own, all on one port. Each has a process's files for
//! itself, and losing one costs only its own connections.

use onsale_platform::ServiceRole;
use onsale_platform::env::Env;
use onsale_platform::random;
use std::net::SocketAddr;
use std::process::Stdio;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::process::{Child, Command};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// How long a gateway may take to let open requests end.
const STOP_MAX: Duration = Duration::from_secs(25);
/// How long the first of them may take until it is ready.
const READY_MAX: Duration = Duration::from_secs(30);
const LOOK_EVERY: Duration = Duration::from_millis(50);
/// The pause before one that ended is started again, at first and at most.
const PAUSE_MIN: Duration = Duration::from_millis(200);
const PAUSE_MAX: Duration = Duration::from_secs(5);
/// What all of them together may spend on telling watchers, in ms of processor time a second.
const FANOUT_CPU_MS: u32 = 500;
/// Whoever ran for so long was well.
const WELL_AFTER: Duration = Duration::from_secs(30);

/// A port that several processes will share, kept for them: bound, but nobody is let in here.
pub(crate) fn keep_port(address: SocketAddr) -> std::io::Result<TcpSocket> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    socket.set_reuseaddr(true)?;
    socket.set_reuseport(true)?;
    socket.bind(address)?;
    Ok(socket)
}

/// Where this machine reaches what listens there.
pub(crate) fn from_here(mut listening: SocketAddr) -> SocketAddr {
    if listening.ip().is_unspecified() {
        listening.set_ip(std::net::Ipv4Addr::LOCALHOST.into());
    }
    listening
}

/// The gateways of a machine.
pub(crate) struct Gateways {
    supervised: JoinSet<()>,
    stop: CancellationToken,
}

impl Gateways {
    /// Starts them and waits until people are served.
    pub(crate) async fn start(
        env: &Env,
        listen: SocketAddr,
        count: u16,
        services: &[(ServiceRole, SocketAddr)],
    ) -> anyhow::Result<Self> {
        let mut settings = vec![
            ("LISTEN_GATEWAY".to_owned(), listen.to_string()),
            ("GATEWAY_SHARED_PORT".to_owned(), "on".to_owned()),
            ("GATEWAY_COUNT".to_owned(), count.to_string()),
            ("ENDS_WITH_STDIN".to_owned(), "on".to_owned()),
            ("METRICS_LISTEN".to_owned(), "127.0.0.1:0".to_owned()),
        ];
        let role = "GATEWAY";
        let pool = format!("DATABASE_POOL_{role}");
        if env.text(&pool)?.is_none() {
            // Ten of them share what one server has to give.
            settings.push((pool, "4".to_owned()));
        }
        if env.text("FANOUT_CPU_MS")?.is_none() {
            // Together they have what one process would have.
            settings.push(("FANOUT_CPU_MS".to_owned(), (FANOUT_CPU_MS / u32::from(count.max(1))).to_string()));
        }
        for (role, address) in services {
            settings.push((format!("UPSTREAM_{}", role.as_str().to_ascii_uppercase()), format!("http://{address}")));
        }
        let env = env.with(settings);
        let stop = CancellationToken::new();
        let mut supervised = JoinSet::new();
        for number in 1..=count {
            supervised.spawn(keep_running(env.clone(), number, stop.clone()));
        }
        let gateways = Self { supervised, stop };
        match ready(listen).await {
            Ok(()) => Ok(gateways),
            Err(error) => {
                gateways.stop().await;
                Err(error)
            }
        }
    }

    /// Ends them: open requests may end first.
    pub(crate) async fn stop(mut self) {
        self.stop.cancel();
        while self.supervised.join_next().await.is_some() {}
    }
}

/// Runs one, and again when it ends by itself.
async fn keep_running(env: Env, number: u16, stop: CancellationToken) {
    let mut failures = 0;
    loop {
        let began = Instant::now();
        match start(&env) {
            Ok(mut child) => {
                // Held here, as waiting would close it, and that asks it to end.
                let asks_to_end = child.stdin.take();
                tokio::select! {
                    status = child.wait() => tracing::error!(gateway = number, ?status, "a gateway ended; it is started again"),
                    () = stop.cancelled() => {
                        drop(asks_to_end);
                        return end(child, number).await;
                    }
                }
            }
            Err(error) => tracing::error!(gateway = number, %error, "a gateway could not be started"),
        }
        failures = if began.elapsed() > WELL_AFTER { 1 } else { failures + 1 };
        tokio::select! {
            () = tokio::time::sleep(random::backoff(failures, PAUSE_MIN, 2, PAUSE_MAX)) => {}
            () = stop.cancelled() => return,
        }
    }
}

/// Huge pages would fill what most connections never touch of their buffers (mimalloc's options, "allow_thp").
const SMALL_PAGES: (&str, &str) = ("MIMALLOC_ALLOW_THP", "0");

fn start(env: &Env) -> std::io::Result<Child> {
    let mut command = Command::new(std::env::current_exe()?);
    // In a process group of its own: Ctrl-C in a terminal reaches us alone.
    command
        .args(["serve", "gateway"])
        .env_clear()
        .envs([SMALL_PAGES])
        .envs(env.all())
        .stdin(Stdio::piped())
        .process_group(0);
    command.kill_on_drop(true).spawn()
}

/// Waits for one that was asked to end.
async fn end(mut child: Child, number: u16) {
    if tokio::time::timeout(STOP_MAX, child.wait()).await.is_err() {
        tracing::warn!(gateway = number, "a gateway did not end in {STOP_MAX:?} and is killed");
    }
}

/// Waits until somebody answers on the shared port that all it needs is there.
async fn ready(listen: SocketAddr) -> anyhow::Result<()> {
    let address = from_here(listen);
    let began = Instant::now();
    loop {
        if is_ready(address).await.unwrap_or(false) {
            return Ok(());
        }
        anyhow::ensure!(began.elapsed() < READY_MAX, "no gateway was ready within {} s", READY_MAX.as_secs());
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

async fn is_ready(address: SocketAddr) -> std::io::Result<bool> {
    let mut stream = TcpStream::connect(address).await?;
    stream
        .write_all(format!("GET /health/ready HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n").as_bytes())
        .await?;
    let mut status = [0; 12];
    stream.read_exact(&mut status).await?;
    Ok(status.ends_with(b" 200"))
}
