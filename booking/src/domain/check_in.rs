//! Scans as they arrive: each is kept once, and all scans of a ticket are judged anew when one of them is new
//! (`onsale_core::gate::rule`).

use onsale_core::gate::{Entered, Judged, Merged, Scan, Told, merge, rule};
use onsale_core::{EventId, RefusedReason, ScanDirection, ScanOutcome, TicketId, UserId};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// What was shown at a gate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shown {
    /// A ticket of the gate's event.
    Ticket(TicketId),
    /// Nothing that the rule has to judge.
    Other {
        /// Why it lets nobody in.
        reason: RefusedReason,
        /// The event that it is for, where it is a ticket.
        event: Option<EventId>,
    },
}

/// A scan as it arrives. What was told is in it where the device decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrival {
    /// Made by the device.
    pub id: Uuid,
    /// What was shown.
    pub shown: Shown,
    /// Where.
    pub gate: String,
    /// Which way.
    pub direction: ScanDirection,
    /// When, by the device's clock put right.
    pub at: chrono::DateTime<chrono::Utc>,
    /// By how much it was put right.
    pub clock_offset_ms: i64,
    /// What the device told; nothing where the service is asked.
    pub decided: Option<Told>,
    /// Who stood at the gate.
    pub actor: UserId,
}

/// A scan that is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScanRow {
    /// The scan as the rule looks at it.
    pub scan: Scan,
    /// What was shown.
    pub shown: Shown,
    /// By how much the device's clock was put right.
    pub clock_offset_ms: i64,
    /// Whether the device decided.
    pub offline: bool,
    /// What it comes to.
    pub judged: Judged,
    /// Who stood at the gate.
    pub actor: UserId,
}

/// The scans that a batch touches, with those of the same tickets that were there before.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Book {
    /// Whether each ticket is cancelled.
    pub cancelled: BTreeMap<TicketId, bool>,
    /// The scans.
    pub rows: BTreeMap<Uuid, ScanRow>,
}

/// What a batch changed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    /// Scans that are new or come to something else.
    pub rows: BTreeSet<Uuid>,
    /// Tickets with a new scan, each with what its scans come to.
    pub tickets: BTreeMap<TicketId, Merged>,
}

impl Book {
    /// Takes what arrived.
    pub fn take(&mut self, arrivals: &[Arrival]) -> Changes {
        let mut changes = Changes::default();
        let mut order: Vec<&Arrival> = arrivals.iter().collect();
        order.sort_by_key(|arrival| (arrival.at, arrival.id));
        for arrival in order {
            if self.note(arrival) {
                changes.rows.insert(arrival.id);
                if let Some(ticket) = self.rows.get(&arrival.id).and_then(|row| row.shown.ticket()) {
                    let merged = self.judge(ticket, &mut changes.rows);
                    changes.tickets.insert(ticket, merged);
                }
            }
        }
        changes
    }

    /// Whether it says something new: a scan that is not known; or, of one whose answer never arrived, what its device
    /// told instead.
    fn note(&mut self, arrival: &Arrival) -> bool {
        if let Some(known) = self.rows.get_mut(&arrival.id) {
            let Some(told) = arrival.decided.filter(|_| !known.offline) else { return false };
            known.offline = true;
            known.scan.told = told;
            if let Shown::Other { reason, .. } = &known.shown {
                known.judged = not_a_ticket(&known.scan, *reason);
            }
            return true;
        }
        let mut scan = Scan {
            id: arrival.id,
            at: arrival.at,
            gate: arrival.gate.clone(),
            direction: arrival.direction,
            told: arrival.decided.unwrap_or(Told::Go),
        };
        let judged = match &arrival.shown {
            Shown::Ticket(ticket) => {
                if arrival.decided.is_none() {
                    scan.told = self.first_answer(*ticket, &scan);
                }
                // Until all scans of the ticket are judged, a moment later.
                not_a_ticket(&scan, RefusedReason::Unknown)
            }
            Shown::Other { reason, .. } => {
                scan.told = arrival.decided.unwrap_or(Told::Stop(*reason));
                not_a_ticket(&scan, *reason)
            }
        };
        let row = ScanRow {
            scan,
            shown: arrival.shown.clone(),
            clock_offset_ms: arrival.clock_offset_ms,
            offline: arrival.decided.is_some(),
            judged,
            actor: arrival.actor,
        };
        self.rows.insert(arrival.id, row);
        true
    }

    /// What the service tells whoever asks. Whoever is known to be in is in, also where this scan is of an earlier moment
    /// and comes later: to let in both helps nobody.
    fn first_answer(&self, ticket: TicketId, scan: &Scan) -> Told {
        let (is_cancelled, mut scans) = (self.is_cancelled(ticket), self.of(ticket));
        let told = rule::first_answer(is_cancelled, &scans, scan);
        if told != Told::Go || scan.direction == ScanDirection::Exit {
            return told;
        }
        let conflicts =
            |scans: &[Scan]| merge(is_cancelled, scans).judged.iter().filter(|judged| judged.conflict).count();
        let before = conflicts(&scans);
        scans.push(Scan { told, ..scan.clone() });
        if conflicts(&scans) > before { Told::Stop(RefusedReason::AlreadyIn) } else { told }
    }

    fn judge(&mut self, ticket: TicketId, changed: &mut BTreeSet<Uuid>) -> Merged {
        let scans = self.of(ticket);
        let mut merged = merge(self.is_cancelled(ticket), &scans);
        name_entries(&mut merged, &scans);
        for judged in &merged.judged {
            if let Some(row) = self.rows.get_mut(&judged.id).filter(|row| row.judged != *judged) {
                row.judged = judged.clone();
                changed.insert(judged.id);
            }
        }
        merged
    }

    fn is_cancelled(&self, ticket: TicketId) -> bool {
        self.cancelled.get(&ticket).copied().unwrap_or(false)
    }

    fn of(&self, ticket: TicketId) -> Vec<Scan> {
        let scans = self.rows.values().filter(|row| row.shown == Shown::Ticket(ticket));
        scans.map(|row| row.scan.clone()).collect()
    }
}

impl Shown {
    /// The ticket, where it is one of the gate's event.
    #[must_use]
    pub fn ticket(&self) -> Option<TicketId> {
        match self {
            Self::Ticket(ticket) => Some(*ticket),
            Self::Other { .. } => None,
        }
    }
}

/// Whoever was turned away since somebody was in who came, by the clocks, only later, is told of that entry.
fn name_entries(merged: &mut Merged, scans: &[Scan]) {
    let mut later: Option<Entered> = None;
    for judged in merged.judged.iter_mut().rev() {
        match (judged.outcome, judged.reason) {
            (ScanOutcome::Admitted, _) => {
                let entry = scans.iter().find(|scan| scan.id == judged.id);
                later = entry.map(|scan| Entered { at: scan.at, gate: scan.gate.clone() });
            }
            (ScanOutcome::Left, _) => later = None,
            (ScanOutcome::Refused, Some(RefusedReason::AlreadyIn)) if judged.entered.is_none() => {
                judged.entered.clone_from(&later);
            }
            (ScanOutcome::Refused, _) => {}
        }
    }
}

/// What lets nobody in, whichever way; a conflict where the gate opened all the same.
fn not_a_ticket(scan: &Scan, reason: RefusedReason) -> Judged {
    Judged {
        id: scan.id,
        outcome: ScanOutcome::Refused,
        reason: Some(reason),
        entered: None::<Entered>,
        conflict: scan.told == Told::Go && scan.direction == ScanDirection::Entry,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;
    use proptest::prelude::*;
    use proptest::sample::Index;

    const TICKETS: u128 = 3;

    fn ticket(number: u128) -> TicketId {
        TicketId(Uuid::from_u128(1_000 + number))
    }

    /// What devices tell of a scan: entry or exit, let in or turned away.
    fn arrival(id: u128, number: u128, minute: i64, gate: u8, way: u8) -> Arrival {
        let shown = if number < TICKETS {
            Shown::Ticket(ticket(number))
        } else {
            Shown::Other { reason: RefusedReason::Unknown, event: None }
        };
        Arrival {
            id: Uuid::from_u128(id),
            shown,
            gate: format!("Gate {gate}"),
            direction: if way == 2 { ScanDirection::Exit } else { ScanDirection::Entry },
            at: DateTime::from_timestamp(1_790_000_000 + minute * 60, 0).expect("a time"),
            clock_offset_ms: 0,
            decided: Some(if way == 1 { Told::Stop(RefusedReason::AlreadyIn) } else { Told::Go }),
            actor: UserId(Uuid::nil()),
        }
    }

    fn book() -> Book {
        let cancelled = (0..TICKETS).map(|number| (ticket(number), number == 2)).collect();
        Book { cancelled, ..Book::default() }
    }

    fn arrivals() -> impl Strategy<Value = Vec<Arrival>> {
        // Few tickets and minutes, so that they meet; ways: let in, turned away, out.
        prop::collection::vec((0..=TICKETS, 0_i64..6, 0_u8..3, 0_u8..3), 1..24).prop_map(|scans| {
            let scans = (1_u128..).zip(scans);
            scans.map(|(id, (number, minute, gate, way))| arrival(id, number, minute, gate, way)).collect()
        })
    }

    proptest! {
        #[test]
        fn order_batches_and_repetition_change_nothing(
            arrivals in arrivals(), keys in prop::collection::vec(any::<u32>(), 24),
            cuts in prop::collection::vec(1_usize..5, 24), again in prop::collection::vec(any::<Index>(), 0..12),
            asked_first in prop::collection::vec(any::<bool>(), 24),
        ) {
            let mut at_once = book();
            let changes = at_once.take(&arrivals);

            let mut shuffled: Vec<(u32, Arrival)> = keys.iter().copied().zip(arrivals.iter().cloned()).collect();
            shuffled.sort_by_key(|(key, arrival)| (*key, arrival.id));
            let mut sent: Vec<Arrival> = Vec::new();
            for ((_, arrival), asked) in shuffled.into_iter().zip(asked_first) {
                // The service was asked, its answer was lost, and the device decided.
                sent.extend(asked.then(|| Arrival { decided: None, ..arrival.clone() }));
                sent.push(arrival);
            }
            for index in again {
                let repeated = sent[index.index(sent.len())].clone();
                sent.push(repeated);
            }
            let mut one_by_one = book();
            let mut rest = sent.as_slice();
            for cut in cuts {
                let (batch, left) = rest.split_at(cut.min(rest.len()));
                one_by_one.take(batch);
                rest = left;
            }
            one_by_one.take(rest);
            prop_assert_eq!(&one_by_one, &at_once);
            prop_assert_eq!(at_once.clone().take(&sent), Changes::default());

            for (ticket, merged) in changes.tickets {
                let rows: Vec<&ScanRow> = at_once.rows.values().filter(|row| row.shown == Shown::Ticket(ticket)).collect();
                let of = |outcome| rows.iter().filter(|row| row.judged.outcome == outcome).count();
                prop_assert_eq!(merged.used, of(ScanOutcome::Admitted) > 0);
                prop_assert!(of(ScanOutcome::Admitted) <= of(ScanOutcome::Left) + 1, "one in at a time");
                prop_assert!(rows.iter().all(|row| {
                    let let_in = row.scan.told == Told::Go && row.scan.direction == ScanDirection::Entry;
                    let_in == (row.judged.outcome == ScanOutcome::Admitted || row.judged.conflict)
                }), "who was let in is an entry or a conflict, and nobody else");
            }
        }
    }

    #[test]
    fn the_earlier_of_two_gates_is_the_entry_whichever_is_heard_first() {
        let (early, late) = (arrival(1, 0, 0, 1, 0), arrival(2, 0, 5, 2, 0));
        for order in [[&early, &late], [&late, &early]] {
            let mut book = book();
            for arrival in order {
                book.take(std::slice::from_ref(arrival));
            }
            let judged = |arrival: &Arrival| book.rows[&arrival.id].judged.clone();
            assert_eq!(judged(&early).outcome, ScanOutcome::Admitted);
            assert_eq!((judged(&late).reason, judged(&late).conflict), (Some(RefusedReason::AlreadyIn), true));
            assert_eq!(judged(&late).entered.expect("the entry").gate, "Gate 1");
        }
    }

    #[test]
    fn whoever_asks_is_answered_by_what_is_known() {
        let ask = |id, minute, way| Arrival { decided: None, ..arrival(id, 0, minute, 1, way) };
        let mut book = book();
        let outcome = |book: &mut Book, arrival: Arrival| {
            book.take(std::slice::from_ref(&arrival));
            book.rows[&arrival.id].judged.outcome
        };
        assert_eq!(outcome(&mut book, ask(1, 0, 0)), ScanOutcome::Admitted);
        assert_eq!(outcome(&mut book, ask(2, 1, 0)), ScanOutcome::Refused);
        assert_eq!(outcome(&mut book, ask(3, 2, 2)), ScanOutcome::Left);
        assert_eq!(outcome(&mut book, ask(4, 3, 0)), ScanOutcome::Admitted);
        // Of an earlier moment than an entry that is known, but asked after it: one is in.
        assert_eq!(outcome(&mut book, ask(6, -5, 0)), ScanOutcome::Refused);
        assert!(book.rows[&Uuid::from_u128(6)].judged.entered.is_some(), "whoever is in the way is named");
        // An exit that comes late does not let in whoever was turned away.
        assert_eq!(outcome(&mut book, arrival(5, 0, 0, 2, 2)), ScanOutcome::Left);
        assert_eq!(book.rows[&Uuid::from_u128(2)].judged.outcome, ScanOutcome::Refused);
        assert!(!book.rows.values().any(|row| row.judged.conflict));
    }
}
