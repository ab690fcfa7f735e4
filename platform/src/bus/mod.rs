//! The bus: Kafka where `KAFKA_BOOTSTRAP_SERVERS` is set, else schema `bus` with the same semantics:
//! topics with partitions, offsets, consumer groups, each message at least once.

mod dead_letter;
mod kafka;
mod letters;
mod message;
mod offsets;
mod postgres;
mod progress;
mod state;
mod subscription;

pub use dead_letter::DeadLetter;
pub use kafka::{KafkaBus, KafkaConfig, KafkaSubscription};
pub(crate) use letters::returned_to;
pub use letters::{LETTERS_MAX, Letter, LetterFilter, LetterPlace, Settlement};
pub use message::{Message, Record};
pub use offsets::{Offsets, Place};
pub use postgres::{PgBus, PgBusConfig, PgSubscription};
pub use progress::Progress;
pub use state::TopicState;
pub use subscription::Subscription;

use crate::env::{Env, EnvError};
use crate::shutdown::Shutdown;
use onsale_core::events::{CloudEvent, Topic};

/// How many partitions a topic has. An aggregate's messages are in the same partition of each topic.
pub const PARTITIONS: i16 = 8;

/// The bus. Cheap to clone.
#[derive(Clone)]
pub enum Bus {
    /// Schema `bus` of a PostgreSQL database.
    Postgres(PgBus),
    /// A Kafka cluster.
    Kafka(KafkaBus),
    /// Nowhere: events stay in the stores. For tests that need no bus.
    Off,
}

/// The bus did not do what it was asked to.
#[derive(Debug, thiserror::Error)]
pub enum BusError {
    /// A setting is missing or wrong.
    #[error(transparent)]
    Setting(#[from] EnvError),
    /// Schema `bus` did not answer as it should.
    #[error("schema bus: {0}")]
    Database(#[from] sqlx::Error),
    /// Kafka did not answer as it should.
    #[error("kafka: {0}")]
    Kafka(#[from] rdkafka::error::KafkaError),
    /// A message has no form that can be sent.
    #[error("message: {0}")]
    Message(#[from] serde_json::Error),
    /// What this consumer had in hand was given to another one: start again from what was committed.
    #[error("the partitions were given to others")]
    Reassigned,
    /// It took too long.
    #[error("no answer within {0:?}")]
    Late(std::time::Duration),
}

impl Bus {
    /// Opens the bus that the settings name, `KAFKA_BOOTSTRAP_SERVERS`, else `BUS_DATABASE_URL`, else `DATABASE_URL`,
    /// and looks after it until shutdown.
    pub async fn connect(env: &Env, shutdown: &Shutdown) -> Result<Self, BusError> {
        let database = PgBus::connect(&PgBusConfig::of(env)?, shutdown).await?;
        match KafkaConfig::of(env)? {
            Some(config) => Ok(Self::Kafka(KafkaBus::connect(config, database).await?)),
            None => Ok(Self::Postgres(database)),
        }
    }

    /// Publishes these, in their order for each aggregate. All are durable when it returns; after an
    /// error some may be, and all are to be sent again.
    pub async fn publish(&self, events: Vec<CloudEvent>) -> Result<(), BusError> {
        let messages = events.iter().map(Message::of_event).collect::<Result<Vec<_>, _>>()?;
        self.send(messages).await
    }

    /// As [`Bus::publish`], for messages that are written out already.
    pub async fn send(&self, messages: Vec<Message>) -> Result<(), BusError> {
        if messages.is_empty() {
            return Ok(());
        }
        match self {
            Self::Postgres(bus) => bus.send(messages).await,
            Self::Kafka(bus) => bus.send(messages).await,
            Self::Off => Ok(()),
        }
    }

    /// Reads these topics on behalf of a consumer group, from where it stopped; a new group from the beginning.
    pub fn subscribe(&self, group: &'static str, topics: &[Topic]) -> Result<Subscription, BusError> {
        Ok(match self {
            Self::Postgres(bus) => Subscription::Postgres(Box::new(bus.subscribe(group, topics))),
            Self::Kafka(bus) => Subscription::Kafka(Box::new(bus.subscribe(group, topics)?)),
            Self::Off => Subscription::Off,
        })
    }

    /// Schema `bus`, which also keeps what Kafka does not: how far ordered consumers have come with each aggregate.
    pub(crate) fn database(&self) -> Option<&PgBus> {
        match self {
            Self::Postgres(bus) => Some(bus),
            Self::Kafka(bus) => Some(bus.database()),
            Self::Off => None,
        }
    }
}
