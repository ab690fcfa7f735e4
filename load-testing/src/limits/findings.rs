//! The figures of all rounds: medians, ratios, the table.

use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt::Write;

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum What {
    /// Requests to a server that does nothing.
    Nothing,
    /// Memory of an open connection in that server.
    ConnectionBytes,
    /// The kernel's memory of an open connection, both ends.
    SocketBytes,
    /// `fdatasync`s of a page.
    Fsyncs,
    /// Commits of one row each.
    Commits,
    /// Rows in commits of 256.
    BatchedRows,
    /// PostgreSQL's own two-seat holds.
    Holds,
    /// PostgreSQL's own paid orders.
    Orders,
    /// Redis' own two-seat locks.
    Locks,
    /// Events that Kafka acknowledged on all replicas in sync.
    KafkaEvents,
    /// Statuses read from and written to JSON by one processor.
    Json,
    /// TLS handshakes by one processor, both sides.
    Handshakes,
    /// Ed25519 signatures verified by one processor.
    Verifies,
    /// Two-seat holds through the gateway.
    Reserve,
    /// Paid orders through the gateway.
    Confirm,
    /// Joins of a line.
    Join,
    /// Statuses of a line.
    Status,
    /// The house's memory for one who watches the map.
    WatcherBytes,
    /// The house's memory for one who waits in line.
    WaiterBytes,
}

impl What {
    /// Its line in the table.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Nothing => "HTTP: a server that does nothing",
            Self::ConnectionBytes => "its memory for an open connection",
            Self::SocketBytes => "the kernel's for it, both ends",
            Self::Fsyncs => "disk: fdatasync of a page",
            Self::Commits => "PostgreSQL: commits of one row",
            Self::BatchedRows => "PostgreSQL: rows, 256 a commit",
            Self::Holds => "PostgreSQL: holds, one statement each",
            Self::Orders => "PostgreSQL: paid orders, one statement each",
            Self::Locks => "Redis: lock script, two seats",
            Self::KafkaEvents => "Kafka: events, acks=all",
            Self::Json => "one processor: JSON in and out",
            Self::Handshakes => "one processor: TLS handshakes, both sides",
            Self::Verifies => "one processor: Ed25519 verified",
            Self::Reserve => "Onsale: reserve",
            Self::Confirm => "Onsale: paid confirm",
            Self::Join => "Onsale: join",
            Self::Status => "Onsale: status",
            Self::WatcherBytes => "Onsale: memory for a watcher",
            Self::WaiterBytes => "Onsale: memory for one who waits",
        }
    }

    /// What one of it is.
    #[must_use]
    pub fn unit(self) -> &'static str {
        match self {
            Self::ConnectionBytes | Self::SocketBytes | Self::WatcherBytes | Self::WaiterBytes => "bytes",
            _ => "a second",
        }
    }
}

/// What is reached, over what bounds it.
const RATIOS: [(What, What); 9] = [
    (What::Reserve, What::Nothing),
    (What::Reserve, What::Commits),
    (What::Reserve, What::Holds),
    (What::Reserve, What::Locks),
    (What::Confirm, What::Orders),
    (What::Join, What::BatchedRows),
    (What::Status, What::Nothing),
    (What::WatcherBytes, What::ConnectionBytes),
    (What::WaiterBytes, What::ConnectionBytes),
];

/// A figure of all rounds.
#[derive(Debug, Clone, Serialize)]
pub struct Figure {
    /// What was measured.
    pub what: What,
    /// Its name.
    pub name: &'static str,
    /// What one of it is.
    pub unit: &'static str,
    /// The median of the rounds; of an even number, the lower of the two in the middle.
    pub median: f64,
    /// Of each round.
    pub rounds: Vec<f64>,
}

/// What is reached over what bounds it, by the medians.
#[derive(Debug, Clone, Serialize)]
pub struct Ratio {
    /// What is reached.
    pub reached: What,
    /// What bounds it.
    pub bound: What,
    /// The one over the other.
    pub ratio: f64,
}

/// All of a run.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Findings {
    /// When it ended, in milliseconds since 1970.
    pub at_ms: i64,
    /// The command line.
    pub command: String,
    /// Processor cores of the machine.
    pub cores: usize,
    /// Every figure.
    pub figures: Vec<Figure>,
    /// Every ratio whose two sides were measured.
    pub ratios: Vec<Ratio>,
}

/// The figures while they are taken.
#[derive(Debug, Default)]
pub struct Notes(BTreeMap<What, Vec<f64>>);

impl Notes {
    /// Notes a figure of a round.
    pub fn note(&mut self, what: What, value: f64) {
        self.0.entry(what).or_default().push(value);
    }

    /// The medians and ratios.
    #[must_use]
    pub fn findings(self, at_ms: i64) -> Findings {
        let figure = |(what, rounds): (What, Vec<f64>)| {
            let mut sorted = rounds.clone();
            sorted.sort_unstable_by(f64::total_cmp);
            let median = sorted.get(sorted.len().saturating_sub(1) / 2).copied().unwrap_or(0.0);
            Figure { what, name: what.name(), unit: what.unit(), median, rounds }
        };
        let figures: Vec<Figure> = self.0.into_iter().map(figure).collect();
        let median = |what: What| figures.iter().find(|figure| figure.what == what).map(|figure| figure.median);
        let ratio = |(reached, bound): &(What, What)| {
            let ratio = median(*reached)? / median(*bound).filter(|bound| *bound > 0.0)?;
            Some(Ratio { reached: *reached, bound: *bound, ratio })
        };
        let ratios = RATIOS.iter().filter_map(ratio).collect();
        Findings {
            at_ms,
            command: std::env::args().collect::<Vec<_>>().join(" "),
            cores: std::thread::available_parallelism().map_or(0, std::num::NonZero::get),
            figures,
            ratios,
        }
    }
}

/// The table that people read.
#[must_use]
pub fn table(findings: &Findings) -> String {
    let mut text = format!("{:44}{:>12}{:>12}{:>12}\n", "", "median", "least", "most");
    // Writing to a String cannot fail.
    for Figure { name, unit, median, rounds, .. } in &findings.figures {
        let least = rounds.iter().copied().fold(f64::INFINITY, f64::min);
        let most = rounds.iter().copied().fold(0.0, f64::max);
        let _infallible = writeln!(text, "{name:44}{median:>12.0}{least:>12.0}{most:>12.0}  {unit}");
    }
    for Ratio { reached, bound, ratio } in &findings.ratios {
        let _infallible = writeln!(text, "{:44}{ratio:>12.3}  of {}", reached.name(), bound.name());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios_are_of_medians_and_only_of_what_was_measured() {
        let mut notes = Notes::default();
        for value in [900.0, 100.0, 8_000.0] {
            notes.note(What::Reserve, value);
        }
        notes.note(What::Holds, 1_000.0);
        notes.note(What::Fsyncs, 0.0);
        let findings = notes.findings(0);
        assert_eq!(findings.ratios.len(), 1);
        assert!((findings.ratios[0].ratio - 0.9).abs() < 1e-12, "{:?}", findings.ratios);
        let text = table(&findings);
        assert!(
            text.contains("900         100        8000  a second") && text.contains("0.900  of PostgreSQL"),
            "{text}"
        );
    }
}
