//! Kafka: `acks=all`, an idempotent producer, offsets committed after the database. No Kafka
//! transactions: outbox and inbox give each effect once (RELIABILITY.md, 1.3).

mod look;
mod read;
mod topics;

pub use read::KafkaSubscription;

use super::{BusError, Message, PgBus};
use crate::env::{Env, EnvError};
use futures::stream::{FuturesUnordered, TryStreamExt};
use onsale_core::events::Topic;
use parking_lot::Mutex;
use rdkafka::ClientConfig;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::producer::{FutureProducer, FutureRecord, Producer};
use std::sync::Arc;
use std::time::Duration;

/// How long the producer itself tries to deliver a message. A cluster that has just started gives out the
/// first producer id only after some seconds.
const DELIVERY_MAX: Duration = Duration::from_secs(20);
/// How long sending may take in all; the relay's transaction waits a little longer.
const SEND_MAX: Duration = Duration::from_secs(25);
/// How often the producer's own full queue is waited for, 10 ms each.
const FULL_MAX: u32 = 200;

/// How to reach Kafka.
#[derive(Debug, Clone)]
pub struct KafkaConfig {
    /// `KAFKA_BOOTSTRAP_SERVERS`: `host:port`, comma-separated.
    pub bootstrap_servers: String,
    /// `KAFKA_TOPIC_PREFIX`: put before each topic's and group's name, so that installations can share a cluster.
    pub prefix: String,
    /// Which topics are made when they are not there, each with its `.dlq`: all of them.
    pub topics: &'static [Topic],
}

impl KafkaConfig {
    /// From the settings; nothing without `KAFKA_BOOTSTRAP_SERVERS`.
    pub fn of(env: &Env) -> Result<Option<Self>, EnvError> {
        let prefix = env.text("KAFKA_TOPIC_PREFIX")?.unwrap_or_default();
        Ok(env.text("KAFKA_BOOTSTRAP_SERVERS")?.map(|bootstrap_servers| Self {
            bootstrap_servers,
            prefix,
            topics: Topic::ALL,
        }))
    }

    fn client(&self) -> ClientConfig {
        let mut client = ClientConfig::new();
        client.set("bootstrap.servers", &self.bootstrap_servers).set("client.id", "onsale");
        // A broker that comes back is used soon.
        client.set("reconnect.backoff.max.ms", "2000");
        client
    }
}

/// A Kafka cluster. Cheap to clone.
#[derive(Clone)]
pub struct KafkaBus {
    config: KafkaConfig,
    producer: Arc<Mutex<FutureProducer>>,
    database: PgBus,
}

impl KafkaBus {
    /// Connects, and creates the topics that are not there yet.
    pub async fn connect(config: KafkaConfig, database: PgBus) -> Result<Self, BusError> {
        topics::create(&config).await?;
        let producer = Arc::new(Mutex::new(producer(&config)?));
        Ok(Self { config, producer, database })
    }

    /// The producer; another one when it can never send again, as an idempotent one that lost its place cannot.
    fn producer(&self) -> Result<FutureProducer, KafkaError> {
        let mut current = self.producer.lock();
        if let Some((code, reason)) = current.client().fatal_error() {
            tracing::error!(%code, reason, "the Kafka producer cannot go on and is replaced");
            *current = producer(&self.config)?;
        }
        Ok(current.clone())
    }

    pub(super) fn database(&self) -> &PgBus {
        &self.database
    }

    pub(super) async fn send(&self, messages: Vec<Message>) -> Result<(), BusError> {
        let producer = self.producer()?;
        let deliveries = FuturesUnordered::new();
        for message in &messages {
            deliveries.push(self.enqueue(&producer, message).await?);
        }
        let all_delivered = deliveries.try_for_each(|()| async { Ok(()) });
        // The producer gives up by itself before this.
        tokio::time::timeout(SEND_MAX, all_delivered).await.map_err(|_| BusError::Late(SEND_MAX))?
    }

    /// Hands a message to the producer, which keeps the order; what comes back resolves when it is durable.
    async fn enqueue(
        &self,
        producer: &FutureProducer,
        message: &Message,
    ) -> Result<impl Future<Output = Result<(), BusError>> + use<>, BusError> {
        let topic = format!("{}{}", self.config.prefix, message.topic);
        let mut record = FutureRecord::to(&topic).key(&message.key).payload(&message.value);
        for _ in 0..FULL_MAX {
            match producer.send_result(record) {
                Ok(delivery) => {
                    return Ok(async move {
                        match delivery.await {
                            Ok(Ok(_)) => Ok(()),
                            Ok(Err((error, _))) => Err(BusError::Kafka(error)),
                            Err(_) => Err(BusError::Kafka(KafkaError::Canceled)),
                        }
                    });
                }
                Err((KafkaError::MessageProduction(RDKafkaErrorCode::QueueFull), back)) => record = back,
                Err((error, _)) => return Err(BusError::Kafka(error)),
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        Err(BusError::Kafka(KafkaError::MessageProduction(RDKafkaErrorCode::QueueFull)))
    }

    pub(super) fn subscribe(&self, group: &'static str, topics: &[Topic]) -> Result<KafkaSubscription, BusError> {
        KafkaSubscription::open(&self.config, group, topics)
    }
}

fn producer(config: &KafkaConfig) -> Result<FutureProducer, KafkaError> {
    config
        .client()
        .set("acks", "all")
        .set("enable.idempotence", "true")
        .set("compression.type", "lz4")
        .set("linger.ms", "2")
        .set("message.timeout.ms", DELIVERY_MAX.as_millis().to_string())
        .create()
}
