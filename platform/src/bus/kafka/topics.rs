//! Creating the topics.

use super::KafkaConfig;
use crate::bus::{BusError, PARTITIONS};
use rdkafka::admin::{AdminClient, AdminOptions, NewTopic, TopicReplication};
use rdkafka::client::DefaultClientContext;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use std::collections::HashSet;
use std::time::Duration;

const ANSWER_MAX: Duration = Duration::from_secs(15);
/// The first time some hundred partitions are made, each on three brokers.
const CREATE_MAX: Duration = Duration::from_secs(90);

/// Creates each topic and its `.dlq`, replicated to three brokers where there are three; those that
/// are there stay as they are.
pub(super) async fn create(config: &KafkaConfig) -> Result<(), BusError> {
    let admin: AdminClient<DefaultClientContext> = config.client().create()?;
    let (admin, found) = tokio::task::spawn_blocking(move || {
        let found = admin.inner().fetch_metadata(None, ANSWER_MAX).map(|found| {
            let topics: HashSet<String> = found.topics().iter().map(|topic| topic.name().to_owned()).collect();
            (found.brokers().len(), topics)
        });
        (admin, found)
    })
    .await
    .map_err(|_| KafkaError::Canceled)?;
    let (brokers, there) = found?;
    let replicas = i32::try_from(brokers.clamp(1, 3)).unwrap_or(1);
    // An acknowledged message is on two of three brokers: any one may be lost.
    let in_sync_min = if replicas == 3 { "2" } else { "1" };
    if replicas < 3 {
        tracing::warn!(brokers, "fewer than three Kafka brokers: losing one may lose events");
    }
    let names: Vec<(String, i32)> = config
        .topics
        .iter()
        .flat_map(|topic| [(topic.to_string(), i32::from(PARTITIONS)), (format!("{topic}.dlq"), 1)])
        .map(|(name, partitions)| (format!("{}{name}", config.prefix), partitions))
        .filter(|(name, _)| !there.contains(name))
        .collect();
    if names.is_empty() {
        return Ok(());
    }
    let topics: Vec<NewTopic<'_>> = names
        .iter()
        .map(|(name, partitions)| {
            NewTopic::new(name, *partitions, TopicReplication::Fixed(replicas))
                .set("min.insync.replicas", in_sync_min)
                .set("unclean.leader.election.enable", "false")
        })
        .collect();
    let options = AdminOptions::new().request_timeout(Some(CREATE_MAX)).operation_timeout(Some(CREATE_MAX));
    for outcome in admin.create_topics(&topics, &options).await? {
        match outcome {
            Ok(_) | Err((_, RDKafkaErrorCode::TopicAlreadyExists)) => {}
            Err((topic, code)) => {
                tracing::error!(topic, %code, "a topic could not be created");
                return Err(KafkaError::AdminOp(code).into());
            }
        }
    }
    Ok(())
}
