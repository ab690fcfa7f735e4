//! People who stay connected: what one more of them takes while they wait in line, and while they watch the map change.

use super::costs::{Stream, Tier};
use super::fit;
use super::measure::{Stage, tell};
use super::meter::Meter;
use super::options::Measure;
use crate::limits::house::streams;
use crate::swarm::client::stream::Stream as Socket;
use crate::swarm::watch::float;
use crate::watching::changes::{self, Plan};
use anyhow::ensure;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;
use tokio::task::LocalSet;

/// Bytes that are read of a stream at once.
const SCRATCH: usize = 64 << 10;
/// After so many were opened, before the memory is looked at.
const REST: Duration = Duration::from_secs(1);

/// What one size showed.
#[derive(Debug, Clone, Copy, Default)]
struct Size {
    people: f64,
    process_bytes: f64,
    socket_bytes: f64,
    /// Gateways' core seconds until all of them were there, since nobody was.
    opened_core_s: f64,
    /// Gateways' core seconds in a second.
    cores: f64,
    bytes_a_second: f64,
}

/// Somebody who waits in a lobby.
///
/// # Errors
/// When not all can wait, or one is lost.
pub(super) async fn waiters(options: &Measure, meter: &mut Meter<'_>, stage: &Stage) -> anyhow::Result<Stream> {
    let path = format!("/api/queue/{}/live", stage.line);
    let local = LocalSet::new();
    local.run_until(sizes(options, meter, stage, &path, None)).await
}

/// Somebody who watches the map, while seats change.
///
/// # Errors
/// When not all can watch, one is lost, or seats cannot be changed.
pub(super) async fn watchers(options: &Measure, meter: &mut Meter<'_>, stage: &Stage) -> anyhow::Result<Stream> {
    let path = format!("/api/events/{}/live", stage.events[0]);
    let local = LocalSet::new();
    local.run_until(sizes(options, meter, stage, &path, Some(options.changes))).await
}

async fn sizes(
    options: &Measure,
    meter: &mut Meter<'_>,
    stage: &Stage,
    path: &str,
    changes: Option<usize>,
) -> anyhow::Result<Stream> {
    let ears = Ears::default();
    let mut points = vec![look(options, meter, stage, &ears, changes).await?];
    for third in 1..=3 {
        let more = options.people * third / 3 - options.people * (third - 1) / 3;
        tell(&format!("{more} more at {path}"));
        let before = meter.read().await?;
        for socket in streams(stage.address, path, more).await? {
            tokio::task::spawn_local(ears.clone().listen(socket));
        }
        let opened = meter.read().await?.since(&before).on(Tier::Gateway);
        let mut size = look(options, meter, stage, &ears, changes).await?;
        size.opened_core_s = opened + points.last().map_or(0.0, |last| last.opened_core_s);
        points.push(size);
    }
    ensure!(ears.ended.get() == 0, "{} streams of {path} ended", ears.ended.get());
    fitted(&points)
}

/// Looks at what those who are there take.
async fn look(
    options: &Measure,
    meter: &mut Meter<'_>,
    stage: &Stage,
    ears: &Ears,
    changes: Option<usize>,
) -> anyhow::Result<Size> {
    tokio::time::sleep(REST).await;
    let memory = meter.memory()?;
    let time = Duration::from_secs(u64::from(options.seconds));
    let (before, bytes, began) = (meter.read().await?, ears.bytes.get(), tokio::time::Instant::now());
    match changes {
        Some(rate) => {
            let (address, event, hall) = (stage.address, stage.events[0].as_str(), &stage.hall);
            let tokens = &stage.tokens[..stage.tokens.len().min(changes::ACCOUNTS)];
            // Each look begins behind the seats of those before: half as many as changes, and one for the rest.
            let seats = rate * usize::try_from(options.seconds)? / changes::ACCOUNTS + 1;
            let left_out = seats * ears.looks.replace(ears.looks.get() + 1);
            let made = changes::make(&Plan { address, event, hall, rate, time, left_out }, tokens).await;
            ensure!(!made.made.is_empty(), "no seat changed while people watched; {} were refused", made.refused);
        }
        None => tokio::time::sleep(time).await,
    }
    let took = began.elapsed().as_secs_f64();
    let cores = meter.read().await?.since(&before).on(Tier::Gateway) / took;
    Ok(Size {
        people: float(ears.people.get()),
        process_bytes: memory.gateways,
        socket_bytes: memory.sockets,
        opened_core_s: 0.0,
        cores,
        bytes_a_second: float(ears.bytes.get() - bytes) / took,
    })
}

fn fitted(sizes: &[Size]) -> anyhow::Result<Stream> {
    let slope = |of: fn(&Size) -> f64| {
        let points: Vec<_> = sizes.iter().map(|size| (size.people, of(size))).collect();
        anyhow::Ok(fit::line(&points)?.slope)
    };
    Ok(Stream {
        process_bytes: slope(|size| size.process_bytes)?,
        kernel_bytes: slope(|size| size.socket_bytes)?,
        opening_us: slope(|size| size.opened_core_s)? * 1e6,
        cpu_us_a_second: slope(|size| size.cores)? * 1e6,
        bytes_a_second: slope(|size| size.bytes_a_second)?,
        people_max: sizes.last().map_or(0.0, |size| size.people),
    })
}

/// Those who listen.
#[derive(Clone)]
struct Ears {
    scratch: Rc<RefCell<Box<[u8]>>>,
    people: Rc<Cell<u64>>,
    bytes: Rc<Cell<u64>>,
    ended: Rc<Cell<u64>>,
    looks: Rc<Cell<usize>>,
}

impl Default for Ears {
    fn default() -> Self {
        let scratch = Rc::new(RefCell::new(vec![0; SCRATCH].into_boxed_slice()));
        Self { scratch, people: Rc::default(), bytes: Rc::default(), ended: Rc::default(), looks: Rc::default() }
    }
}

impl Ears {
    async fn listen(self, mut socket: Socket) {
        self.people.set(self.people.get() + 1);
        let count = |message: &[u8]| {
            let bytes = u64::try_from(message.len() + 2).unwrap_or(0);
            self.bytes.set(self.bytes.get() + bytes);
        };
        while socket.next(&self.scratch, count).await.is_ok() {}
        self.ended.set(self.ended.get() + 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_one_more_person_takes_is_the_slope() {
        let size = |people: f64| Size {
            people,
            process_bytes: 9e7 + 14_000.0 * people,
            socket_bytes: 1e5 + 5_000.0 * people,
            opened_core_s: 90e-6 * people,
            cores: 0.02 + 3e-6 * people,
            bytes_a_second: 40.0 * people,
        };
        let stream = fitted(&[0.0, 100.0, 200.0, 300.0].map(size)).expect("four sizes");
        let is = |value: f64, wanted: f64| (value - wanted).abs() < wanted * 1e-6;
        assert!(is(stream.process_bytes, 14_000.0) && is(stream.kernel_bytes, 5_000.0), "{stream:?}");
        assert!(is(stream.opening_us, 90.0) && is(stream.cpu_us_a_second, 3.0), "{stream:?}");
        assert!(is(stream.bytes_a_second, 40.0) && is(stream.people_max, 300.0), "{stream:?}");
    }
}
