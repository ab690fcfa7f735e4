//! Kafka's own rate: events that all replicas in sync have, by one producer with the house's settings.

use anyhow::{Context, ensure};
use futures::StreamExt;
use futures::stream::FuturesUnordered;
use rdkafka::ClientConfig;
use rdkafka::admin::{AdminClient, AdminOptions, NewTopic, TopicReplication};
use rdkafka::client::DefaultClientContext;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::producer::{FutureProducer, FutureRecord};
use std::time::{Duration, Instant};

const TOPIC: &str = "bench-limits";
const PARTITIONS: i32 = 6;
const REPLICAS: i32 = 3;
/// Events on their way at most.
const UNDER_WAY_MAX: usize = 10_000;
/// Bytes of an event, about those of a paid order.
const EVENT_BYTES: usize = 700;
/// How long a topic, and the last acknowledgements, may take.
const LAST_MAX: Duration = Duration::from_secs(20);

/// Events a second that were acknowledged by all replicas in sync (`acks=all`), for so long.
///
/// # Errors
/// When the topic cannot be made, or an event is not acknowledged.
pub async fn events_per_second(servers: &str, time: Duration) -> anyhow::Result<f64> {
    let mut client = ClientConfig::new();
    client.set("bootstrap.servers", servers);
    make_topic(&client).await?;
    let producer: FutureProducer = client
        .set("acks", "all")
        .set("enable.idempotence", "true")
        .set("compression.type", "lz4")
        .set("linger.ms", "2")
        .create()
        .context("make a producer")?;
    let payload = vec![b'e'; EVENT_BYTES];
    let (began, mut under_way, mut acknowledged, mut number) = (Instant::now(), FuturesUnordered::new(), 0_u32, 0_u64);
    while began.elapsed() < time {
        let key = number.to_string();
        let sent = producer.send_result(FutureRecord::to(TOPIC).key(&key).payload(&payload));
        let is_full = match sent {
            Ok(delivery) => {
                under_way.push(delivery);
                number += 1;
                under_way.len() >= UNDER_WAY_MAX
            }
            Err((KafkaError::MessageProduction(RDKafkaErrorCode::QueueFull), _)) => true,
            Err((error, _)) => return Err(error).context("hand an event to the producer"),
        };
        if is_full && let Some(delivery) = under_way.next().await {
            delivery.context("the producer is gone")?.map_err(|(error, _)| error)?;
            acknowledged += 1;
        }
    }
    let rest = async {
        while let Some(delivery) = under_way.next().await {
            delivery.context("the producer is gone")?.map_err(|(error, _)| error)?;
            acknowledged += 1;
        }
        anyhow::Ok(())
    };
    tokio::time::timeout(LAST_MAX, rest).await.context("not all events were acknowledged")??;
    let took = began.elapsed();
    ensure!(u64::from(acknowledged) == number, "{number} events were sent, {acknowledged} acknowledged");
    Ok(f64::from(acknowledged) / took.as_secs_f64())
}

async fn make_topic(client: &ClientConfig) -> anyhow::Result<()> {
    let admin: AdminClient<DefaultClientContext> = client.create().context("reach Kafka")?;
    let topic = NewTopic::new(TOPIC, PARTITIONS, TopicReplication::Fixed(REPLICAS)).set("min.insync.replicas", "2");
    let within = AdminOptions::new().request_timeout(Some(LAST_MAX));
    for made in admin.create_topics(&[topic], &within).await.context("make a topic")? {
        match made {
            Ok(_) | Err((_, RDKafkaErrorCode::TopicAlreadyExists)) => {}
            Err((name, code)) => anyhow::bail!("the topic {name} could not be made: {code}"),
        }
    }
    Ok(())
}
