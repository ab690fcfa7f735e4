//! Reading on behalf of a group. Offsets are committed by whoever handled the messages, never by Kafka's client itself.

use super::KafkaConfig;
use crate::bus::{BusError, Place, Record};
use futures::FutureExt;
use onsale_core::events::Topic;
use rdkafka::consumer::{BaseConsumer, CommitMode, Consumer, ConsumerContext, Rebalance, StreamConsumer};
use rdkafka::error::KafkaError;
use rdkafka::message::BorrowedMessage;
use rdkafka::{ClientContext, Message as _, Offset, TopicPartitionList};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A group's reading of Kafka.
pub struct KafkaSubscription {
    consumer: StreamConsumer<Watch>,
    revoked: Arc<AtomicBool>,
    prefix: String,
    /// What ended a wait.
    first: Option<Record>,
}

/// Sees partitions being taken away.
struct Watch(Arc<AtomicBool>);

impl ClientContext for Watch {}

impl ConsumerContext for Watch {
    fn pre_rebalance(&self, _: &BaseConsumer<Self>, rebalance: &Rebalance<'_>) {
        if matches!(rebalance, Rebalance::Revoke(_)) {
            self.0.store(true, Ordering::Release);
        }
    }
}

impl KafkaSubscription {
    pub(super) fn open(config: &KafkaConfig, group: &str, topics: &[Topic]) -> Result<Self, BusError> {
        let revoked = Arc::new(AtomicBool::new(false));
        let consumer: StreamConsumer<Watch> = config
            .client()
            .set("group.id", format!("{}{group}", config.prefix))
            .set("auto.offset.reset", "earliest")
            .set("enable.auto.commit", "false")
            // Topics have equally many partitions: so all of an aggregate's messages come to one member.
            .set("partition.assignment.strategy", "range")
            .set("isolation.level", "read_committed")
            // A group that waits for room in its hands does not ask for messages meanwhile.
            .set("max.poll.interval.ms", "900000")
            .set("queued.max.messages.kbytes", "16384")
            .create_with_context(Watch(Arc::clone(&revoked)))?;
        let names: Vec<String> = topics.iter().map(|topic| format!("{}{topic}", config.prefix)).collect();
        consumer.subscribe(&names.iter().map(String::as_str).collect::<Vec<_>>())?;
        Ok(Self { consumer, revoked, prefix: config.prefix.clone(), first: None })
    }

    pub(in crate::bus) fn fetch(&mut self, records_max: usize) -> Result<Vec<Record>, BusError> {
        self.check_revoked()?;
        let mut records = Vec::new();
        records.extend(self.first.take());
        while records.len() < records_max {
            match self.consumer.recv().now_or_never() {
                None => break,
                Some(message) => records.extend(self.record(&message?)),
            }
        }
        // The messages may be of after a rebalance, or of before.
        self.check_revoked()?;
        Ok(records)
    }

    /// Once after partitions were taken away, an error.
    fn check_revoked(&mut self) -> Result<(), BusError> {
        if self.revoked.swap(false, Ordering::AcqRel) {
            self.first = None;
            self.rewind()?;
            return Err(BusError::Reassigned);
        }
        Ok(())
    }

    /// Reads again, from what was committed, the partitions that stayed.
    fn rewind(&self) -> Result<(), KafkaError> {
        let kept = self.consumer.assignment()?;
        if kept.count() == 0 {
            return Ok(());
        }
        let committed = self.consumer.committed_offsets(kept, std::time::Duration::from_secs(5))?;
        for place in committed.elements() {
            let offset = match place.offset() {
                Offset::Offset(offset) => Offset::Offset(offset),
                _ => Offset::Beginning,
            };
            self.consumer.seek(place.topic(), place.partition(), offset, std::time::Duration::from_secs(5))?;
        }
        Ok(())
    }

    pub(in crate::bus) async fn wait(&mut self) -> Result<(), BusError> {
        if self.first.is_none() {
            let message = self.consumer.recv().await?;
            self.first = self.record(&message);
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
