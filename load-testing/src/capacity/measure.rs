//! Runs the house at several sizes, and fits what one more call adds.

mod calls;

use super::costs::{Cost, Costs, Tier};
use super::fit;
use super::meter::{Meter, Reading, SETTLE};
use super::options::Measure;
use super::{scaling, streams};
use crate::client::{Answer, Connection};
use crate::load::{self, Pace};
use crate::scenario::EVENT_SEATS;
use crate::setup::{Admin, Hall, Sale, sign_up};
use crate::swarm::figures::Call;
use crate::swarm::house::{House, Wanted};
use crate::swarm::wall_ms;
use crate::swarm::watch::float;
use anyhow::{Context, ensure};
use serde_json::json;
use std::io::Write;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

/// Connections that calls go over.
const CONNECTIONS: usize = 64;
/// Events to buy at, one after the other.
const EVENTS: usize = 3;

/// The house, and whom it is measured with.
pub(super) struct Stage {
    pub(super) address: SocketAddr,
    pub(super) hall: Hall,
    pub(super) tokens: Vec<String>,
    /// Where seats are bought; the first one is watched as well.
    pub(super) events: Vec<String>,
    /// Whose lobby is open.
    pub(super) line: String,
}

impl Stage {
    /// Makes events, a line and people.
    ///
    /// # Errors
    /// When the house refuses something.
    pub(super) async fn make(house: &House, users: usize) -> anyhow::Result<Self> {
        let admin = Admin::create(house.address, &house.database_url()?).await?;
        let hall = admin.create_hall(EVENT_SEATS).await?;
        let mut events = Vec::new();
        for number in 0..EVENTS {
            let id = format!("CAPACITY-{number}");
            admin.publish_event(&hall, &id).await?;
            events.push(id);
        }
        let line = "CAPACITY-LINE".to_owned();
        admin.publish(&line, &Sale { hall: None, hold_seconds: 600, standing: Some(1_000) }).await?;
        let room = json!({"mode": "LOBBY", "opensAt": "2020-01-01T00:00:00Z", "startsAt": "2034-01-01T00:00:00Z"});
        admin.set_line(&line, &room).await?;
        let tokens = sign_up(house.address, users, "capacity-").await?;
        crate::limits::house::known(house.address, &line).await?;
        Ok(Self { address: house.address, hall, tokens, events, line })
    }
}

/// The house that is measured: who is refused, by limits or gates, and the slow hash of passwords are not what costs are about.
pub(super) fn wanted(onsale: &Path, home: &Path, gateways: u16, more: &[(String, String)]) -> Wanted {
    let own = [("LIMITS", "off"), ("LIMITS_LOGIN", "off"), ("ADAPTIVE_LIMIT", "off"), ("ARGON2_PROFILE", "minimal")];
    let mut settings: Vec<_> = own.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    settings.extend(more.iter().cloned());
    Wanted { onsale: onsale.to_owned(), home: home.to_owned(), gateways, cluster: None, settings }
}

/// Measures everything, with peaks in processes of `program`.
///
/// # Errors
/// When something cannot be started or measured.
pub async fn run(options: &Measure, program: &Path) -> anyhow::Result<Costs> {
    let mut costs = at_sizes(options).await?;
    costs.peaks = scaling::peaks(options, program)?;
    Ok(costs)
}

async fn at_sizes(options: &Measure) -> anyhow::Result<Costs> {
    tell("starting the house with one gateway");
    let house = House::start(&wanted(&options.onsale, &options.home, 1, &options.settings)).await?;
    let stage = Stage::make(&house, options.users).await?;
    let mut gauge = Gauge { options, meter: Meter::new(&house).await?, address: stage.address };
    tell("measuring a quiet house");
    let idle = gauge.idle().await?;
    let window = gauge.window().as_secs_f64();
    let idle_cores = idle.core_s.iter().map(|(tier, seconds)| (*tier, seconds / window)).collect();
    let calls = calls::all(&mut gauge, &stage, &idle).await?;
    tell("measuring people who wait, and people who watch");
    let waiter = streams::waiters(options, &mut gauge.meter, &stage).await?;
    let watcher = streams::watchers(options, &mut gauge.meter, &stage).await?;
    Ok(Costs {
        at_ms: wall_ms(),
        command: std::env::args().collect::<Vec<_>>().join(" "),
        processor: processor(),
        cores: std::thread::available_parallelism().map_or(0, std::num::NonZero::get),
        calls,
        waiter,
        watcher,
        watched_changes: float(u64::try_from(options.changes)?),
        idle_cores,
        peaks: Vec::new(),
    })
}

/// Measures calls of one kind.
pub(super) struct Gauge<'a> {
    options: &'a Measure,
    meter: Meter<'a>,
    address: SocketAddr,
}

/// A kind of call, as it is measured.
pub(super) struct Kind {
    /// Which.
    pub(super) call: Call,
    /// Calls a second, before they are scaled.
    pub(super) rates: [f64; 3],
    /// The status of success.
    pub(super) status: u16,
    /// What is kept of an answer.
    pub(super) keep: fn(&Answer) -> Option<String>,
}

impl Gauge<'_> {
    fn window(&self) -> Duration {
        Duration::from_secs(u64::from(self.options.seconds)) + SETTLE
    }

    /// What the house uses in one window while nobody is there.
    async fn idle(&mut self) -> anyhow::Result<Reading> {
        tokio::time::sleep(SETTLE).await;
        let before = self.meter.read().await?;
        tokio::time::sleep(self.window()).await;
        Ok(self.meter.read().await?.since(&before))
    }

    /// How many calls all sizes of a kind are.
    pub(super) fn count(&self, kind: &Kind) -> usize {
        kind.rates.iter().map(|rate| self.size(*rate)).sum()
    }

    fn size(&self, rate: f64) -> usize {
        let calls = rate * self.options.scale * f64::from(self.options.seconds);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it saturates")]
        let calls = calls.max(1.0) as usize;
        calls
    }

    /// Sends the requests in three sizes; what one costs, and what was kept, by the request's number.
    pub(super) async fn measure(
        &mut self,
        kind: &Kind,
        idle: &Reading,
        requests: &[Vec<u8>],
    ) -> anyhow::Result<(Cost, Vec<(usize, String)>)> {
        tell(&format!("measuring {}", kind.call.name()));
        let first = requests.first().with_context(|| format!("nobody can {}", kind.call.name()))?;
        let mut points = vec![(0.0, idle.clone())];
        let (mut kept, mut from) = (Vec::new(), 0);
        for rate in kind.rates {
            let size = self.size(rate);
            // What can be asked again and again is.
            let some: Vec<_> = requests.iter().cycle().skip(from).take(size).cloned().collect();
            let before = self.meter.read().await?;
            let pace = Pace::Open(rate * self.options.scale);
            let began = tokio::time::Instant::now();
            let outcome = load::run(self.address, some, CONNECTIONS, pace, kind.keep).await?;
            tokio::time::sleep_until(began + self.window()).await;
            let used = self.meter.read().await?.since(&before);
            let others = outcome.others(kind.status);
            ensure!(others.is_empty(), "{} was answered {:?}: nothing can be said", kind.call.name(), others);
            points.push((float(u64::try_from(size)?), used));
            kept.extend(outcome.kept.into_iter().map(|(index, text)| (from + index, text)));
            from += size;
        }
        let mut cost = cost(&points)?;
        cost.request_bytes = float(u64::try_from(first.len())?);
        cost.rate_max = kind.rates[2] * self.options.scale;
        Ok((cost, kept))
    }

    /// Bytes of the body of one answer.
    pub(super) async fn answer_bytes(&self, request: &[u8]) -> anyhow::Result<f64> {
        let answer = Connection::new(self.address).call(request).await?;
        Ok(float(u64::try_from(answer.body.len())?))
    }
}

/// What one more call adds, by how many there were and what was used.
fn cost(points: &[(f64, Reading)]) -> anyhow::Result<Cost> {
    let slope = |of: &dyn Fn(&Reading) -> f64| {
        let points: Vec<_> = points.iter().map(|(count, used)| (*count, of(used))).collect();
        fit::line(&points)
    };
    let mut cost = Cost::default();
    for tier in Tier::ALL {
        cost.cpu_us.insert(tier, slope(&|used| used.on(tier))?.slope * 1e6);
    }
    cost.commits = slope(&|used| used.commits)?.slope;
    cost.wal_bytes = slope(&|used| used.wal_bytes)?.slope;
    cost.explained = slope(&|used| used.core_s.values().sum())?.explained;
    Ok(cost)
}

/// The processor's name (`/proc/cpuinfo`).
fn processor() -> String {
    let text = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("model name"));
    line.map_or("unknown".to_owned(), |line| line.trim_start_matches([' ', '\t', ':']).to_owned())
}

pub(super) fn tell(text: &str) {
    let _nowhere_to_say = writeln!(std::io::stderr(), "{text}");
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn what_one_more_call_adds_is_not_what_is_there_anyway() {
        let used = |calls: f64| {
            let core_s = BTreeMap::from([(Tier::Gateway, 0.2 + 20e-6 * calls), (Tier::Postgres, 0.1 + 60e-6 * calls)]);
            (calls, Reading { core_s, commits: 12.0 + calls / 4.0, wal_bytes: 900.0 * calls })
        };
        let cost = cost(&[used(0.0), used(1_000.0), used(4_000.0)]).expect("three sizes");
        assert!((cost.on(Tier::Gateway) - 20.0).abs() < 1e-6 && (cost.on(Tier::Postgres) - 60.0).abs() < 1e-6);
        assert!((cost.commits - 0.25).abs() < 1e-9 && (cost.wal_bytes - 900.0).abs() < 1e-6);
        assert!(cost.on(Tier::Redis).abs() < 1e-9 && (cost.explained - 1.0).abs() < 1e-9);
    }
}
