//! What is sent and what is read.

use super::PARTITIONS;
use onsale_core::events::{CloudEvent, Topic};

/// A message to be sent: a CloudEvent that is written out already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The topic's name.
    pub topic: String,
    /// The aggregate's id: what has the same key keeps its order.
    pub key: String,
    /// The CloudEvent as JSON.
    pub value: String,
}

impl Message {
    /// An event as a message of its own topic.
    pub fn of_event(event: &CloudEvent) -> Result<Self, serde_json::Error> {
        Ok(Self {
            topic: event.topic.as_str().to_owned(),
            key: event.subject.clone(),
            value: serde_json::to_string(event)?,
        })
    }

    /// The partition that the key falls into, from 0.
    pub(super) fn partition(&self) -> i16 {
        let partitions = PARTITIONS.unsigned_abs();
        let partition = fnv1a(self.key.as_bytes()) % u64::from(partitions);
        i16::try_from(partition).unwrap_or(0)
    }
}

/// A message that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Its topic.
    pub topic: Topic,
    /// Its partition.
    pub partition: i32,
    /// Its place in the partition.
    pub offset: i64,
    /// The aggregate's id.
    pub key: String,
    /// The CloudEvent as JSON.
    pub value: String,
}

/// FNV-1a, 64 bits (<http://www.isthe.com/chongo/tech/comp/fnv/>): stable, so that a key stays in its partition for ever.
pub(super) fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_stay_in_their_partitions() {
        // From the reference's test vectors.
        assert_eq!(fnv1a(b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fnv1a(b"foobar"), 0x8594_4171_f739_67e8);
        let mut seen = [false; PARTITIONS as usize];
        for n in 0..100 {
            let message = Message { topic: String::new(), key: format!("order-{n}"), value: String::new() };
            seen[usize::try_from(message.partition()).expect("not negative")] = true;
        }
        assert_eq!(seen, [true; PARTITIONS as usize], "keys are spread over all partitions");
    }
}
