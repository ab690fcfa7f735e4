//! The run, second by second: how far people are, the house's own counters, and what every process uses.

use super::crews::Second;
use super::figures::{Call, Counts, Sketch};
use crate::cpu::{self, Times};
use serde::Serialize;
use sqlx::{PgConnection, Row};
use std::collections::BTreeMap;

/// The house's own word on its seats.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Seats {
    /// Neither held nor sold.
    pub free: i64,
    /// Held.
    pub held: i64,
    /// Sold.
    pub sold: i64,
}

/// A second of the run.
#[derive(Debug, Clone, Serialize)]
pub struct Moment {
    /// Seconds since the opening.
    pub second: i64,
    /// How far people are.
    pub counts: Counts,
    /// The house's word on its seats.
    pub seats: Seats,
    /// People who were called.
    pub called: i64,
    /// Answers of this second by call: how many, and the latencies in milliseconds that half, 95 and 99 of 100 did not
    /// exceed.
    pub calls: BTreeMap<&'static str, (u32, f64, f64, f64)>,
    /// Cores used in this second, by process.
    pub cores: BTreeMap<String, f64>,
    /// Memory, by process, in bytes.
    pub bytes: BTreeMap<String, u64>,
}

/// All seconds of the run.
#[derive(Debug, Default)]
pub struct Watch {
    /// The seconds.
    pub moments: Vec<Moment>,
    first: Times,
    last: Times,
    memory: BTreeMap<String, u64>,
}

impl Watch {
    /// Notes a second that took so long, by the processor time until now.
    pub fn note(
        &mut self,
        (since_opening_ms, took_s): (i64, f64),
        second: &Second,
        (seats, called): (Seats, i64),
        times: Times,
    ) {
        let before = if self.last.is_empty() { &times } else { &self.last };
        let cores = cpu::used(before, &times).into_iter();
        let cores = cores.map(|(name, micros)| (name, float(micros) / 1e6 / took_s.max(0.001)));
        let told = |(call, sketch): (&Call, &Sketch)| {
            (call.name(), (sketch.count(), sketch.at_ms(0.5), sketch.at_ms(0.95), sketch.at_ms(0.99)))
        };
        self.moments.push(Moment {
            second: since_opening_ms.div_euclid(1_000),
            counts: second.counts,
            seats,
            called,
            calls: second.calls.iter().map(told).collect(),
            cores: cores.collect(),
            bytes: self.memory.clone(),
        });
        if self.first.is_empty() {
            self.first.clone_from(&times);
        }
        self.last = times;
    }

    /// The memory of all processes from now on, in bytes.
    pub fn weigh(&mut self, memory: BTreeMap<String, u64>) {
        self.memory = memory;
    }

    /// Processor seconds in the run and the most memory in bytes, by process.
    #[must_use]
    pub fn used(&self) -> BTreeMap<String, (f64, u64)> {
        let most = |name: &str| self.moments.iter().filter_map(|moment| moment.bytes.get(name)).max().copied();
        let used = cpu::used(&self.first, &self.last).into_iter();
        used.map(|(name, micros)| (name.clone(), (float(micros) / 1e6, most(&name).unwrap_or(0)))).collect()
    }

    /// The most memory of the house at one moment, in bytes: all processes but the swarm's own.
    #[must_use]
    pub fn house_bytes(&self) -> u64 {
        let house =
            |moment: &Moment| moment.bytes.iter().filter(|(name, _)| is_house(name)).map(|(_, bytes)| bytes).sum();
        self.moments.iter().map(house).max().unwrap_or(0)
    }
}

/// Whether a process is the house's.
#[must_use]
pub fn is_house(name: &str) -> bool {
    name != "swarm" && !name.starts_with("client-")
}

/// A count as a number to divide.
#[must_use]
pub fn float(count: u64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
    let count = count as f64;
    count
}

/// What the house's tables say of the event: its seats, and how many were called.
///
/// # Errors
/// When the database does not answer.
pub async fn seats(database: &mut PgConnection, event: &str) -> anyhow::Result<(Seats, i64)> {
    let row = sqlx::query(
        "SELECT c.free, c.held, c.sold, coalesce((SELECT served::bigint FROM gateway.rooms WHERE event_id = $1), 0) AS called
         FROM booking.counters c JOIN booking.inventories i USING (event_no) WHERE i.event_id = $1",
    )
    .bind(event)
    .fetch_one(database)
    .await?;
    Ok((Seats { free: row.get(0), held: row.get(1), sold: row.get(2) }, row.get(3)))
}
