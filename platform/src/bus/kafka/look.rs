//! Looking at a cluster: its topics, and all dead letters.

use super::{KafkaBus, KafkaConfig};
use crate::bus::BusError;
use crate::bus::letters::{LETTERS_MAX, LetterPlace};
use crate::bus::state::{Group, TopicState, names};
use onsale_core::events::Topic;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::KafkaError;
use rdkafka::metadata::MetadataTopic;
use rdkafka::{Message as _, Offset, TopicPartitionList};
use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant};

/// How long a question to the cluster may take.
const ANSWER_MAX: Duration = Duration::from_secs(15);
/// How long reading the dead letters may take in all.
const READ_MAX: Duration = Duration::from_secs(60);

impl KafkaBus {
    pub(in super::super) async fn topics(&self, groups: Vec<Group>) -> Result<Vec<TopicState>, BusError> {
        self.blocking(move |config| topics(config, &groups)).await
    }

    /// The newest letters, oldest first in each partition.
    pub(in super::super) async fn letters(&self) -> Result<Vec<(LetterPlace, String)>, BusError> {
        self.blocking(letters).await
    }

    /// The client's calls wait without giving way: not on the runtime's threads.
    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&KafkaConfig) -> Result<T, BusError> + Send + 'static,
    ) -> Result<T, BusError> {
        let config = self.config.clone();
        tokio::task::spawn_blocking(move || work(&config)).await.unwrap_or(Err(KafkaError::Canceled.into()))
    }
}

fn consumer(config: &KafkaConfig, group: &str) -> Result<BaseConsumer, KafkaError> {
    config.client().set("group.id", format!("{}{group}", config.prefix)).set("enable.auto.commit", "false").create()
}

fn topics(config: &KafkaConfig, groups: &[Group]) -> Result<Vec<TopicState>, BusError> {
    let consumer_of_none = consumer(config, "onsale.look")?;
    let metadata = consumer_of_none.fetch_metadata(None, ANSWER_MAX)?;
    let mut states = Vec::new();
    let mut all = TopicPartitionList::new();
    for name in names() {
        let full = format!("{}{name}", config.prefix);
        let Some(topic) = metadata.topics().iter().find(|topic| topic.name() == full) else { continue };
        let partitions = topic.partitions();
        for partition in partitions {
            all.add_partition(&full, partition.id());
        }
        states.push(TopicState {
            partitions: partitions.len(),
            replicas: partitions.iter().map(|partition| partition.replicas().len()).min().unwrap_or(0),
            in_sync: partitions.iter().map(|partition| partition.isr().len()).min().unwrap_or(0),
            messages: 0,
            lags: Vec::new(),
            name,
        });
    }
    let (begins, ends) =
        (bounds(&consumer_of_none, &all, Offset::Beginning)?, bounds(&consumer_of_none, &all, Offset::End)?);
    let of_topic = |name: &str| {
        let full = format!("{}{name}", config.prefix);
        ends.iter().filter(move |((topic, _), _)| *topic == full)
    };
    for state in &mut states {
        let kept = of_topic(&state.name).map(|(place, end)| end - begins.get(place).copied().unwrap_or(0));
        state.messages = kept.sum();
    }
    for group in groups {
        let committed = consumer(config, &group.name)?.committed_offsets(all.clone(), ANSWER_MAX)?;
        let committed = offsets(&committed);
        for state in states.iter_mut().filter(|state| group.topics.contains(&state.name)) {
            let behind = of_topic(&state.name).map(|(place, end)| {
                let begin = begins.get(place).copied().unwrap_or(0);
                end - committed.get(place).copied().unwrap_or(0).max(begin)
            });
            state.lags.push((group.name.clone(), behind.sum()));
        }
    }
    Ok(states)
}

/// Where each partition begins or ends.
fn bounds(
    consumer: &BaseConsumer,
    places: &TopicPartitionList,
    which: Offset,
) -> Result<HashMap<(String, i32), i64>, KafkaError> {
    let mut asked = places.clone();
    asked.set_all_offsets(which)?;
    Ok(offsets(&consumer.offsets_for_times(asked, ANSWER_MAX)?))
}

fn offsets(list: &TopicPartitionList) -> HashMap<(String, i32), i64> {
    let known = list.elements();
    let known = known.iter().filter_map(|place| match place.offset() {
        Offset::Offset(offset) => Some(((place.topic().to_owned(), place.partition()), offset)),
        _ => None,
    });
    known.collect()
}

fn letters(config: &KafkaConfig) -> Result<Vec<(LetterPlace, String)>, BusError> {
    let consumer = consumer(config, "onsale.look")?;
    let mut places = TopicPartitionList::new();
    let metadata = consumer.fetch_metadata(None, ANSWER_MAX)?;
    for topic in Topic::ALL {
        let full = format!("{}{topic}.dlq", config.prefix);
        let found = metadata.topics().iter().find(|topic| topic.name() == full);
        for partition in found.map(MetadataTopic::partitions).unwrap_or_default() {
            places.add_partition(&full, partition.id());
        }
    }
    let mut ends = bounds(&consumer, &places, Offset::End)?;
    let begins = bounds(&consumer, &places, Offset::Beginning)?;
    ends.retain(|place, end| begins.get(place).is_some_and(|begin| begin < end));
    let mut wanted = TopicPartitionList::new();
    for (topic, partition) in ends.keys() {
        wanted.add_partition_offset(topic, *partition, Offset::Beginning)?;
    }
    consumer.assign(&wanted)?;
    let deadline = Instant::now() + READ_MAX;
    let mut found = VecDeque::new();
    while !ends.is_empty() {
        if Instant::now() >= deadline {
            return Err(BusError::Late(READ_MAX));
        }
        let Some(message) = consumer.poll(Duration::from_millis(500)) else { continue };
        let message = message?;
        let place = (message.topic().to_owned(), message.partition());
        if ends.get(&place).is_some_and(|end| message.offset() + 1 >= *end) {
            ends.remove(&place);
        }
        let topic = place.0.strip_prefix(&config.prefix).unwrap_or(&place.0).trim_end_matches(".dlq").to_owned();
        let text = String::from_utf8_lossy(message.payload().unwrap_or_default()).into_owned();
        found.push_back((LetterPlace { topic, partition: place.1, offset: message.offset() }, text));
        if found.len() > LETTERS_MAX {
            found.pop_front();
        }
    }
    Ok(found.into())
}
