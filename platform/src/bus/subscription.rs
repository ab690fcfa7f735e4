//! Reading on behalf of a consumer group.

use super::kafka::KafkaSubscription;
use super::postgres::PgSubscription;
use super::{BusError, Place, Record};

/// What a consumer group reads.
pub enum Subscription {
    /// From schema `bus`.
    Postgres(Box<PgSubscription>),
    /// From Kafka.
    Kafka(Box<KafkaSubscription>),
    /// From nowhere: there is never a message.
    Off,
}

impl Subscription {
    /// What is there now, at most `records_max`. After an error all that was read and not committed comes again.
    pub async fn fetch(&mut self, records_max: usize) -> Result<Vec<Record>, BusError> {
        match self {
            Self::Postgres(subscription) => subscription.fetch(records_max).await,
            Self::Kafka(subscription) => subscription.fetch(records_max).await,
            Self::Off => Ok(Vec::new()),
        }
    }

    /// Instead of fetching, while there is no room for more: nothing more is read ahead, and the group's place is
    /// kept. To be called every few seconds until the next fetch.
    pub async fn hold(&mut self) -> Result<(), BusError> {
        match self {
            // The session is used, and so not ended as idle.
            Self::Postgres(subscription) => subscription.fetch(0).await.map(drop),
            Self::Kafka(subscription) => subscription.hold().await,
            Self::Off => Ok(()),
        }
    }

    /// Returns when there may be something to fetch. May be dropped at any time.
    pub async fn wait(&mut self) -> Result<(), BusError> {
        match self {
            Self::Postgres(subscription) => {
                subscription.wait().await;
                Ok(())
            }
            Self::Kafka(subscription) => subscription.wait().await,
            Self::Off => std::future::pending().await,
        }
    }

    /// The group goes on from these offsets when it starts again.
    pub async fn commit(&mut self, offsets: &[(Place, i64)]) -> Result<(), BusError> {
        if offsets.is_empty() {
            return Ok(());
        }
        match self {
            Self::Postgres(subscription) => subscription.commit(offsets).await,
            Self::Kafka(subscription) => subscription.commit(offsets).await,
            Self::Off => Ok(()),
        }
    }
}
