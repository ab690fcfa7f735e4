//! Machines, and how many of them each tier has.

use super::costs::Tier;
use serde::Serialize;

/// One machine.
#[derive(Debug, Clone, PartialEq, Serialize, clap::Args)]
#[serde(rename_all = "camelCase")]
pub struct Machine {
    /// Its cores, each as fast as those that costs were measured on.
    #[arg(long, default_value_t = 8.0)]
    pub cores: f64,
    /// Its memory, in GiB.
    #[arg(long, default_value_t = 16.0)]
    pub memory_gib: f64,
    /// Gateway processes on it.
    #[arg(long, default_value_t = 8.0)]
    pub processes: f64,
    /// Connections that a gateway process holds (docs/operations.md, `GATEWAY_CROWD`).
    #[arg(long, default_value_t = 20_000.0)]
    pub connections: f64,
    /// The share of its cores, 0–1, that may be busy for long.
    #[arg(long, default_value_t = 0.7)]
    pub usable: f64,
}

/// How many machines each tier has. The payment provider has its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Plan {
    /// Of gateways.
    pub gateways: u32,
    /// Of the other roles.
    pub services: u32,
    /// Of PostgreSQL: an event is on one of them.
    pub databases: u32,
    /// Of Redis masters, three or five processes spread over them.
    pub redis: u32,
}

impl Plan {
    /// One machine for each.
    pub const LEAST: Self = Self { gateways: 1, services: 1, databases: 1, redis: 1 };

    /// Reads `gateways,services,databases,redis`.
    ///
    /// # Errors
    /// When that is not four counts of one or more.
    pub fn parse(text: &str) -> Result<Self, String> {
        let counts: Option<Vec<u32>> = text.split(',').map(|word| word.parse().ok().filter(|n| *n > 0)).collect();
        match counts.as_deref() {
            Some([gateways, services, databases, redis]) => {
                Ok(Self { gateways: *gateways, services: *services, databases: *databases, redis: *redis })
            }
            _ => Err(format!("{text:?} is not gateways,services,databases,redis")),
        }
    }

    /// Machines of a tier; nothing where they are not ours.
    #[must_use]
    pub fn machines(&self, tier: Tier) -> Option<u32> {
        match tier {
            Tier::Gateway => Some(self.gateways),
            Tier::Services => Some(self.services),
            Tier::Postgres => Some(self.databases),
            Tier::Redis => Some(self.redis),
            Tier::Sandbox => None,
        }
    }

    /// The same with a quarter more machines for a tier, at least one.
    #[must_use]
    pub fn with_more(mut self, tier: Tier) -> Self {
        let more = |count: u32| count + (count / 4).max(1);
        match tier {
            Tier::Gateway => self.gateways = more(self.gateways),
            Tier::Services => self.services = more(self.services),
            Tier::Postgres => self.databases = more(self.databases),
            Tier::Redis => self.redis = more(self.redis),
            Tier::Sandbox => {}
        }
        self
    }

    /// All machines.
    #[must_use]
    pub fn all(&self) -> u32 {
        self.gateways + self.services + self.databases + self.redis
    }
}

/// Where the tiers' processor time comes from.
#[derive(Debug, Clone, PartialEq)]
pub enum Cores {
    /// Each tier has machines of its own.
    Apart {
        /// How many.
        plan: Plan,
        /// Of which kind.
        machine: Machine,
        /// Events, which are spread over the databases as evenly as can be.
        events: u32,
    },
    /// All tiers share so many cores.
    Shared(f64),
}

impl Cores {
    /// Cores that a tier has for itself; nothing where it has as many as it wants, or shares them.
    #[must_use]
    pub fn of(&self, tier: Tier) -> Option<f64> {
        let Self::Apart { plan, machine, events } = self else { return None };
        let machines = f64::from(plan.machines(tier)?);
        if tier != Tier::Postgres {
            return Some(machines * machine.cores);
        }
        // The fullest one has that many of the events; the others have time left that does not help it.
        let (events, databases) = (f64::from((*events).max(1)), machines);
        let fullest = (events / databases).ceil();
        Some(machine.cores * events / fullest)
    }

    /// Cores that all share, where they do.
    #[must_use]
    pub fn shared(&self) -> Option<f64> {
        match self {
            Self::Shared(cores) => Some(*cores),
            Self::Apart { .. } => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cores(databases: u32, events: u32) -> f64 {
        let machine = Machine { cores: 8.0, memory_gib: 16.0, processes: 8.0, connections: 20_000.0, usable: 0.7 };
        let plan = Plan { databases, ..Plan::LEAST };
        Cores::Apart { plan, machine, events }.of(Tier::Postgres).expect("its own")
    }

    #[test]
    fn an_event_is_on_one_database() {
        let all = [cores(1, 1), cores(4, 1), cores(4, 8), cores(3, 4), cores(8, 4)];
        assert_eq!(all.map(f64::round), [8.0, 8.0, 32.0, 16.0, 32.0]);
    }

    #[test]
    fn a_plan_is_four_counts() {
        assert_eq!(Plan::parse("4,3,2,1"), Ok(Plan { gateways: 4, services: 3, databases: 2, redis: 1 }));
        for wrong in ["4,3,2", "4,3,2,0", "a,b,c,d", ""] {
            assert!(Plan::parse(wrong).is_err(), "{wrong}");
        }
        assert_eq!(Plan { gateways: 8, ..Plan::LEAST }.with_more(Tier::Gateway).all(), 13);
    }
}
