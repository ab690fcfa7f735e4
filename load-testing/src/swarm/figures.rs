//! What client processes tell the run: every second how far their people are, and at the end all of it.

use hdrhistogram::Histogram;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Latencies are kept in micros, up to a minute, to three digits.
const LATENCY_MAX_US: u64 = 60_000_000;

/// What people call, as it is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Call {
    /// The event's page.
    Page,
    /// A new access token.
    Refresh,
    /// Joining the line.
    Join,
    /// From connecting to the first message.
    Stream,
    /// One's place, and the admission.
    Status,
    /// The same within the burst at the opening: one of each person.
    Burst,
    /// The states of all seats.
    Map,
    /// Holding seats.
    Reserve,
    /// A look at the own hold.
    Hold,
    /// Giving a hold back.
    Release,
    /// Paying.
    Confirm,
    /// A look at the own order.
    Order,
}

impl Call {
    /// All of them, in the order of a purchase.
    pub const ALL: [Self; 12] = [
        Self::Page,
        Self::Refresh,
        Self::Join,
        Self::Stream,
        Self::Status,
        Self::Burst,
        Self::Map,
        Self::Reserve,
        Self::Hold,
        Self::Release,
        Self::Confirm,
        Self::Order,
    ];

    /// Its name in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Refresh => "refresh",
            Self::Join => "join",
            Self::Stream => "stream",
            Self::Status => "status",
            Self::Burst => "burst",
            Self::Map => "map",
            Self::Reserve => "reserve",
            Self::Hold => "hold",
            Self::Release => "release",
            Self::Confirm => "confirm",
            Self::Order => "order",
        }
    }
}

/// A histogram of latencies.
#[must_use]
pub fn latencies() -> Histogram<u64> {
    // The bounds are constants that the crate takes.
    Histogram::new_with_bounds(1, LATENCY_MAX_US, 3).unwrap_or_else(|_| unreachable!("1 to a minute, three digits"))
}

/// Latencies of a second: so many in each eighth of a power of two of micros.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Sketch(BTreeMap<u32, u32>);

impl Sketch {
    /// Adds one.
    pub fn add(&mut self, micros: u64) {
        let micros = micros.max(8);
        let octave = micros.ilog2();
        let eighth = u32::try_from((micros >> (octave - 3)) & 7).unwrap_or(0);
        *self.0.entry(octave * 8 + eighth).or_default() += 1;
    }

    /// Adds all of another.
    pub fn merge(&mut self, other: &Self) {
        for (bucket, count) in &other.0 {
            *self.0.entry(*bucket).or_default() += count;
        }
    }

    /// Whether there is nothing in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> u32 {
        self.0.values().sum()
    }

    /// The latency that this share (0–1) does not exceed, in milliseconds, to an eighth.
    #[must_use]
    pub fn at_ms(&self, share: f64) -> f64 {
        let wanted = (f64::from(self.count()) * share).ceil().max(1.0);
        let mut seen = 0.0;
        for (bucket, count) in &self.0 {
            seen += f64::from(*count);
            if seen >= wanted {
                let (octave, eighth) = (bucket / 8, bucket % 8);
                return f64::from(octave).exp2() * (1.0 + f64::from(eighth + 1) / 8.0) / 1_000.0;
            }
        }
        0.0
    }
}

/// How far people are; all but `connected` only grow.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Counts {
    /// Came to the event's page.
    pub arrived: u64,
    /// Have a stream open now.
    pub connected: u64,
    /// Have a place in line.
    pub joined: u64,
    /// Made their one call of the burst, and were answered.
    pub burst: u64,
    /// Were let in.
    pub admitted: u64,
    /// Holds that were answered with 201.
    pub held: u64,
    /// Picks that somebody else was faster for.
    pub beaten: u64,
    /// Orders with tickets.
    pub ordered: u64,
    /// Tickets that their owners saw.
    pub sold: u64,
    /// Holds given back.
    pub released: u64,
    /// People who closed the page over a hold.
    pub vanished: u64,
    /// People who were told that all seats are held.
    pub told_held: u64,
    /// People who were told that all seats are sold.
    pub told_sold: u64,
    /// Admissions that ended before something was held.
    pub lapsed: u64,
    /// People who left with nothing and were not told why.
    pub untold: u64,
    /// Looked again after a reload.
    pub reloaded: u64,
    /// Calls of admitted people.
    pub calls_inside: u64,
    /// Of them answered with 429 or 503.
    pub refused_inside: u64,
    /// All calls answered with 429 or 503.
    pub refused: u64,
    /// Calls without a whole answer, and streams that broke off.
    pub lost: u64,
    /// Answers that cannot be right.
    pub errors: u64,
}

impl Counts {
    /// Adds those of another process.
    pub fn add(&mut self, other: &Self) {
        let pairs: [(&mut u64, u64); 21] = [
            (&mut self.arrived, other.arrived),
            (&mut self.connected, other.connected),
            (&mut self.joined, other.joined),
            (&mut self.burst, other.burst),
            (&mut self.admitted, other.admitted),
            (&mut self.held, other.held),
            (&mut self.beaten, other.beaten),
            (&mut self.ordered, other.ordered),
            (&mut self.sold, other.sold),
            (&mut self.released, other.released),
            (&mut self.vanished, other.vanished),
            (&mut self.told_held, other.told_held),
            (&mut self.told_sold, other.told_sold),
            (&mut self.lapsed, other.lapsed),
            (&mut self.untold, other.untold),
            (&mut self.reloaded, other.reloaded),
            (&mut self.calls_inside, other.calls_inside),
            (&mut self.refused_inside, other.refused_inside),
            (&mut self.refused, other.refused),
            (&mut self.lost, other.lost),
            (&mut self.errors, other.errors),
        ];
        for (own, more) in pairs {
            *own += more;
        }
    }
}

/// A second of a client process.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Beat {
    /// How far its people are.
    pub counts: Counts,
    /// Latencies of this second, by call.
    pub calls: BTreeMap<Call, Sketch>,
    /// The first of the errors of this second, if there were any.
    pub error: Option<String>,
    /// People who are still at it.
    pub busy: u32,
}

/// Answers that cannot be right, of one kind.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Wrong {
    /// How many.
    pub count: u64,
    /// The first of them, in words.
    pub examples: Vec<String>,
}

/// An order as its owner was told of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Served {
    /// The account's number in the crowd.
    pub user: u32,
    /// The order.
    pub order: String,
    /// Ticket and seat, pairs.
    pub tickets: Vec<(String, String)>,
    /// When its tickets were told, in milliseconds since the opening.
    pub at_ms: i64,
}

/// All of a client process.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Results {
    /// How far its people came.
    pub counts: Counts,
    /// Latencies in micros, by call: value and how many.
    pub latencies: BTreeMap<Call, Vec<(u64, u64)>>,
    /// Answers by call and status; 0 counts those that never came.
    pub statuses: BTreeMap<Call, BTreeMap<u16, u64>>,
    /// What cannot be right, by kind.
    pub wrong: BTreeMap<String, Wrong>,
    /// Who was told of which tickets.
    pub served: Vec<Served>,
    /// People and their numbers in line.
    pub numbers: Vec<(u32, u32)>,
    /// When people were first told that all is held or sold, in milliseconds since the opening.
    pub told_held_ms: Vec<i64>,
    /// When people were told that all is sold, in milliseconds since the opening.
    pub told_sold_ms: Vec<i64>,
    /// When the last of those who hold and say nothing went away, in milliseconds since the opening.
    #[serde(default)]
    pub last_vanished_ms: i64,
    /// Bytes that a person's state takes while it waits, without the kernel's.
    pub person_bytes: usize,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sketch_tells_percentiles_to_an_eighth() {
        let mut sketch = Sketch::default();
        for micros in 1..=10_000_u64 {
            sketch.add(micros);
        }
        let mut twice = sketch.clone();
        twice.merge(&sketch);
        assert_eq!(twice.count(), 20_000);
        for (share, ms) in [(0.5, 5.0), (0.99, 9.9)] {
            let told = twice.at_ms(share);
            assert!(told >= ms && told <= ms * 1.13, "{share}: {told} for {ms}");
        }
    }

    #[test]
    fn counts_of_processes_add_up() {
        let one = Counts { joined: 2, errors: 1, ..Counts::default() };
        let mut all = one;
        all.add(&one);
        assert_eq!(all, Counts { joined: 4, errors: 2, ..Counts::default() });
    }
}
