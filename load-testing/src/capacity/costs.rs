//! What everything costs, as it was measured.

use crate::swarm::figures::Call;
use anyhow::Context;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::Path;

/// A kind of process that has machines of its own in a large house.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tier {
    /// The edge, with the waiting rooms and the streams.
    Gateway,
    /// All other roles.
    Services,
    /// PostgreSQL.
    Postgres,
    /// The Redis masters together.
    Redis,
    /// The sandbox; elsewhere the payment provider's.
    Sandbox,
}

impl Tier {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Gateway, Self::Services, Self::Postgres, Self::Redis, Self::Sandbox];

    /// Its name in tables.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Gateway => "gateways",
            Self::Services => "services",
            Self::Postgres => "PostgreSQL",
            Self::Redis => "Redis",
            Self::Sandbox => "sandbox",
        }
    }

    /// The tier of a process of [`crate::swarm::house`], by its name; none for those who only call.
    #[must_use]
    pub fn of_process(name: &str) -> Option<Self> {
        match name {
            "services" => Some(Self::Services),
            "sandbox" => Some(Self::Sandbox),
            "postgresql" => Some(Self::Postgres),
            "redis" => Some(Self::Redis),
            name if name.starts_with("gateway-") => Some(Self::Gateway),
            _ => None,
        }
    }
}

/// What one more call costs.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Cost {
    /// Processor time, in micros, by tier.
    pub cpu_us: BTreeMap<Tier, f64>,
    /// Commits in PostgreSQL, of all services.
    pub commits: f64,
    /// Bytes of write-ahead log.
    pub wal_bytes: f64,
    /// Bytes of the request.
    pub request_bytes: f64,
    /// Bytes of the answer's body.
    pub answer_bytes: f64,
    /// The most a second that it was measured at.
    pub rate_max: f64,
    /// The share of the differences in processor time that a straight line explains, 0–1.
    pub explained: f64,
}

impl Cost {
    /// Processor time on a tier, in micros; never less than nothing, which a fit of noise may say.
    #[must_use]
    pub fn on(&self, tier: Tier) -> f64 {
        self.cpu_us.get(&tier).copied().unwrap_or(0.0).max(0.0)
    }
}

/// What one more person at a stream costs.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Stream {
    /// Bytes of the gateways' processes.
    pub process_bytes: f64,
    /// Bytes of the kernel's sockets, both ends.
    pub kernel_bytes: f64,
    /// Processor time of the gateways for opening it, in micros.
    pub opening_us: f64,
    /// Processor time of the gateways in each second that it is open, in micros.
    pub cpu_us_a_second: f64,
    /// Bytes told to it in each second.
    pub bytes_a_second: f64,
    /// The most that were open at once.
    pub people_max: f64,
}

/// The most that the house does on so many cores with so many gateways.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Peak {
    /// Cores that everything shares, the load among it.
    pub cores: usize,
    /// Gateway processes.
    pub gateways: u16,
    /// Two-seat holds a second.
    pub reserves: f64,
    /// Statuses of a line a second.
    pub statuses: f64,
}

/// All of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Costs {
    /// When it was measured, in milliseconds since 1970.
    pub at_ms: i64,
    /// By which command.
    pub command: String,
    /// On which processor.
    pub processor: String,
    /// With how many cores.
    pub cores: usize,
    /// By call.
    pub calls: BTreeMap<Call, Cost>,
    /// Somebody who waits in line.
    pub waiter: Stream,
    /// Somebody who watches the map.
    pub watcher: Stream,
    /// Seat changes a second while watchers were measured.
    pub watched_changes: f64,
    /// Cores that each tier uses while nobody is there.
    pub idle_cores: BTreeMap<Tier, f64>,
    /// By cores and gateways; empty where it was left out.
    pub peaks: Vec<Peak>,
}

impl Costs {
    /// Reads what `capacity measure` wrote.
    ///
    /// # Errors
    /// When the file is not there or holds something else.
    pub fn read(path: &Path) -> anyhow::Result<Self> {
        let text = std::fs::read(path)
            .with_context(|| format!("read {}: `make capacity` measures and writes it", path.display()))?;
        serde_json::from_slice(&text).with_context(|| format!("understand {}", path.display()))
    }

    /// What a call costs.
    ///
    /// # Errors
    /// When it was not measured.
    pub fn of(&self, call: Call) -> anyhow::Result<&Cost> {
        self.calls.get(&call).with_context(|| format!("{} was not measured", call.name()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processes_of_the_house_have_a_tier_and_callers_have_none() {
        let tiers = ["gateway-07", "services", "postgresql", "redis", "sandbox", "swarm", "client-01"];
        let tiers = tiers.map(Tier::of_process);
        let named = [Tier::Gateway, Tier::Services, Tier::Postgres, Tier::Redis, Tier::Sandbox].map(Some);
        assert_eq!(tiers[..5], named);
        assert_eq!(tiers[5..], [None, None]);
    }
}
