//! The measured promise I7: people come at 1, 2, 5 and 10 times the rate that the house can serve, whatever it answers
//! (open loop). Each looks at an event, reserves two tickets and pays. Who is refused comes again when `Retry-After`
//! says so, within a budget; then the crowd goes, and it is watched how long until all is as before.

pub mod chart;
mod crowd;
pub mod options;
mod person;
mod pool;
mod tally;
pub mod verdict;

use crate::cpu;
use crate::server::Servers;
use crate::setup::{Admin, Sale, sign_up};
use anyhow::Context;
use crowd::Crowd;
use options::Options;
use std::io::Write;
use std::net::SocketAddr;
use std::time::Duration;
use tally::Tally;
use tokio::net::TcpStream;

/// Several, as booking has one counter row an event.
const EVENTS: usize = 8;
/// The most that a ticket type may have.
const TICKETS_EACH: u32 = 1_000_000;
const HOLD_SECONDS: u32 = 3_600;
/// Between phases, so that what one left behind does not slow the next.
const REST: Duration = Duration::from_secs(3);
/// Of the capacity, while it is watched how all goes back to normal.
const AFTERWARDS: f64 = 0.5;
/// How long that is watched.
const RECOVERY_MAX: Duration = Duration::from_secs(30);
/// Connections that idle while the memory of one is measured.
const IDLE: usize = 5_000;
const WARM: usize = 1_000;
/// How many more come in each step while the capacity is looked for, and how many steps there are at most.
const STEP: f64 = 1.25;
const STEPS_MAX: u32 = 10;
/// Of those who come, who buy as long as the capacity is not reached.
const SERVED: f64 = 0.9;

/// What one phase showed.
pub struct Phase {
    /// How many times the capacity came.
    pub multiple: f64,
    /// People who came a second.
    pub offered: f64,
    /// How long it lasted.
    pub lasted: Duration,
    /// Every request and every person.
    pub tally: Tally,
}

/// What all phases showed.
pub struct Findings {
    /// People a second who bought, when each came as the one before was served.
    pub capacity: f64,
    /// Bytes of the house's memory that an idle connection takes.
    pub idle_bytes: f64,
    /// From 1 times the capacity to the most.
    pub phases: Vec<Phase>,
    /// Afterwards.
    pub recovery: Phase,
}

/// Runs everything on fresh data and stops it again.
///
/// # Errors
/// When something cannot be started or measured.
pub async fn run(options: &Options) -> anyhow::Result<Findings> {
    tell("starting PostgreSQL, Redis, the sandbox and the house on fresh data");
    // As gateways are started; the house here is one process, which is one of them too.
    let small_pages = ("MIMALLOC_ALLOW_THP".to_owned(), "0".to_owned());
    let settings: Vec<_> = std::iter::once(small_pages).chain(options.settings.iter().cloned()).collect();
    let servers = Servers::start(&options.onsale, &options.home, &settings).await?;
    let outcome = measure(options, &servers).await;
    servers.stop();
    outcome
}

async fn measure(options: &Options, servers: &Servers) -> anyhow::Result<Findings> {
    let admin = Admin::create(servers.address, servers.database_url()).await?;
    // The venue is made with a hall.
    admin.create_hall(1).await?;
    let mut events = Vec::new();
    for n in 0..EVENTS {
        let id = format!("CROWD-{n}");
        let sale = Sale { hall: None, hold_seconds: HOLD_SECONDS, standing: Some(TICKETS_EACH) };
        admin.publish(&id, &sale).await?;
        events.push(id);
    }
    let tokens = sign_up(servers.address, options.users, "crowd-").await?;
    let idle_bytes = idle_bytes(servers).await?;
    tell(&format!("an idle connection takes {:.1} kB", idle_bytes / 1_000.0));
    let crowd = Crowd::new(servers.address, &events, &tokens, options.connections);
    crowd.closed(options.workers, Duration::from_secs(3)).await?;
    let time = Duration::from_secs(options.seconds);
    let capacity = capacity(&crowd, servers, options.workers, time).await?;
    let mut phases = Vec::new();
    for multiple in &options.multiples {
        tokio::time::sleep(REST).await;
        phases.push(phase(&crowd, servers, capacity, *multiple, time).await?);
    }
    let recovery = phase(&crowd, servers, capacity, AFTERWARDS, RECOVERY_MAX).await?;
    Ok(Findings { capacity, idle_bytes, phases, recovery })
}

/// People a second who buy: ever more come, whatever becomes of them, until more of them do not buy more. A crowd of which
/// each comes as the one before was served only begins it: they wait for the payment provider, all at once.
async fn capacity(crowd: &Crowd, servers: &Servers, workers: usize, time: Duration) -> anyhow::Result<f64> {
    let closed = crowd.closed(workers, time).await?;
    let mut best = closed.bought_a_second(time);
    anyhow::ensure!(best >= 1.0, "nobody could buy: {}", closed.statuses());
    let mut offered = best;
    for _ in 0..STEPS_MAX {
        tokio::time::sleep(REST).await;
        offered *= STEP;
        let before = servers.cpu();
        let bought = crowd.open(offered, time).await?.bought_a_second(time);
        tell(&format!("{offered:.0} come a second: {bought:.0} buy; {}", cpu_of(&before, servers, time)));
        best = best.max(bought);
        if bought < SERVED * offered {
            break;
        }
    }
    tell(&format!("capacity: {best:.0} people a second"));
    Ok(best)
}

async fn phase(
    crowd: &Crowd,
    servers: &Servers,
    capacity: f64,
    multiple: f64,
    lasted: Duration,
) -> anyhow::Result<Phase> {
    let offered = capacity * multiple;
    let before = servers.cpu();
    let tally = crowd.open(offered, lasted).await?;
    let phase = Phase { multiple, offered, lasted, tally };
    tell(&format!("{}; {}", verdict::line(&phase), cpu_of(&before, servers, lasted)));
    Ok(phase)
}

/// Who used the processors, in processors.
fn cpu_of(before: &cpu::Times, servers: &Servers, lasted: Duration) -> String {
    let used = cpu::used(before, &servers.cpu());
    let share = |micros: u64| Duration::from_micros(micros).as_secs_f64() / lasted.as_secs_f64().max(1e-9);
    let parts: Vec<_> = used.iter().map(|(name, micros)| format!("{name} {:.2}", share(*micros))).collect();
    format!("processors: {}", parts.join(", "))
}

/// Bytes of the house's memory that a connection takes which asked once and idles.
async fn idle_bytes(servers: &Servers) -> anyhow::Result<f64> {
    let _warm = asked_once(servers.address, WARM).await?;
    let before = servers.resident_bytes()?;
    let _idle = asked_once(servers.address, IDLE).await?;
    let after = servers.resident_bytes()?;
    let grown = u32::try_from(after.saturating_sub(before)).context("memory that grew by less than 4 GB")?;
    Ok(f64::from(grown) / f64::from(u32::try_from(IDLE)?))
}

/// Connections that asked once and stay open.
pub(crate) async fn asked_once(address: SocketAddr, connections: usize) -> anyhow::Result<Vec<TcpStream>> {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let ask = crate::client::request("GET", "/api/events?limit=1", None, None);
    let mut open = Vec::with_capacity(connections);
    for _ in 0..connections {
        let mut stream = TcpStream::connect(address).await?;
        stream.write_all(&ask).await?;
        let mut answer = [0; 12];
        stream.read_exact(&mut answer).await?;
        anyhow::ensure!(answer.ends_with(b"200"), "asked for the events: {}", String::from_utf8_lossy(&answer));
        open.push(stream);
    }
    Ok(open)
}

fn tell(text: &str) {
    let _nowhere_to_say = writeln!(std::io::stderr(), "{text}");
}
