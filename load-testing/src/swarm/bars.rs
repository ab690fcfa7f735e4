//! What a run has to reach.

use super::figures::{Call, Counts, latencies};
use super::ledger::Ledger;
use super::options::Run;
use super::watch::{Watch, float};
use hdrhistogram::Histogram;
use serde::Serialize;
use std::collections::BTreeMap;

const TICKETED_SHARE: f64 = 0.98;
const TICKETED_MS: i64 = 60_000;
const TOLD_MS: i64 = 8_000;
/// Whoever is called to what comes back comes, chooses, types and pays.
const RESOLD_MS: i64 = 30_000;
const P99_MS: f64 = 500.0;
const REFUSED_SHARE: f64 = 0.01;
const MEMORY_MAX: u64 = 8 << 30;
/// The calls whose latency has a bar.
const FAST: [Call; 5] = [Call::Page, Call::Status, Call::Burst, Call::Reserve, Call::Confirm];

/// A bar.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Bar {
    /// What.
    pub what: String,
    /// What was reached.
    pub is: String,
    /// What has to be.
    pub must: String,
    /// Whether it was.
    pub holds: bool,
    /// Whether it is about what is right; else about how fast it is.
    pub is_right: bool,
}

/// All that a run found.
pub struct Found<'a> {
    /// What was asked for.
    pub options: &'a Run,
    /// Seats of the event.
    pub seats: u32,
    /// How far people came.
    pub counts: Counts,
    /// Latencies in micros, by call.
    pub latencies: &'a BTreeMap<Call, Histogram<u64>>,
    /// The seconds.
    pub watch: &'a Watch,
    /// The comparison.
    pub ledger: &'a Ledger,
    /// Tickets and when they were told, in milliseconds since the opening.
    pub tickets: &'a [(i64, usize)],
    /// When people were told that all is sold, in milliseconds since the opening, in order.
    pub told_sold_ms: &'a [i64],
    /// When the last of those who hold and say nothing went away, in milliseconds since the opening.
    pub last_vanished_ms: i64,
    /// When all was sold, by the house's own word, in milliseconds since the opening.
    pub sold_out_ms: Option<i64>,
    /// What differs between the books.
    pub money: &'a [String],
    /// Processes that ended by themselves.
    pub ended: &'a [String],
}

/// Latencies of a call; none where there were none.
#[must_use]
pub fn latency_ms(all: &BTreeMap<Call, Histogram<u64>>, call: Call, share: f64) -> f64 {
    all.get(&call).map_or(0.0, |all| float(all.value_at_quantile(share)) / 1_000.0)
}

/// Puts the histograms of all processes together.
#[must_use]
pub fn merged(parts: &[super::figures::Results]) -> BTreeMap<Call, Histogram<u64>> {
    let mut all: BTreeMap<Call, Histogram<u64>> = BTreeMap::new();
    for (call, values) in parts.iter().flat_map(|part| &part.latencies) {
        let histogram = all.entry(*call).or_insert_with(latencies);
        for (value, count) in values {
            histogram.saturating_record_n(*value, *count);
        }
    }
    all
}

/// Every bar.
#[must_use]
pub fn bars(found: &Found<'_>) -> Vec<Bar> {
    let mut bars = people(found);
    bars.extend(right(found));
    bars.extend(fast(found));
    bars
}

/// Tickets that were told within so many milliseconds.
#[must_use]
pub fn tickets_within(tickets: &[(i64, usize)], milliseconds: i64) -> usize {
    tickets.iter().filter(|(at, _)| *at <= milliseconds).map(|(_, count)| count).sum()
}

fn bar(what: &str, is: String, must: String, holds: bool, is_right: bool) -> Bar {
    Bar { what: what.to_owned(), is, must, holds, is_right }
}

fn people(found: &Found<'_>) -> Vec<Bar> {
    let users = u64::from(found.options.users);
    let before = found.watch.moments.iter().filter(|moment| (-3..=0).contains(&moment.second));
    let connected = before.map(|moment| moment.counts.connected).max().unwrap_or(0);
    let burst = found.latencies.get(&Call::Burst).map_or(0, Histogram::len);
    let wanted = if found.options.no_streams { 0 } else { users };
    let (broken, untold) = (found.options.has_faults(), found.counts.untold);
    vec![
        bar("connected before the opening", connected.to_string(), wanted.to_string(), connected == wanted, true),
        bar(
            "one call of each within the burst",
            format!("{} of {burst} answered", found.counts.burst),
            format!("{users}, no more"),
            found.counts.burst == users && (burst == users || broken),
            true,
        ),
        bar("people who were told nothing", untold.to_string(), "0".to_owned(), untold == 0, true),
    ]
}

fn right(found: &Found<'_>) -> Vec<Bar> {
    let (counts, ledger) = (&found.counts, found.ledger);
    let lost_is_fine = found.options.has_faults();
    let none = |what: &str, count: usize| bar(what, count.to_string(), "0".to_owned(), count == 0, true);
    vec![
        bar("errors", counts.errors.to_string(), "0".to_owned(), counts.errors == 0, true),
        bar(
            "calls and streams lost",
            counts.lost.to_string(),
            if lost_is_fine { "any: something was killed" } else { "0" }.to_owned(),
            counts.lost == 0 || lost_is_fine,
            true,
        ),
        none("oversold", ledger.oversold),
        bar(
            "ledger",
            format!("{} told, {} stored", ledger.told, ledger.stored),
            "equal".to_owned(),
            ledger.is_equal(),
            true,
        ),
        none("differences between the books", found.money.len()),
        none("processes that ended by themselves", found.ended.len()),
        bar(
            "sold in the end",
            ledger.stored.to_string(),
            found.seats.to_string(),
            u32::try_from(ledger.stored) == Ok(found.seats),
            false,
        ),
    ]
}

fn fast(found: &Found<'_>) -> Vec<Bar> {
    let wanted = (f64::from(found.seats) * TICKETED_SHARE).ceil();
    let within = tickets_within(found.tickets, TICKETED_MS);
    let last = found.tickets.iter().map(|(at, _)| *at).max().unwrap_or(0);
    // What somebody holds who went away without a word comes back with the hold's end only; and whoever gets it then may
    // go away like that too.
    let hold_ms = i64::from(found.options.hold) * 1_000;
    let last_max = (TICKETED_MS + hold_ms).max(found.last_vanished_ms + hold_ms + RESOLD_MS);
    let told = found.told_sold_ms.last().zip(found.sold_out_ms).map_or(0, |(last, sold)| last - sold);
    let refused = float(found.counts.refused_inside) / float(found.counts.calls_inside.max(1));
    let memory = found.watch.house_bytes();
    let mut bars = vec![
        bar(
            "paid and ticketed within 60 s",
            within.to_string(),
            format!("{wanted} of {}", found.seats),
            float(u64::try_from(within).unwrap_or(0)) >= wanted,
            false,
        ),
        bar("the last ticket", format!("{last} ms"), format!("{last_max} ms"), last <= last_max, false),
        bar("told that all is sold, the last", format!("{told} ms"), format!("{TOLD_MS} ms"), told <= TOLD_MS, false),
        bar(
            "429 and 503 of the admitted",
            format!("{:.2} %", refused * 100.0),
            "1 %".to_owned(),
            refused <= REFUSED_SHARE,
            false,
        ),
        bar(
            "memory of the house",
            format!("{} MB", memory >> 20),
            format!("{} MB", MEMORY_MAX >> 20),
            memory <= MEMORY_MAX,
            false,
        ),
    ];
    bars.extend(FAST.iter().map(|call| {
        let p99 = latency_ms(found.latencies, *call, 0.99);
        bar(&format!("p99 of {}", call.name()), format!("{p99:.1} ms"), format!("{P99_MS} ms"), p99 < P99_MS, false)
    }));
    bars
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::swarm::figures::Results;

    #[test]
    fn histograms_of_processes_make_one() {
        let part =
            |micros| Results { latencies: BTreeMap::from([(Call::Page, vec![(micros, 50)])]), ..Results::default() };
        let all = merged(&[part(1_000), part(9_000)]);
        assert_eq!(all[&Call::Page].len(), 100);
        assert!((latency_ms(&all, Call::Page, 0.99) - 9.0).abs() < 0.1);
        assert!((latency_ms(&all, Call::Page, 0.5) - 1.0).abs() < 0.1);
        assert!(latency_ms(&all, Call::Reserve, 0.99).abs() < f64::EPSILON);
    }

    #[test]
    fn only_tickets_in_time_count() {
        let tickets = [(59_000, 2), (60_000, 1), (60_001, 4)];
        assert_eq!(tickets_within(&tickets, TICKETED_MS), 3);
    }
}
