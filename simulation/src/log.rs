//! The event store as the simulator sees it: what each commit appended, and how far the relay has read.
//!
//! A transaction has its id from when it begins, and its events are seen from when it commits: a lower id may be
//! seen later than a higher one, which is what the relay's bound is for.

use crate::ids::Millis;
use crate::store::Transition;
use onsale_booking::domain::command::Command;
use onsale_booking::domain::life::Fact;
use onsale_booking::domain::rows::{EventCounts, ReservationRow};
use onsale_core::{ReservationId, TicketId, TicketStatus};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use uuid::Uuid;

/// The most events that the relay takes at once.
const RELAY_MAX: usize = 40;

/// Where an event is in the store: its transaction's id, then its place.
pub type Position = (u64, u64);

/// An event in the store.
#[derive(Debug, Clone)]
pub struct Appended {
    /// Where it is; this is its identity, too.
    pub at: Position,
    /// The hold or the order that it happened to.
    pub aggregate: Uuid,
    /// The hold.
    pub hold: ReservationId,
    /// Counts the aggregate's events, from 1.
    pub version: i32,
    /// Counts those on the bus, from 1; nothing where it stays in the store.
    pub sequence: Option<i64>,
    /// What it says about tickets.
    pub tickets: Tickets,
}

/// What an event says about tickets.
#[derive(Debug, Clone)]
pub enum Tickets {
    /// Nothing.
    Silent,
    /// These are good.
    Good(Vec<TicketId>),
    /// These are good no longer.
    Void(Vec<TicketId>),
}

/// The relay that is copying a batch: its process, that process's life, and until when its session may be idle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Relaying {
    /// The process and its life.
    pub by: (usize, u32),
    /// Until when it has the advisory lock.
    pub until: Millis,
}

/// The table of events, its readers and what they have done.
#[derive(Debug, Default)]
pub struct Log {
    /// What was committed, in the relay's order.
    pub events: BTreeMap<Position, Rc<Appended>>,
    /// Transactions that run: what they touch, and when they commit.
    open: BTreeMap<u64, (Touched, Millis)>,
    last_xid: u64,
    last_place: u64,
    /// How many events each aggregate has, in the store and on the bus.
    pub counts: BTreeMap<Uuid, (i32, i64)>,
    /// Batches that were committed.
    pub batches: BTreeSet<u64>,
    /// The last event that the relay has passed.
    pub watermark: Position,
    /// Who relays.
    pub relaying: Option<Relaying>,
    /// What was ever sent to the bus.
    pub sent: BTreeSet<Position>,
}

/// What a transaction locks: a kind and a number each.
pub type Touched = BTreeSet<(u8, u128)>;

impl Log {
    /// A transaction begins at `now` and would commit at `ready`; where it touches what another one has locked, it
    /// waits for that one. Gives its id and when it commits.
    pub fn begin(&mut self, touched: Touched, ready: Millis) -> (u64, Millis) {
        let in_the_way = self.open.values().filter(|(other, _)| !other.is_disjoint(&touched));
        let commits_at = in_the_way.map(|(_, at)| at + 1).fold(ready, Millis::max);
        self.last_xid += 1;
        self.open.insert(self.last_xid, (touched, commits_at));
        (self.last_xid, commits_at)
    }

    /// A transaction ends; whether it was still running.
    pub fn end(&mut self, xid: u64) -> bool {
        self.open.remove(&xid).is_some()
    }

    /// PostgreSQL dies: what runs is rolled back, and sessions are gone.
    pub fn crash(&mut self) {
        self.open.clear();
        self.relaying = None;
    }

    /// Whether another transaction has begun later and committed before.
    #[must_use]
    pub fn is_late(&self, xid: u64) -> bool {
        self.events.last_key_value().is_some_and(|((last, _), _)| *last > xid)
    }

    /// Appends a commit's events.
    ///
    /// # Errors
    /// When an aggregate's versions or sequences would have a hole, or one of them twice.
    pub fn append(&mut self, xid: u64, news: Vec<News>) -> Result<(), String> {
        for new in news {
            let (version, sequence) = self.counts.entry(new.aggregate).or_default();
            let counted = (*version + 1, *sequence + i64::from(new.is_published));
            if counted != (new.counts.version, new.counts.sequence) {
                return Err(format!(
                    "the events of {} go from {version}/{sequence} to {:?}",
                    new.aggregate, new.counts
                ));
            }
            (*version, *sequence) = counted;
            self.last_place += 1;
            let at = (xid, self.last_place);
            let sequence = new.is_published.then_some(new.counts.sequence);
            let News { aggregate, hold, tickets, .. } = new;
            let event = Appended { at, aggregate, hold, version: new.counts.version, sequence, tickets };
            self.events.insert(at, Rc::new(event));
        }
        Ok(())
    }

    /// What the relay reads next: above the watermark and, where it is `bounded`, below every transaction that may
    /// still commit.
    #[must_use]
    pub fn pending(&self, bounded: bool) -> Vec<Rc<Appended>> {
        let above = (std::ops::Bound::Excluded(self.watermark), std::ops::Bound::Unbounded);
        let oldest = self.open.keys().next().copied().unwrap_or(u64::MAX);
        let below = self.events.range(above).take_while(|((xid, _), _)| !bounded || *xid < oldest);
        below.take(RELAY_MAX).map(|(_, event)| Rc::clone(event)).collect()
    }
}

/// An event about to be appended.
#[derive(Debug)]
pub struct News {
    aggregate: Uuid,
    hold: ReservationId,
    counts: EventCounts,
    is_published: bool,
    tickets: Tickets,
}

/// What a member tells the event store, as `service::desk::facts` says it in production.
#[must_use]
pub fn news(seen: &Transition<'_>) -> Vec<News> {
    let Ok(accepted) = seen.outcome else { return Vec::new() };
    let Some(row) = seen.rows.reservations.get(&accepted.reservation) else { return Vec::new() };
    let mut news = Vec::new();
    if let (Command::Reserve(_), true) = (seen.command, accepted.changed) {
        let (aggregate, hold) = (row.id.0, row.id);
        news.push(News { aggregate, hold, counts: row.counts, is_published: true, tickets: Tickets::Silent });
    }
    let order = row.life.order.as_ref().map(|order| order.id.0);
    // The row has counted all of the command's facts: back from the last to the first.
    let (mut of_hold, mut of_order) = (row.counts, row.order_counts);
    let mut backwards = Vec::new();
    for fact in accepted.facts.iter().rev() {
        let counts = if fact.is_of_order() { &mut of_order } else { &mut of_hold };
        let aggregate = if fact.is_of_order() { order.unwrap_or_default() } else { row.id.0 };
        let tickets = tickets(*fact, seen.before.as_ref(), row);
        let is_published = fact.is_published();
        backwards.push(News { aggregate, hold: row.id, counts: *counts, is_published, tickets });
        counts.version -= 1;
        counts.sequence -= i64::from(is_published);
    }
    news.extend(backwards.into_iter().rev());
    news
}

fn tickets(fact: Fact, before: Option<&ReservationRow>, row: &ReservationRow) -> Tickets {
    let of = |row: &ReservationRow, status| -> Vec<TicketId> {
        row.issued.iter().filter(|ticket| ticket.status == status).map(|ticket| ticket.id).collect()
    };
    match fact {
        Fact::TicketConfirmed => Tickets::Good(of(row, TicketStatus::Valid)),
        Fact::TicketCancelled => {
            let long_since = before.map(|row| of(row, TicketStatus::Cancelled)).unwrap_or_default();
            let mut void = of(row, TicketStatus::Cancelled);
            void.retain(|ticket| !long_since.contains(ticket));
            Tickets::Void(void)
        }
        _ => Tickets::Silent,
    }
}
