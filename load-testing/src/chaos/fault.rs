//! What is broken, and how it is mended.

use super::edges::{Break, Direction};
use super::house::House;
use std::time::Duration;

/// How long an edge that flaps stays as it is.
const FLAP_EVERY: Duration = Duration::from_millis(400);
const SELLERS: [&str; 2] = ["booking-a", "booking-b"];

/// What is broken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// These Redis masters are killed, and come back empty.
    RedisKilled(&'static [usize]),
    /// Every answer of Redis comes so many milliseconds later.
    RedisSlow(u64),
    /// PostgreSQL is killed, and started again.
    PostgresKilled,
    /// These Kafka brokers are killed, and started again.
    KafkaKilled(&'static [usize]),
    /// A process is killed, and started again.
    Killed(&'static str),
    /// A process stands still.
    Halted(&'static str),
    /// The provider does this, in percent, as its page for faults takes it: `fail=10&twice=20`.
    Provider(&'static str),
    /// An edge between two processes.
    Edge {
        /// Who calls.
        from: &'static str,
        /// Whom.
        to: &'static str,
        /// How it is broken.
        how: Break,
        /// Which way.
        direction: Direction,
    },
}

impl Fault {
    /// Whether it needs toxiproxy.
    #[must_use]
    pub fn needs_edges(&self) -> bool {
        matches!(self, Self::Edge { .. } | Self::RedisSlow(_))
    }

    /// Whether it needs Kafka.
    #[must_use]
    pub fn needs_kafka(&self) -> bool {
        matches!(self, Self::KafkaKilled(_))
    }

    /// Breaks it.
    ///
    /// # Errors
    /// When that cannot be done.
    pub async fn inject(&self, house: &mut House) -> anyhow::Result<()> {
        match self {
            Self::RedisKilled(masters) => {
                for number in *masters {
                    house.engines.kill_redis(*number).await;
                }
            }
            Self::RedisSlow(ms) => {
                for seller in SELLERS {
                    for number in 1..=3 {
                        let to = format!("redis-{number}");
                        house.edges.break_one(seller, &to, Break::Slow(*ms), Direction::Answers).await?;
                    }
                }
            }
            Self::PostgresKilled => house.engines.kill_postgres().await,
            Self::KafkaKilled(brokers) => {
                for number in *brokers {
                    house.engines.kill_kafka(*number).await;
                }
            }
            Self::Killed(name) => house.kill(name)?,
            Self::Halted(name) => house.signal(name, "STOP")?,
            Self::Provider(faults) => house.set_faults(faults).await?,
            Self::Edge { from, to, how, direction } => house.edges.break_one(from, to, *how, *direction).await?,
        }
        Ok(())
    }

    /// Lets it last so long.
    ///
    /// # Errors
    /// When an edge cannot be asked to flap.
    pub async fn last(&self, house: &House, time: Duration) -> anyhow::Result<()> {
        if let Self::Edge { from, to, how: Break::Flapping, .. } = self {
            let until = tokio::time::Instant::now() + time;
            let mut enabled = false;
            while tokio::time::Instant::now() < until {
                tokio::time::sleep(FLAP_EVERY).await;
                enabled = !enabled;
                house.edges.enable(from, to, enabled).await?;
            }
        } else {
            tokio::time::sleep(time).await;
        }
        Ok(())
    }

    /// Mends it: from now on the time until all goes on counts.
    ///
    /// # Errors
    /// When that cannot be done.
    pub async fn mend(&self, house: &mut House) -> anyhow::Result<()> {
        match self {
            Self::RedisKilled(masters) => {
                for number in *masters {
                    house.engines.start_redis(*number).await?;
                }
            }
            Self::RedisSlow(_) | Self::Edge { .. } => house.edges.mend_all().await?,
            Self::PostgresKilled => house.engines.start_postgres().await?,
            Self::KafkaKilled(brokers) => house.engines.start_kafka(brokers).await?,
            Self::Killed(name) => house.launch(name, &[])?,
            Self::Halted(name) => house.signal(name, "CONT")?,
            Self::Provider(_) => house.set_faults("").await?,
        }
        Ok(())
    }
}
