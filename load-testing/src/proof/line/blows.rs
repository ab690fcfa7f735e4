//! What is broken while the line moves, and how long it stood still for it.

use crate::chaos::engines::REDIS_MASTERS;
use crate::chaos::house::House;
use crate::proof::faults::Faults;
use crate::proof::tell;
use anyhow::{Context, bail, ensure};
use chrono::{DateTime, TimeDelta, Utc};
use sqlx::{Connection, PgConnection};
use std::time::{Duration, Instant};

/// In the order in which they are dealt.
const BLOWS: [Blow; 6] = [Blow::Leader, Blow::Other, Blow::Halt, Blow::Redis, Blow::Postgres, Blow::EveryRole];
/// They are spread over this share of the line, in percent.
const SHARE: usize = 80;
/// How long a process stands still that is halted.
const HALTED_FOR: Duration = Duration::from_secs(12);
/// So long the line may stand still after a blow; PostgreSQL's own start is counted in.
const STANDS_STILL_MAX: TimeDelta = TimeDelta::seconds(10);
const LOOK_EVERY: Duration = Duration::from_millis(100);
const ENDS_WITHIN: Duration = Duration::from_secs(40);
const MOVES_WITHIN: Duration = Duration::from_secs(60);

/// Something that is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Blow {
    Leader,
    Other,
    Halt,
    Redis,
    Postgres,
    EveryRole,
}

impl Blow {
    fn label(self) -> &'static str {
        match self {
            Self::Leader => "kill -9 of the gateway that leads",
            Self::Other => "kill -9 of another gateway",
            Self::Halt => "the gateway that leads halted for 12 s",
            Self::Redis => "kill -9 of all Redis masters, back empty",
            Self::Postgres => "kill -9 of PostgreSQL",
            Self::EveryRole => "a new start of every process, one by one",
        }
    }

    /// Breaks it and mends it.
    async fn deal(self, house: &mut House) -> anyhow::Result<()> {
        match self {
            Self::Leader => {
                let leader = house.leader().await?;
                house.kill(leader)?;
                again(house, leader).await
            }
            Self::Other => {
                let leader = house.leader().await?;
                let other = House::names().find(|name| name.starts_with("gateway") && *name != leader);
                let other = other.context("there are two gateways")?;
                house.kill(other)?;
                again(house, other).await
            }
            Self::Halt => {
                let leader = house.leader().await?;
                house.signal(leader, "STOP")?;
                tokio::time::sleep(HALTED_FOR).await;
                house.signal(leader, "CONT")
            }
            Self::Redis => {
                for number in 0..REDIS_MASTERS {
                    house.engines.kill_redis(number).await;
                }
                for number in 0..REDIS_MASTERS {
                    house.engines.start_redis(number).await?;
                }
                Ok(())
            }
            Self::Postgres => {
                house.engines.kill_postgres().await;
                house.engines.start_postgres().await
            }
            Self::EveryRole => {
                for name in House::names() {
                    end(house, name).await?;
                    again(house, name).await?;
                }
                Ok(())
            }
        }
    }
}

/// Ends a process softly; meanwhile all others go on, those who ask as well.
async fn end(house: &mut House, name: &str) -> anyhow::Result<()> {
    house.signal(name, "TERM")?;
    let began = Instant::now();
    while !house.has_ended(name) {
        ensure!(began.elapsed() < ENDS_WITHIN, "{name} did not end within {ENDS_WITHIN:?}");
        tokio::time::sleep(LOOK_EVERY).await;
    }
    house.end(name);
    Ok(())
}

async fn again(house: &mut House, name: &'static str) -> anyhow::Result<()> {
    house.launch(name, &[])?;
    house.ready(name).await
}

/// When what was broken, by the database's clock, and when it was mended.
pub(super) struct Blows(Vec<(Blow, DateTime<Utc>, DateTime<Utc>)>);

/// Deals all blows while the line moves.
///
/// # Errors
/// When something cannot be broken or mended, or the line stands still for a minute.
pub(super) async fn deal(house: &mut House, event: &str, people: usize) -> anyhow::Result<Blows> {
    let mut database = PgConnection::connect(&house.database_url()?).await?;
    let share = people * SHARE / 100 / BLOWS.len();
    let mut dealt = Vec::new();
    for (n, blow) in BLOWS.into_iter().enumerate() {
        let served = until_served(&mut database, event, (n * share + share / 2).max(1)).await?;
        tell(&format!("{}, after {served} people were called", blow.label()));
        let from = now(&mut database).await?;
        blow.deal(house).await?;
        if blow == Blow::Postgres {
            database = PgConnection::connect(&house.database_url()?).await?;
        }
        let to = now(&mut database).await?;
        until_served(&mut database, event, served + 1).await?;
        dealt.push((blow, from, to));
    }
    Ok(Blows(dealt))
}

async fn now(database: &mut PgConnection) -> anyhow::Result<DateTime<Utc>> {
    Ok(sqlx::query_scalar("SELECT clock_timestamp()").fetch_one(database).await?)
}

/// Waits until so many were called; how many they are then.
async fn until_served(database: &mut PgConnection, event: &str, wanted: usize) -> anyhow::Result<usize> {
    let (mut moved, mut last) = (Instant::now(), 0);
    loop {
        let sql = "SELECT served FROM gateway.rooms WHERE event_id = $1";
        let served: i32 = sqlx::query_scalar(sql).bind(event).fetch_one(&mut *database).await?;
        let served = usize::try_from(served)?;
        if served >= wanted {
            return Ok(served);
        }
        if served > last {
            (last, moved) = (served, Instant::now());
        }
        if moved.elapsed() > MOVES_WITHIN {
            bail!("the line stands still at {served} for {MOVES_WITHIN:?}");
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

impl Blows {
    /// How long the line stood still at each, by the moves that were noted: the longest time between two of them.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub(super) async fn told(
        &self,
        database: &mut PgConnection,
        event: &str,
        faults: &mut Faults,
    ) -> anyhow::Result<String> {
        let sql = "SELECT at FROM gateway.calls WHERE event_id = $1 ORDER BY served";
        let moves: Vec<DateTime<Utc>> = sqlx::query_scalar(sql).bind(event).fetch_all(database).await?;
        ensure!(moves.len() > 1, "the line moved");
        let mut told = Vec::new();
        for (blow, from, to) in &self.0 {
            let longest = longest_pause(&moves, *from, *to);
            faults.unless(longest <= STANDS_STILL_MAX, || {
                format!("the line stood still for {} s at {}", seconds(longest), blow.label())
            });
            told.push(format!("{}: {} s", blow.label(), seconds(longest)));
        }
        Ok(format!("the line stood still at most, at {}", told.join(", ")))
    }
}

/// The longest time between two moves that lie about this time, at least in part.
fn longest_pause(moves: &[DateTime<Utc>], from: DateTime<Utc>, to: DateTime<Utc>) -> TimeDelta {
    let pairs = moves.windows(2).filter(|pair| pair[1] >= from && pair[0] <= to);
    pairs.map(|pair| pair[1] - pair[0]).max().unwrap_or_default()
}

fn seconds(time: TimeDelta) -> String {
    format!("{}.{}", time.num_seconds(), time.subsec_millis() / 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_counts_where_it_lies_about_the_blow() {
        let at = |seconds| DateTime::from_timestamp(seconds, 0).expect("a time");
        let moves = [1, 2, 3, 9, 10, 30].map(at);
        let pause = |from, to| longest_pause(&moves, at(from), at(to)).num_seconds();
        assert_eq!((pause(4, 5), pause(2, 3), pause(1, 2), pause(9, 9)), (6, 6, 1, 6));
        assert_eq!(pause(11, 12), 20);
    }
}
