//! How the scans of one ticket, made at many gates with and without a network, become one truth
//! (docs/decisions/0026-check-in.md).
//!
//! The truth is a function of the set of scans: neither the order in which they arrive, nor the batches they arrive
//! in, nor their repetition is in it.

use crate::status::{RefusedReason, ScanDirection, ScanOutcome};
use chrono::{DateTime, Utc};
use uuid::Uuid;

/// What whoever stood at the gate was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Told {
    /// Come in; or, on the way out, goodbye.
    Go,
    /// Not in, and why.
    Stop(RefusedReason),
}

/// A scan of a ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scan {
    /// Made by the device.
    pub id: Uuid,
    /// When, by the device's clock put right by what it knew of the service's.
    pub at: DateTime<Utc>,
    /// Where.
    pub gate: String,
    /// Which way.
    pub direction: ScanDirection,
    /// What was said at the gate: by the device, or, where it asked, by the service's first answer.
    pub told: Told,
}

/// Through which gate somebody came in, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entered {
    /// When.
    pub at: DateTime<Utc>,
    /// Where.
    pub gate: String,
}

/// What the rule says of one scan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// The scan.
    pub id: Uuid,
    /// What it is.
    pub outcome: ScanOutcome,
    /// Why it is refused, where it is.
    pub reason: Option<RefusedReason>,
    /// The entry that stands in its way, where one does.
    pub entered: Option<Entered>,
    /// Whether somebody was let in whom the rule refuses: the organiser has to know.
    pub conflict: bool,
}

/// What a ticket's scans come to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Merged {
    /// Each scan, in the order of their times.
    pub judged: Vec<Judged>,
    /// Whether the ticket let somebody in.
    pub used: bool,
    /// The entry of whoever is in now.
    pub inside: Option<Entered>,
}

/// Judges all scans of one ticket, in the order of their times, equal times by their ids.
///
/// The earliest entry is the entry; another one before an exit is refused, and a conflict where its gate had let
/// somebody in. Whoever was turned away at the gate did not come in, whatever the rule would have said.
#[must_use]
pub fn merge(is_cancelled: bool, scans: &[Scan]) -> Merged {
    let mut order: Vec<&Scan> = scans.iter().collect();
    order.sort_by_key(|scan| (scan.at, scan.id));
    order.dedup_by_key(|scan| scan.id);
    let mut merged = Merged::default();
    for scan in order {
        let judged = merged.judge(is_cancelled, scan);
        merged.judged.push(judged);
    }
    merged
}

impl Merged {
    fn judge(&mut self, is_cancelled: bool, scan: &Scan) -> Judged {
        let go = |outcome| Judged { id: scan.id, outcome, reason: None, entered: None, conflict: false };
        let stop = |reason, entered: Option<Entered>| Judged {
            reason: Some(reason),
            entered,
            conflict: scan.told == Told::Go,
            ..go(ScanOutcome::Refused)
        };
        match (scan.direction, scan.told) {
            (ScanDirection::Exit, _) => {
                // Nobody is kept in.
                self.inside = None;
                go(ScanOutcome::Left)
            }
            (ScanDirection::Entry, Told::Stop(reason)) => {
                stop(reason, self.inside.clone().filter(|_| reason == RefusedReason::AlreadyIn))
            }
            (ScanDirection::Entry, Told::Go) if is_cancelled => stop(RefusedReason::Cancelled, None),
            (ScanDirection::Entry, Told::Go) => match &self.inside {
                Some(entered) => stop(RefusedReason::AlreadyIn, Some(entered.clone())),
                None => {
                    self.inside = Some(Entered { at: scan.at, gate: scan.gate.clone() });
                    self.used = true;
                    go(ScanOutcome::Admitted)
                }
            },
        }
    }

    /// What the rule says of one of them.
    #[must_use]
    pub fn of(&self, id: Uuid) -> Option<&Judged> {
        self.judged.iter().find(|judged| judged.id == id)
    }
}

/// What to tell whoever stands there with a scan that nobody answered yet: what the rule says of it among those that
/// are known.
#[must_use]
pub fn first_answer(is_cancelled: bool, known: &[Scan], scan: &Scan) -> Told {
    let mut all = known.to_vec();
    all.retain(|other| other.id != scan.id);
    all.push(Scan { told: Told::Go, ..scan.clone() });
    match merge(is_cancelled, &all).of(scan.id) {
        Some(Judged { reason: Some(reason), .. }) => Told::Stop(*reason),
        _ => Told::Go,
    }
}
