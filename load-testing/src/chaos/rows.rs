//! The rows of the fault matrix: what is broken, what people may see of it, and within which time all goes on.

use super::edges::{Break, Direction};
use super::fault::Fault;
use super::squeeze::{Disk, Memory};
use crate::proof::failpoints::{self, Act};
use crate::proof::options::{Chaos, Options};
use anyhow::ensure;
use std::time::Duration;

/// What people may see while it lasts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Seen {
    /// In words, for the table.
    pub words: &'static str,
    /// The least share of the holds of before, 0–1.
    pub holds_min: f64,
    /// Whether some may be told to come later, or get no answer.
    pub refusals: bool,
    /// Within which time whoever is told to come later is told so, in milliseconds.
    pub refused_within_ms: Option<f64>,
    /// The least share of looks at an event's page that are answered, 0–1.
    pub looks_min: f64,
    /// Where searches have to go without the search engine: within which time 99 of 100 are answered, in milliseconds.
    pub finds_within_ms: Option<f64>,
}

/// One row.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Its name on the command line.
    pub name: String,
    /// What is broken.
    pub fault: Fault,
    /// How long.
    pub lasts: Duration,
    /// What people may see of it.
    pub seen: Seen,
    /// Within which time after its end all goes on as before.
    pub recovered_in: Duration,
    /// Whether it is one of those that every test run makes.
    pub in_tests: bool,
}

impl Row {
    /// How often it is run where `runs` are asked for: each way to break an edge, and each place to die at, once.
    #[must_use]
    pub fn runs(&self, runs: usize) -> usize {
        if self.fault.is_one_of_many() { 1 } else { runs }
    }
}

const NOTHING: Seen = Seen {
    words: "nothing",
    holds_min: 0.5,
    refusals: false,
    refused_within_ms: None,
    looks_min: 1.0,
    finds_within_ms: None,
};
const LESS: Seen = Seen {
    words: "fewer holds a second, some are told to come later",
    holds_min: 0.3,
    refusals: true,
    refused_within_ms: None,
    looks_min: 1.0,
    finds_within_ms: None,
};
/// A deadline is 10 s; whoever waits for a peer that is silent is told by then.
const AWAY: Seen = Seen {
    words: "some or all are told to come later",
    holds_min: 0.0,
    refusals: true,
    refused_within_ms: None,
    looks_min: 0.0,
    finds_within_ms: None,
};
const WRITES_AWAY: Seen = Seen {
    words: "pages are there; holds and orders are told to come later, in less than 1 s",
    holds_min: 0.0,
    refusals: true,
    refused_within_ms: Some(1000.0),
    looks_min: 1.0,
    finds_within_ms: None,
};
const PAYING: Seen = Seen {
    words: "paying takes longer (202 and a place to look); holding is no slower",
    holds_min: 0.5,
    refusals: true,
    refused_within_ms: None,
    looks_min: 1.0,
    finds_within_ms: None,
};
const WAITING: Seen = Seen { words: "some wait a second longer", holds_min: 0.1, ..LESS };
const SEARCH: Seen =
    Seen { words: "searches are answered from PostgreSQL, and say so", finds_within_ms: Some(500.0), ..NOTHING };

/// Edges that a partition row breaks: from, to, within how many seconds all goes on.
const EDGES: [(&str, &str); 10] = [
    ("gateway-a", "booking-a"),
    ("gateway-a", "auth"),
    ("gateway-a", "search"),
    ("booking-a", "postgres"),
    ("booking-a", "redis-1"),
    ("booking-a", "payment"),
    ("payment", "sandbox"),
    ("payment", "postgres"),
    ("auth", "postgres"),
    ("sandbox", "gateway-a"),
];
const WAYS: [(&str, Break, Direction); 7] = [
    ("requests silent", Break::Silence, Direction::Requests),
    ("answers silent", Break::Silence, Direction::Answers),
    ("requests reset", Break::Reset, Direction::Requests),
    ("answers reset", Break::Reset, Direction::Answers),
    ("requests cut off", Break::CutOff, Direction::Requests),
    ("answers cut off", Break::CutOff, Direction::Answers),
    ("flapping", Break::Flapping, Direction::Answers),
];

/// All rows.
#[must_use]
pub fn all() -> Vec<Row> {
    let mut rows = vec![
        row("redis-one", Fault::RedisKilled(&[0]), 6, NOTHING, 1).tested(),
        row("redis-two", Fault::RedisKilled(&[0, 1]), 6, LESS, 10).tested(),
        row("redis-all", Fault::RedisKilled(&[0, 1, 2]), 6, LESS, 10).tested(),
        row("redis-slow", Fault::RedisSlow(500), 6, LESS, 10),
        row("postgres-killed", Fault::PostgresKilled, 1, WRITES_AWAY, 15).tested(),
        row("postgres-away", Fault::PostgresKilled, 60, WRITES_AWAY, 30),
        row("kafka-one", Fault::KafkaKilled(&[1]), 8, NOTHING, 10),
        row("kafka-all", Fault::KafkaKilled(&[0, 1, 2]), 60, NOTHING, 30),
        row("provider-slow", Fault::Provider("slow=100"), 10, PAYING, 60),
        row("provider-fails", Fault::Provider("fail=100"), 10, PAYING, 60).tested(),
        row("provider-times-out", Fault::Provider("timeout=100"), 10, PAYING, 60).tested(),
        row("webhooks-twice", Fault::Provider("twice=60&shuffled=40"), 8, NOTHING, 1).tested(),
        row("webhooks-lost", Fault::Provider("never=100&timeout=30"), 8, PAYING, 60).tested(),
        row("gateway-killed", Fault::Killed("gateway-a"), 5, LESS, 5).tested(),
        row("booking-killed", Fault::Killed("booking-a"), 5, LESS, 30).tested(),
        row("payment-killed", Fault::Killed("payment"), 5, PAYING, 30).tested(),
        row("auth-killed", Fault::Killed("auth"), 5, NOTHING, 5),
        row("notification-halted", Fault::Halted("notification"), 20, NOTHING, 30),
        row("elasticsearch-killed", Fault::ElasticsearchKilled, 10, SEARCH, 30),
        row("elasticsearch-slow", Fault::ElasticsearchSlow(1000), 8, SEARCH, 30),
        row("deadlock", Fault::Crossed, 8, WAITING, 1),
        row("webhook-after-expiry", Fault::Provider("timeout=100&never=100"), 40, PAYING, 60),
        row("clock-5-minutes-ahead", Fault::Clock(300), 8, NOTHING, 1),
        row("clock-5-minutes-behind", Fault::Clock(-300), 8, NOTHING, 1),
        row("clock-1-hour-ahead", Fault::Clock(3600), 8, NOTHING, 1),
        row("clock-1-hour-behind", Fault::Clock(-3600), 8, NOTHING, 1),
        row("disk-full", Fault::DiskFull, 8, AWAY, 60),
        row("memory", Fault::LittleMemory, 8, LESS, 10),
        row("booking-halted", Fault::Halted("booking-a"), 60, LESS, 3),
        row("sandbox-halted", Fault::Halted("sandbox"), 8, PAYING, 60).tested(),
    ];
    for (place, _) in failpoints::PLACES.iter().filter(|(_, act)| *act != Act::GoesAway) {
        rows.push(row(&format!("booking dies at {place}"), Fault::Dies(place), 5, LESS, 30));
    }
    for (from, to) in EDGES {
        for (words, how, direction) in WAYS {
            let fault = Fault::Edge { from, to, how, direction };
            rows.push(row(&format!("{from} to {to}, {words}"), fault, 5, AWAY, 30));
        }
    }
    rows
}

fn row(name: &str, fault: Fault, seconds: u64, seen: Seen, recovered_in: u64) -> Row {
    Row {
        name: name.to_owned(),
        fault,
        lasts: Duration::from_secs(seconds),
        seen,
        recovered_in: Duration::from_secs(recovered_in),
        in_tests: false,
    }
}

impl Row {
    /// Made in every test run.
    fn tested(self) -> Self {
        Self { in_tests: true, ..self }
    }
}

/// What is to be run, and what cannot be.
#[derive(Debug, Clone, PartialEq)]
pub struct Chosen {
    /// The rows that can be run here.
    pub rows: Vec<Row>,
    /// Those that cannot, and what each needs.
    pub not_run: Vec<(Row, &'static str)>,
}

/// Those that were asked for; what cannot be run here is said.
///
/// # Errors
/// When one that is named is not there.
pub fn chosen(options: &Options, chaos: &Chaos) -> anyhow::Result<Chosen> {
    let known = all();
    for name in &chaos.rows {
        ensure!(known.iter().any(|row| row.name.contains(name)), "there is no row {name}: `proof chaos --list`");
    }
    let is_wanted = |row: &Row| {
        (chaos.rows.is_empty() || chaos.rows.iter().any(|name| row.name.contains(name)))
            && (row.in_tests || !chaos.tested)
    };
    let mut chosen = Chosen { rows: known.into_iter().filter(is_wanted).collect(), not_run: Vec::new() };
    if !chaos.list {
        leave_out(&mut chosen, "toxiproxy, which `--toxiproxy` names", |row| {
            chaos.tools.toxiproxy.is_none() && row.fault.needs_edges()
        });
        leave_out(&mut chosen, "Kafka or Elasticsearch, whose folder of jars `--jars` names", |row| {
            chaos.tools.jars.is_none() && (row.fault.needs_kafka() || row.fault.needs_elasticsearch())
        });
        leave_out(&mut chosen, "an executable built with `--features failpoints`, as `--failpoints` says", |row| {
            !chaos.failpoints && matches!(row.fault, Fault::Dies(_))
        });
        leave_out(&mut chosen, "libfaketime, which `--faketime` names", |row| {
            chaos.tools.faketime.is_none() && matches!(row.fault, Fault::Clock(_))
        });
        leave_out(&mut chosen, "the right to mount a small disk", |row| {
            row.fault == Fault::DiskFull && !Disk::can_be_mounted(&options.home)
        });
        leave_out(&mut chosen, "the right to limit memory", |row| {
            row.fault == Fault::LittleMemory && !Memory::can_be_short()
        });
    }
    Ok(chosen)
}

/// Leaves rows out, and says so.
fn leave_out(chosen: &mut Chosen, what: &'static str, is_left_out: impl Fn(&Row) -> bool) {
    let left: Vec<Row> = chosen.rows.extract_if(.., |row| is_left_out(row)).collect();
    if !left.is_empty() {
        crate::proof::tell(&format!("NOT RUN: {} rows need {what}", left.len()));
    }
    chosen.not_run.extend(left.into_iter().map(|row| (row, what)));
}

/// The rows as lines to be read.
#[must_use]
pub fn list(rows: &[Row]) -> String {
    let line = |row: &Row| {
        format!(
            "{:<42} {:>3} s, people see: {}; goes on within {} s",
            row.name,
            row.lasts.as_secs(),
            row.seen.words,
            row.recovered_in.as_secs()
        )
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_names_of_one_row_and_twelve_are_in_every_test_run() {
        let rows = all();
        let names: std::collections::BTreeSet<_> = rows.iter().map(|row| &row.name).collect();
        assert_eq!(names.len(), rows.len());
        let tested: Vec<_> = rows.iter().filter(|row| row.in_tests).collect();
        assert_eq!(tested.len(), 12);
        assert!(
            tested
                .iter()
                .all(|row| !row.fault.needs_edges() && !row.fault.needs_kafka() && !row.fault.needs_elasticsearch()),
            "they run everywhere"
        );
    }
}
