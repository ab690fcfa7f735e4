//! Reading on behalf of a group. Offsets are committed by whoever handled the messages, never by Kafka's client itself.
//!
//! Kafka's own group protocol (KIP-848) moves single partitions while the others are read on, and its `range` gives
//! equal numbers of several topics to one member: see docs/decisions/0018-groups-in-kafka.md.

use super::KafkaConfig;
use crate::bus::{BusError, Place, Record};
use futures::FutureExt;
use onsale_core::events::Topic;
use rdkafka::consumer::{BaseConsumer, CommitMode, Consumer, ConsumerContext, Rebalance, StreamConsumer};
use rdkafka::error::{KafkaError, KafkaResult};
use rdkafka::message::BorrowedMessage;
use rdkafka::{ClientContext, Message as _, Offset, TopicPartitionList};
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// How long the group's coordinator may take to tell what was committed.
const ANSWER_MAX: Duration = Duration::from_secs(10);

/// A group's reading of Kafka.
pub struct KafkaSubscription {
    consumer: Arc<StreamConsumer<Watch>>,
    revoked: Arc<AtomicBool>,
    prefix: String,
    /// What came while it was only waited, or held.
    early: VecDeque<Record>,
    held: bool,
}

/// Sees partitions being taken away, and commits that failed.
struct Watch(Arc<AtomicBool>);

impl ClientContext for Watch {}

impl ConsumerContext for Watch {
    fn pre_rebalance(&self, _: &BaseConsumer<Self>, rebalance: &Rebalance<'_>) {
        if matches!(rebalance, Rebalance::Revoke(_)) {
            self.0.store(true, Ordering::Release);
        }
    }

    fn commit_callback(&self, result: KafkaResult<()>, _: &TopicPartitionList) {
        if let Err(error) = result {
            // The next one tells all of it; until then more would come again.
            tracing::warn!(%error, "Kafka did not take a commit of offsets");
        }
    }
}

impl KafkaSubscription {
    pub(super) fn open(config: &KafkaConfig, group: &str, topics: &[Topic]) -> Result<Self, BusError> {
        let revoked = Arc::new(AtomicBool::new(false));
        let consumer: StreamConsumer<Watch> = config
            .client()
            .set("group.id", format!("{}{group}", config.prefix))
            .set("group.protocol", "consumer")
            .set("group.remote.assignor", "range")
            .set("auto.offset.reset", "earliest")
            .set("enable.auto.commit", "false")
            .set("isolation.level", "read_committed")
            .set("queued.max.messages.kbytes", "16384")
            .create_with_context(Watch(Arc::clone(&revoked)))?;
        let names: Vec<String> = topics.iter().map(|topic| format!("{}{topic}", config.prefix)).collect();
        consumer.subscribe(&names.iter().map(String::as_str).collect::<Vec<_>>())?;
        let consumer = Arc::new(consumer);
        Ok(Self { consumer, revoked, prefix: config.prefix.clone(), early: VecDeque::new(), held: false })
    }

    pub(in crate::bus) async fn fetch(&mut self, records_max: usize) -> Result<Vec<Record>, BusError> {
        self.check_revoked().await?;
        if self.held {
            self.consumer.resume(&self.consumer.assignment()?)?;
            self.held = false;
        }
        let early = self.early.len().min(records_max);
        let mut records: Vec<Record> = self.early.drain(..early).collect();
        while records.len() < records_max {
            match self.consumer.recv().now_or_never() {
                None => break,
                Some(message) => records.extend(self.record(&message?)),
            }
        }
        // The messages may be of after a rebalance, or of before.
        self.check_revoked().await?;
        Ok(records)
    }

    /// Pauses what is assigned, and lets the client see what the group does.
    pub(in crate::bus) async fn hold(&mut self) -> Result<(), BusError> {
        self.check_revoked().await?;
        // Each time: partitions that came meanwhile are not paused yet.
        self.consumer.pause(&self.consumer.assignment()?)?;
        self.held = true;
        if let Some(message) = self.consumer.recv().now_or_never() {
            let record = self.record(&message?);
            self.early.extend(record);
        }
        self.check_revoked().await
    }

    /// Once after partitions were taken away, an error.
    async fn check_revoked(&mut self) -> Result<(), BusError> {
        if !self.revoked.swap(false, Ordering::AcqRel) {
            return Ok(());
        }
        self.early.clear();
        let consumer = Arc::clone(&self.consumer);
        let rewound = tokio::task::spawn_blocking(move || rewind(&consumer)).await;
        if let Err(error) = rewound.unwrap_or(Err(KafkaError::Canceled)) {
            // What was read must not be passed: it is tried again.
            self.revoked.store(true, Ordering::Release);
            return Err(error.into());
        }
        Err(BusError::Reassigned)
    }

    pub(in crate::bus) async fn wait(&mut self) -> Result<(), BusError> {
        if self.early.is_empty() {
            let message = self.consumer.recv().await?;
            let record = self.record(&message);
            self.early.extend(record);
        }
        Ok(())
    }

    fn record(&self, message: &BorrowedMessage<'_>) -> Option<Record> {
        let topic = message.topic().strip_prefix(&self.prefix)?.parse().ok()?;
        let text = |bytes: Option<&[u8]>| String::from_utf8_lossy(bytes.unwrap_or_default()).into_owned();
        Some(Record {
            topic,
            partition: message.partition(),
            offset: message.offset(),
            key: text(message.key()),
            value: text(message.payload()),
        })
    }

    pub(in crate::bus) async fn commit(&mut self, offsets: &[(Place, i64)]) -> Result<(), BusError> {
        if self.revoked.load(Ordering::Acquire) {
            return Err(BusError::Reassigned);
        }
        let mut list = TopicPartitionList::new();
        for ((topic, partition), next) in offsets {
            list.add_partition_offset(&format!("{}{topic}", self.prefix), *partition, Offset::Offset(*next))?;
        }
        self.consumer.commit(&list, CommitMode::Async)?;
        Ok(())
    }
}

/// Reads again, from what was committed, the partitions that stayed. It waits for the cluster.
fn rewind(consumer: &StreamConsumer<Watch>) -> Result<(), KafkaError> {
    let kept = consumer.assignment()?;
    if kept.count() == 0 {
        return Ok(());
    }
    let committed = consumer.committed_offsets(kept, ANSWER_MAX)?;
    let mut wanted = TopicPartitionList::new();
    for place in committed.elements() {
        let offset = match place.offset() {
            Offset::Offset(offset) => Offset::Offset(offset),
            _ => Offset::Beginning,
        };
        wanted.add_partition_offset(place.topic(), place.partition(), offset)?;
    }
    let sought = consumer.seek_partitions(wanted, ANSWER_MAX)?;
    sought.elements().iter().try_for_each(rdkafka::topic_partition_list::TopicPartitionListElem::error)
}
