//! What the house has used so far: processor time by tier, commits, write-ahead log, memory.

use super::costs::Tier;
use crate::cpu;
use crate::limits::nothing::kernel_bytes;
use crate::swarm::house::House;
use crate::swarm::watch::float;
use sqlx::{Connection, PgConnection, Row};
use std::collections::BTreeMap;
use std::time::Duration;

/// After a load: what it left to be done is done, and PostgreSQL's backends have told what they counted.
pub const SETTLE: Duration = Duration::from_millis(2_500);

/// Looks at a house.
pub struct Meter<'a> {
    house: &'a House,
    database: PgConnection,
}

/// What was used at one moment since the house began.
#[derive(Debug, Clone, Default)]
pub struct Reading {
    /// Core seconds by tier.
    pub core_s: BTreeMap<Tier, f64>,
    /// Commits of PostgreSQL.
    pub commits: f64,
    /// Bytes of write-ahead log.
    pub wal_bytes: f64,
}

/// Memory at one moment, in bytes.
#[derive(Debug, Clone, Copy)]
pub struct Memory {
    /// Of the gateways' processes.
    pub gateways: f64,
    /// Of all TCP sockets of this machine.
    pub sockets: f64,
}

impl<'a> Meter<'a> {
    /// Reaches the house's database.
    ///
    /// # Errors
    /// When that cannot be reached.
    pub async fn new(house: &'a House) -> anyhow::Result<Self> {
        let database = PgConnection::connect(&house.database_url()?).await?;
        Ok(Self { house, database })
    }

    /// What was used until now.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn read(&mut self) -> anyhow::Result<Reading> {
        let row = sqlx::query(
            "SELECT sum(xact_commit)::float8 AS commits, pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::float8 AS wal
             FROM pg_stat_database WHERE datname = current_database()",
        )
        .fetch_one(&mut self.database)
        .await?;
        let mut reading =
            Reading { commits: row.try_get("commits")?, wal_bytes: row.try_get("wal")?, ..Reading::default() };
        let processes = self.house.processes();
        let roots: Vec<(&str, u32)> = processes.iter().map(|(name, id)| (name.as_str(), *id)).collect();
        for (name, micros) in cpu::times(&roots) {
            if let Some(tier) = Tier::of_process(&name) {
                *reading.core_s.entry(tier).or_default() += float(micros) / 1e6;
            }
        }
        Ok(reading)
    }

    /// The memory now.
    ///
    /// # Errors
    /// When the kernel does not tell it.
    pub fn memory(&self) -> anyhow::Result<Memory> {
        let processes = self.house.processes();
        let gateways = processes.iter().filter(|(name, _)| Tier::of_process(name) == Some(Tier::Gateway));
        let roots: Vec<(&str, u32)> = gateways.map(|(name, id)| (name.as_str(), *id)).collect();
        let bytes: u64 = cpu::memory(&roots).values().sum();
        Ok(Memory { gateways: float(bytes), sockets: float(kernel_bytes()?) })
    }
}

impl Reading {
    /// What was used since an earlier one.
    #[must_use]
    pub fn since(&self, earlier: &Self) -> Self {
        let core_s = self.core_s.iter().map(|(tier, now)| {
            let before = earlier.core_s.get(tier).copied().unwrap_or(0.0);
            (*tier, now - before)
        });
        Self {
            core_s: core_s.collect(),
            commits: self.commits - earlier.commits,
            wal_bytes: self.wal_bytes - earlier.wal_bytes,
        }
    }

    /// Core seconds on a tier.
    #[must_use]
    pub fn on(&self, tier: Tier) -> f64 {
        self.core_s.get(&tier).copied().unwrap_or(0.0)
    }
}
