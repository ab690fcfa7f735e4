//! How the bus is: its topics, and how far each group is behind.

use super::{Bus, BusError};
use onsale_core::events::Topic;

/// How a topic is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TopicState {
    /// Its name.
    pub name: String,
    /// How many partitions it has.
    pub partitions: usize,
    /// How many brokers have each of its messages.
    pub replicas: usize,
    /// How many of these are up to date, where they are fewest.
    pub in_sync: usize,
    /// How many messages it keeps.
    pub messages: i64,
    /// How many of them each group that reads it has still to handle.
    pub lags: Vec<(String, i64)>,
}

/// Which topics a group reads.
pub(super) struct Group {
    pub(super) name: String,
    pub(super) topics: Vec<String>,
}

impl Bus {
    /// All topics and dead letters' topics, by name.
    pub async fn topics(&self) -> Result<Vec<TopicState>, BusError> {
        let mut states = match self {
            Self::Postgres(bus) => bus.topics(&self.groups().await?).await?,
            Self::Kafka(bus) => bus.topics(self.groups().await?).await?,
            Self::Off => Vec::new(),
        };
        states.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(states)
    }

    /// How many messages of these topics a group has still to handle.
    pub(crate) async fn lag(&self, group: &str, topics: &[Topic]) -> Result<i64, BusError> {
        let group = Group { name: group.to_owned(), topics: topics.iter().map(Topic::to_string).collect() };
        match self {
            Self::Postgres(bus) => Ok(bus.lag(&group).await?),
            Self::Kafka(bus) => {
                let states = bus.topics(vec![group]).await?;
                Ok(states.iter().flat_map(|state| &state.lags).map(|(_, lag)| lag).sum())
            }
            Self::Off => Ok(0),
        }
    }

    /// Remembers which topics a group reads.
    pub(crate) async fn register(&self, group: &str, topics: &[Topic]) -> Result<(), BusError> {
        let Some(database) = self.database() else { return Ok(()) };
        let topics: Vec<String> = topics.iter().map(Topic::to_string).collect();
        sqlx::query!(
            "INSERT INTO bus.groups (consumer_group, topics) VALUES ($1, $2)
             ON CONFLICT (consumer_group) DO UPDATE SET topics = excluded.topics, seen_at = now()",
            group,
            &topics,
        )
        .execute(database.pool())
        .await?;
        Ok(())
    }

    async fn groups(&self) -> Result<Vec<Group>, BusError> {
        let Some(database) = self.database() else { return Ok(Vec::new()) };
        let rows = sqlx::query!("SELECT consumer_group, topics FROM bus.groups ORDER BY consumer_group")
            .fetch_all(database.pool())
            .await?;
        Ok(rows.into_iter().map(|row| Group { name: row.consumer_group, topics: row.topics }).collect())
    }
}

/// The topics' names, and those of their dead letters.
pub(super) fn names() -> impl Iterator<Item = String> {
    Topic::ALL.iter().flat_map(|topic| [topic.to_string(), format!("{topic}.dlq")])
}
