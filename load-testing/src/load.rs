//! Sends prepared requests: as fast as answers come (closed), or at a given rate whatever comes (open).

use crate::client::{Answer, Connection};
use hdrhistogram::Histogram;
use std::cell::Cell;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;
use tokio::task::LocalSet;
use tokio::time::Instant;

/// Latencies are kept in micros, up to a minute, to three digits.
const LATENCY_MAX_US: u64 = 60_000_000;

/// When the next request goes out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Pace {
    /// Each connection sends its next one when it has its answer.
    Closed,
    /// The same until so much time has passed; what was not sent by then is left out.
    ClosedFor(Duration),
    /// So many a second in all, by the clock. Latency counts from when a request was due, so that a stall is
    /// paid for by all who would have come in it.
    Open(f64),
}

/// What came of it.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// From sent, or due, to answered, in micros; all answers.
    pub latencies: Histogram<u64>,
    /// Answers by status; 0 counts those that never came.
    pub by_status: BTreeMap<u16, u64>,
    /// What was kept of answers with the wanted status, by the request's number.
    pub kept: Vec<(usize, String)>,
    /// From the first request to the last answer.
    pub took: Duration,
}

impl Outcome {
    fn new() -> anyhow::Result<Self> {
        let latencies = Histogram::new_with_bounds(1, LATENCY_MAX_US, 3)?;
        Ok(Self { latencies, by_status: BTreeMap::new(), kept: Vec::new(), took: Duration::ZERO })
    }

    /// Answers of this status a second.
    #[must_use]
    pub fn rate(&self, status: u16) -> f64 {
        let count = self.by_status.get(&status).copied().unwrap_or(0);
        // Counts are far below 2^52.
        #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
        let count = count as f64;
        count / self.took.as_secs_f64().max(1e-9)
    }

    /// The latency that this share (0–1) of answers does not exceed, in milliseconds.
    #[must_use]
    pub fn latency_ms(&self, share: f64) -> f64 {
        let micros = u32::try_from(self.latencies.value_at_quantile(share)).unwrap_or(u32::MAX);
        f64::from(micros) / 1000.0
    }

    /// Answers of other statuses than `wanted`, by status.
    #[must_use]
    pub fn others(&self, wanted: u16) -> BTreeMap<u16, u64> {
        self.by_status
            .iter()
            .filter(|(status, _)| **status != wanted)
            .map(|(status, count)| (*status, *count))
            .collect()
    }
}

/// Sends all requests over `connections` connections; keeps what `keep` finds in an answer.
///
/// # Errors
/// Only when the load itself cannot run; answers that do not come are counted.
pub async fn run(
    address: SocketAddr,
    requests: Vec<Vec<u8>>,
    connections: usize,
    pace: Pace,
    keep: fn(&Answer) -> Option<String>,
) -> anyhow::Result<Outcome> {
    let times = requests.len();
    send(address, requests.into(), times, connections, pace, keep).await
}

/// Sends the requests again and again, so many times in all; keeps nothing of the answers.
///
/// # Errors
/// Only when the load itself cannot run; answers that do not come are counted.
pub async fn repeat(
    address: SocketAddr,
    requests: &[Vec<u8>],
    times: usize,
    connections: usize,
    pace: Pace,
) -> anyhow::Result<Outcome> {
    let times = if requests.is_empty() { 0 } else { times };
    send(address, requests.into(), times, connections, pace, |_| None).await
}

async fn send(
    address: SocketAddr,
    requests: Rc<[Vec<u8>]>,
    times: usize,
    connections: usize,
    pace: Pace,
    keep: fn(&Answer) -> Option<String>,
) -> anyhow::Result<Outcome> {
    let next = Rc::new(Cell::new(0));
    let began = Instant::now();
    let local = LocalSet::new();
    let workers: Vec<_> = (0..connections.min(times).max(1))
        .map(|_| {
            let (requests, next) = (Rc::clone(&requests), Rc::clone(&next));
            let worker = Worker { requests, times, next, began, pace, keep };
            local.spawn_local(worker.work(Connection::new(address)))
        })
        .collect();
    let mut all = Outcome::new()?;
    local
        .run_until(async {
            for worker in workers {
                let one = worker.await??;
                all.latencies.add(&one.latencies)?;
                for (status, count) in one.by_status {
                    *all.by_status.entry(status).or_default() += count;
                }
                all.kept.extend(one.kept);
            }
            anyhow::Ok(())
        })
        .await?;
    all.took = began.elapsed();
    all.kept.sort_unstable_by_key(|(index, _)| *index);
    Ok(all)
}

struct Worker {
    requests: Rc<[Vec<u8>]>,
    /// How many are sent in all, over and over.
    times: usize,
    next: Rc<Cell<usize>>,
    began: Instant,
    pace: Pace,
    keep: fn(&Answer) -> Option<String>,
}

impl Worker {
    async fn work(self, mut connection: Connection) -> anyhow::Result<Outcome> {
        let mut outcome = Outcome::new()?;
        loop {
            let index = self.next.get();
            if index >= self.times {
                return Ok(outcome);
            }
            if matches!(self.pace, Pace::ClosedFor(time) if self.began.elapsed() >= time) {
                return Ok(outcome);
            }
            self.next.set(index + 1);
            let due = self.due(index).await;
            let answer = connection.call(&self.requests[index % self.requests.len()]).await;
            let micros = u64::try_from(due.elapsed().as_micros()).unwrap_or(u64::MAX);
            outcome.latencies.saturating_record(micros.max(1));
            let status = answer.as_ref().map_or(0, |answer| answer.status);
            *outcome.by_status.entry(status).or_default() += 1;
            if let Some(kept) = answer.ok().as_ref().and_then(self.keep) {
                outcome.kept.push((index, kept));
            }
        }
    }

    async fn due(&self, index: usize) -> Instant {
        match self.pace {
            Pace::Closed | Pace::ClosedFor(_) => Instant::now(),
            Pace::Open(rate) => {
                let index = u32::try_from(index).unwrap_or(u32::MAX);
                let due = self.began + Duration::from_secs_f64(f64::from(index) / rate.max(0.001));
                tokio::time::sleep_until(due).await;
                due
            }
        }
    }
}
