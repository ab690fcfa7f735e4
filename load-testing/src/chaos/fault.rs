//! What is broken, and how it is mended.

use super::edges::{Break, Direction};
use super::house::House;
use super::squeeze::Memory;
use super::{crossing, crowd};
use crate::proof::faults::Faults;
use std::time::Duration;

/// How long an edge that flaps stays as it is.
const FLAP_EVERY: Duration = Duration::from_millis(400);
const SELLERS: [&str; 2] = ["booking-a", "booking-b"];
/// Whose clocks go wrong, all of them alike.
const CLOCKED: [&str; 4] = ["auth", "payment", "booking-a", "gateway-a"];
/// Who gets next to no more memory.
const STARVED: [&str; 2] = ["booking-a", "gateway-a"];
/// So often a place where a process dies is passed first, so that it is at work then.
const PASSED: u32 = 3;
/// Within this time it gets there.
const DIES_WITHIN: Duration = Duration::from_secs(30);
/// How much more memory the starved get, in bytes: less than a crowd that looks at a hall would take without bounds.
const MEMORY_LEFT: usize = 48 << 20;

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
    /// A process that sells dies at this place of the saga, and is started again.
    Dies(&'static str),
    /// Elasticsearch is killed, and started again on its data.
    ElasticsearchKilled,
    /// Every answer of Elasticsearch comes so many milliseconds later.
    ElasticsearchSlow(u64),
    /// Somebody locks seats in another order: deadlocks, which the house loses.
    Crossed,
    /// The clocks of processes step by so many seconds, and back.
    Clock(i64),
    /// PostgreSQL's disk is full.
    DiskFull,
    /// Those who sell get next to no more memory, while a crowd looks at the hall.
    LittleMemory,
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
        matches!(self, Self::Edge { .. } | Self::RedisSlow(_) | Self::ElasticsearchSlow(_))
    }

    /// Whether it needs Elasticsearch.
    #[must_use]
    pub fn needs_elasticsearch(&self) -> bool {
        matches!(self, Self::ElasticsearchKilled | Self::ElasticsearchSlow(_))
    }

    /// Whether it is run once only: one of many ways in which the same can happen.
    #[must_use]
    pub fn is_one_of_many(&self) -> bool {
        matches!(self, Self::Edge { .. } | Self::Dies(_))
    }

    /// Starts what it needs other than it usually runs, while nobody is at anything.
    ///
    /// # Errors
    /// When that cannot be done.
    pub async fn prepare(&self, house: &mut House) -> anyhow::Result<()> {
        if let Self::Clock(_) = self {
            house.clocks.step(0)?;
            let settings = house.clocks.settings()?;
            restart(house, &CLOCKED, &settings).await?;
        }
        Ok(())
    }

    /// Starts again as it usually runs what was started otherwise.
    ///
    /// # Errors
    /// When that cannot be done.
    pub async fn clear(&self, house: &mut House) -> anyhow::Result<()> {
        if let Self::Clock(_) = self {
            restart(house, &CLOCKED, &[]).await?;
        }
        Ok(())
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
            Self::Dies(place) => {
                house.kill("booking-a")?;
                house.launch("booking-a", &[("FAILPOINT".to_owned(), format!("{place}:{PASSED}"))])?;
            }
            Self::ElasticsearchKilled => house.engines.kill_elasticsearch().await,
            Self::ElasticsearchSlow(ms) => {
                house.edges.break_one("search", "elasticsearch", Break::Slow(*ms), Direction::Answers).await?;
            }
            // It lasts as long as somebody is at it.
            Self::Crossed => {}
            Self::Clock(seconds) => house.clocks.step(*seconds)?,
            Self::DiskFull => house.engines.disk()?.fill()?,
            Self::LittleMemory => {
                let memory = Memory::open("onsale-chaos", MEMORY_LEFT)?;
                for name in STARVED {
                    memory.hold(house.process_id(name)?)?;
                }
                house.starved = Some(memory);
            }
        }
        Ok(())
    }

    /// Lets it last so long; gives what did not come as it was meant to.
    ///
    /// # Errors
    /// When an edge cannot be asked to flap, or the database to cross.
    pub async fn last(&self, house: &mut House, time: Duration) -> anyhow::Result<Faults> {
        let mut faults = Faults::default();
        match self {
            Self::Dies(place) => {
                let began = tokio::time::Instant::now();
                while !house.has_ended("booking-a") && began.elapsed() < DIES_WITHIN {
                    tokio::time::sleep(FLAP_EVERY).await;
                }
                faults.unless(house.has_ended("booking-a"), || {
                    format!("booking-a did not die at {place} within {} s: was it built to?", DIES_WITHIN.as_secs())
                });
                house.end("booking-a");
            }
            Self::Crossed => {
                let met = crossing::cross(&house.database_url()?, time).await?;
                faults.unless(met > 0, || "no deadlock came of locking in another order".to_owned());
            }
            Self::LittleMemory => {
                crowd::look(house.gateways()[0], time).await;
                for name in STARVED {
                    faults.unless(!house.has_ended(name), || format!("{name} was killed for its memory"));
                }
            }
            Self::Edge { from, to, how: Break::Flapping, .. } => {
                let until = tokio::time::Instant::now() + time;
                let mut enabled = false;
                while tokio::time::Instant::now() < until {
                    tokio::time::sleep(FLAP_EVERY).await;
                    enabled = !enabled;
                    house.edges.enable(from, to, enabled).await?;
                }
            }
            _ => tokio::time::sleep(time).await,
        }
        Ok(faults)
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
            Self::RedisSlow(_) | Self::ElasticsearchSlow(_) | Self::Edge { .. } => house.edges.mend_all().await?,
            Self::PostgresKilled => house.engines.start_postgres().await?,
            Self::KafkaKilled(brokers) => house.engines.start_kafka(brokers).await?,
            Self::Killed(name) => house.launch(name, &[])?,
            Self::Halted(name) => house.signal(name, "CONT")?,
            Self::Provider(_) => house.set_faults("").await?,
            Self::Dies(_) => house.launch("booking-a", &[])?,
            Self::ElasticsearchKilled => house.engines.start_elasticsearch().await?,
            Self::Crossed => {}
            Self::Clock(_) => house.clocks.step(0)?,
            Self::DiskFull => {
                house.engines.disk()?.empty()?;
                house.engines.restart_postgres_if_ended().await?;
            }
            Self::LittleMemory => {
                if let Some(memory) = house.starved.take() {
                    memory.close()?;
                }
                for name in STARVED {
                    if house.has_ended(name) {
                        house.launch(name, &[])?;
                    }
                }
            }
        }
        Ok(())
    }
}

/// Ends processes softly and starts them again with further settings.
async fn restart(house: &mut House, names: &[&'static str], settings: &[(String, String)]) -> anyhow::Result<()> {
    for name in names {
        house.end(name);
        house.launch(name, settings)?;
        house.ready(name).await?;
    }
    Ok(())
}
