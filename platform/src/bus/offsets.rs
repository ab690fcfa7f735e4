//! Which offsets of what was read are done with: a group's committed offset never passes a message
//! that is still in hand.

use onsale_core::events::Topic;
use std::collections::{BTreeMap, BTreeSet};

/// A partition of a topic.
pub type Place = (Topic, i32);

/// The messages in hand, by partition.
#[derive(Debug, Default)]
pub struct Offsets {
    partitions: BTreeMap<Place, Partition>,
}

#[derive(Debug, Default)]
struct Partition {
    in_hand: BTreeSet<i64>,
    /// One past the highest offset that was read.
    read_to: i64,
    committed: i64,
}

impl Partition {
    fn done_to(&self) -> i64 {
        self.in_hand.first().copied().unwrap_or(self.read_to)
    }
}

impl Offsets {
    /// A message was read.
    pub fn taken(&mut self, place: Place, offset: i64) {
        let partition = self.partitions.entry(place).or_default();
        partition.in_hand.insert(offset);
        partition.read_to = partition.read_to.max(offset + 1);
    }

    /// A message is done with.
    pub fn done(&mut self, place: Place, offset: i64) {
        let partition = self.partitions.entry(place).or_default();
        debug_assert!(partition.in_hand.contains(&offset), "{place:?} {offset} was taken and is not done yet");
        partition.in_hand.remove(&offset);
    }

    /// Where each partition goes on that has come further since this was last asked.
    pub fn to_commit(&mut self) -> Vec<(Place, i64)> {
        let mut moved = Vec::new();
        for (place, partition) in &mut self.partitions {
            let done_to = partition.done_to();
            if done_to > partition.committed {
                partition.committed = done_to;
                moved.push((*place, done_to));
            }
        }
        moved
    }

    /// How many messages are in hand.
    #[must_use]
    pub fn in_hand(&self) -> usize {
        self.partitions.values().map(|partition| partition.in_hand.len()).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACE: Place = (Topic::UserCreated, 3);

    #[test]
    fn nothing_in_hand_is_passed() {
        let mut offsets = Offsets::default();
        for offset in [4, 5, 6] {
            offsets.taken(PLACE, offset);
        }
        offsets.done(PLACE, 5);
        offsets.done(PLACE, 6);
        assert_eq!(offsets.in_hand(), 1);
        assert_eq!(offsets.to_commit(), [(PLACE, 4)], "4 is still in hand: it would come again");
        offsets.done(PLACE, 4);
        assert_eq!(offsets.to_commit(), [(PLACE, 7)]);
        assert_eq!(offsets.to_commit(), [], "nothing moved");
    }
}
