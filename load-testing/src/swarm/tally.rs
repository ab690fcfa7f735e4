//! What a client process counts while its people are at it.

use super::figures::{Beat, Call, Counts, Results, Served, Sketch, Wrong, latencies};
use hdrhistogram::Histogram;
use std::collections::BTreeMap;
use std::time::Duration;

/// Of each kind of error the first ones are kept in words.
const EXAMPLES_MAX: usize = 3;
/// More kinds than this are one.
const KINDS_MAX: usize = 200;

struct Measured {
    all: Histogram<u64>,
    second: Sketch,
    statuses: BTreeMap<u16, u64>,
}

/// The counts.
#[derive(Default)]
pub struct Tally {
    /// How far people are.
    pub counts: Counts,
    calls: BTreeMap<Call, Measured>,
    wrong: BTreeMap<String, Wrong>,
    error: Option<String>,
    /// Who was told of which tickets.
    pub served: Vec<Served>,
    /// People and their numbers in line.
    pub numbers: Vec<(u32, u32)>,
    /// When people were first told that all is held or sold, in milliseconds since the opening.
    pub told_held_ms: Vec<i64>,
    /// When people were told that all is sold.
    pub told_sold_ms: Vec<i64>,
    /// When the last of those who hold and say nothing went away, in milliseconds since the opening.
    pub last_vanished_ms: i64,
}

impl Tally {
    /// A call was answered, with status 0 where it was not, so long after it was due.
    pub fn measured(&mut self, call: Call, status: u16, took: Duration) {
        let measured = self.calls.entry(call).or_insert_with(|| Measured {
            all: latencies(),
            second: Sketch::default(),
            statuses: BTreeMap::new(),
        });
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX).max(1);
        measured.all.saturating_record(micros);
        measured.second.add(micros);
        *measured.statuses.entry(status).or_default() += 1;
    }

    /// An answer cannot be right: its kind in a word, and what was seen.
    pub fn wrong(&mut self, kind: &str, example: String) {
        self.counts.errors += 1;
        let kind = if self.wrong.len() < KINDS_MAX || self.wrong.contains_key(kind) { kind } else { "more kinds" };
        let wrong = self.wrong.entry(kind.to_owned()).or_default();
        wrong.count += 1;
        if wrong.examples.len() < EXAMPLES_MAX {
            self.error.get_or_insert_with(|| format!("{kind}: {example}"));
            wrong.examples.push(example);
        }
    }

    /// What a second brought; the next one begins.
    pub fn beat(&mut self, busy: u32) -> Beat {
        let calls = self.calls.iter_mut().filter(|(_, measured)| !measured.second.is_empty());
        let calls = calls.map(|(call, measured)| (*call, std::mem::take(&mut measured.second))).collect();
        Beat { counts: self.counts, calls, error: self.error.take(), busy }
    }

    /// All of it.
    #[must_use]
    pub fn results(self, person_bytes: usize) -> Results {
        let values = |measured: &Measured| {
            measured.all.iter_recorded().map(|value| (value.value_iterated_to(), value.count_at_value())).collect()
        };
        Results {
            counts: self.counts,
            latencies: self.calls.iter().map(|(call, measured)| (*call, values(measured))).collect(),
            statuses: self.calls.into_iter().map(|(call, measured)| (call, measured.statuses)).collect(),
            wrong: self.wrong,
            served: self.served,
            numbers: self.numbers,
            told_held_ms: self.told_held_ms,
            told_sold_ms: self.told_sold_ms,
            last_vanished_ms: self.last_vanished_ms,
            person_bytes,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_is_told_once_and_all_of_it_at_the_end() {
        let mut tally = Tally::default();
        tally.measured(Call::Status, 200, Duration::from_millis(5));
        tally.wrong("status 500", "first".to_owned());
        tally.wrong("status 500", "second".to_owned());
        let beat = tally.beat(3);
        assert_eq!((beat.calls[&Call::Status].count(), beat.counts.errors, beat.busy), (1, 2, 3));
        assert_eq!(beat.error.as_deref(), Some("status 500: first"));
        let next = tally.beat(3);
        assert!(next.calls.is_empty() && next.error.is_none());
        let results = tally.results(0);
        assert_eq!(results.statuses[&Call::Status][&200], 1);
        assert_eq!(results.wrong["status 500"].count, 2);
        assert_eq!(results.latencies[&Call::Status].iter().map(|(_, count)| count).sum::<u64>(), 1);
    }
}
