//! PostgreSQL as the simulator sees it: transactions one after another, each wholly or not at all.
//!
//! A transaction reads only the rows that its commands touch, as production does, lets the pure
//! functions change them, and writes back only what they said they changed.

use crate::ids::{self, EVENT, Millis, STANDING};
use crate::log::{Appended, Log, Position, Tickets, Touched};
use crate::planted::Planted;
use onsale_booking::domain::allocate::{Outcome, apply};
use onsale_booking::domain::command::Command;
use onsale_booking::domain::life::{Fact, Time};
use onsale_booking::domain::rows::{CounterChange, ReservationRow, Rows, SeatKey, SeatRow, StockKey, StockRow};
use onsale_core::{ReservationId, TicketId, UserId};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// One member of a batch.
#[derive(Debug, Clone)]
pub struct Member {
    /// The request it answers, if any.
    pub operation: Option<u64>,
    /// The client's idempotency key and what the effect is known by.
    pub key: Option<(u64, Uuid)>,
    /// What to do.
    pub command: Command,
}

/// What a member came to, as its transaction read it back.
#[derive(Debug, Clone)]
pub struct Done {
    /// What the rule said; nothing where an earlier request with the same key has had the effect.
    pub outcome: Option<Outcome>,
    /// The hold after the transaction.
    pub row: Option<ReservationRow>,
}

/// How one transaction changed one life: what the checks look at.
#[derive(Debug)]
pub struct Transition<'a> {
    /// The command.
    pub command: &'a Command,
    /// The hold before it.
    pub before: Option<ReservationRow>,
    /// What the rule said.
    pub outcome: &'a Outcome,
    /// PostgreSQL's clock.
    pub now: Time,
    /// The rows that the transaction sees, after it.
    pub rows: &'a Rows,
}

/// The tables.
#[derive(Debug, Default)]
pub struct Store {
    /// Seats.
    pub seats: BTreeMap<SeatKey, SeatRow>,
    /// Stocks.
    pub stock: BTreeMap<StockKey, StockRow>,
    /// Holds with their orders and tickets.
    pub reservations: BTreeMap<ReservationId, ReservationRow>,
    /// Free, held and sold places.
    pub counter: CounterChange,
    /// Idempotency keys, with the id of the effect and its hold.
    pub keys: BTreeMap<u64, (Uuid, ReservationId)>,
    /// Until when a saga is somebody's, and whose: a process and its life.
    pub leases: BTreeMap<ReservationId, (Millis, (usize, u32))>,
    /// The events.
    pub log: Log,
    /// Which events a mail was sent for.
    pub inbox: BTreeSet<Position>,
    /// How many mails were sent for each event.
    pub mails: BTreeMap<Position, u32>,
    /// What a consumer knows of each aggregate's tickets.
    pub copies: BTreeMap<Uuid, Copied>,
    /// How often each ending of a hold was told.
    pub endings: BTreeMap<ReservationId, u32>,
}

/// What a consumer knows of an aggregate's tickets.
#[derive(Debug, Default)]
pub struct Copied {
    /// The last event it has followed.
    pub sequence: i64,
    /// The good tickets.
    pub tickets: BTreeSet<TicketId>,
}

impl Copied {
    /// Does what the event says.
    pub fn follow(&mut self, event: &Appended) {
        self.sequence = event.sequence.unwrap_or(self.sequence);
        match &event.tickets {
            Tickets::Silent => {}
            Tickets::Good(good) => self.tickets.extend(good),
            Tickets::Void(void) => self.tickets.retain(|ticket| !void.contains(ticket)),
        }
    }
}

impl Store {
    /// Tables with that many seats and standing tickets, all free.
    #[must_use]
    pub fn new(seats: i32, standing: i64) -> Self {
        let mut store = Self::default();
        for seat in 0..seats {
            store.seats.insert((EVENT, seat), SeatRow::free(ids::epoch()));
        }
        let row = StockRow { capacity: standing, held: 0, sold: 0, is_place: true };
        store.stock.insert((EVENT, STANDING), row);
        store.counter.free = i64::from(seats) + standing;
        store
    }

    /// Runs a batch as one transaction at `now`; `look` sees each member's effect before the next one's.
    pub fn run(
        &mut self,
        batch: &[Member],
        now: Time,
        planted: Option<Planted>,
        mut look: impl FnMut(Transition<'_>),
    ) -> Vec<Done> {
        let mut rows = self.load(batch, now);
        let mut done = Vec::with_capacity(batch.len());
        for member in batch {
            let replayed = member.key.and_then(|(key, id)| self.keys.get(&key).filter(|(known, _)| *known != id));
            if let Some((_, reservation)) = replayed {
                done.push((*reservation, None));
                continue;
            }
            let reservation = reservation_of(&member.command);
            let before = rows.reservations.get(&reservation).cloned();
            let mut command = member.command.clone();
            let untouched = planted.map(|planted| {
                let untouched = rows.clone();
                planted.before(&mut rows, &mut command);
                untouched
            });
            let outcome = apply(&mut rows, &command, now);
            match (planted, untouched, &outcome) {
                (Some(planted), _, Ok(_)) => planted.after(&mut rows, &command),
                (Some(_), Some(untouched), Err(_)) => rows = untouched,
                _ => {}
            }
            if let Ok(accepted) = &outcome {
                if let Some((key, id)) = member.key {
                    self.keys.insert(key, (id, reservation));
                }
                let is_end = |fact: &&Fact| matches!(fact, Fact::ReservationExpired | Fact::ReservationReleased);
                let told = u32::try_from(accepted.facts.iter().filter(is_end).count()).unwrap_or(0);
                *self.endings.entry(reservation).or_default() += told;
            }
            look(Transition { command: &member.command, before, outcome: &outcome, now, rows: &rows });
            done.push((reservation, Some(outcome)));
        }
        self.save(&mut rows);
        let row = |reservation| self.reservations.get(&reservation).cloned();
        done.into_iter().map(|(reservation, outcome)| Done { outcome, row: row(reservation) }).collect()
    }

    /// How many tickets an account holds and owns at `now`.
    #[must_use]
    pub fn used(&self, account: UserId, now: Time) -> i64 {
        let live = |row: &&ReservationRow| row.account == account && row.life.counts(now);
        self.reservations.values().filter(live).map(|row| i64::from(row.live)).sum()
    }

    /// The same of every account.
    #[must_use]
    pub fn used_by_account(&self, now: Time) -> BTreeMap<UserId, i64> {
        let mut used = BTreeMap::new();
        for row in self.reservations.values().filter(|row| row.life.counts(now)) {
            *used.entry(row.account).or_default() += i64::from(row.live);
        }
        used
    }

    /// What a batch locks.
    #[must_use]
    pub fn touched(&self, batch: &[Member]) -> Touched {
        let seat = |seat: i32| (1, u128::from(seat.unsigned_abs()));
        let mut touched = Touched::new();
        for member in batch {
            let reservation = reservation_of(&member.command);
            touched.insert((0, reservation.0.as_u128()));
            touched.extend(member.key.map(|(key, _)| (2, u128::from(key))));
            if let Command::Reserve(reserve) = &member.command {
                touched.insert((3, reserve.account.0.as_u128()));
                touched.extend(reserve.seats.iter().map(|(number, _)| seat(*number)));
                touched.extend(reserve.draws.first().map(|_| (4, 0)));
            }
            if let Command::Change(change) = &member.command {
                touched.insert((3, change.account.0.as_u128()));
                touched.extend(change.seats.iter().map(|(number, _)| seat(*number)));
            }
            if let Some(row) = self.reservations.get(&reservation) {
                touched.extend(row.seats.iter().map(|held| seat(held.seat)));
                touched.extend(row.draws.first().map(|_| (4, 0)));
            }
        }
        touched
    }

    /// The rows that the batch touches.
    fn load(&self, batch: &[Member], now: Time) -> Rows {
        let mut rows = Rows { stock: self.stock.clone(), ..Rows::default() };
        let mut seats = BTreeSet::new();
        for member in batch {
            match &member.command {
                Command::Reserve(reserve) => {
                    seats.extend(reserve.seats.iter().map(|(seat, _)| *seat));
                    rows.used.insert((EVENT, reserve.account), self.used(reserve.account, now));
                }
                Command::Change(change) => {
                    seats.extend(change.seats.iter().map(|(seat, _)| *seat));
                    rows.used.insert((EVENT, change.account), self.used(change.account, now));
                }
                Command::BeginPayment(_) | Command::Release { .. } | Command::Happened { .. } | Command::Cancel(_) => {}
            }
            if let Some(row) = self.reservations.get(&reservation_of(&member.command)) {
                seats.extend(row.seats.iter().map(|held| held.seat));
                rows.used.insert((EVENT, row.account), self.used(row.account, now));
                rows.reservations.insert(row.id, row.clone());
            }
        }
        let key = |seat| (EVENT, seat);
        let found = |seat| self.seats.get(&key(seat)).map(|row| (key(seat), row.clone()));
        rows.seats = seats.into_iter().filter_map(found).collect();
        rows
    }

    /// Writes what the rules said they changed, and nothing else.
    fn save(&mut self, rows: &mut Rows) {
        let changed = std::mem::take(&mut rows.changed);
        for key in changed.seats {
            if let Some(row) = rows.seats.remove(&key) {
                self.seats.insert(key, row);
            }
        }
        for key in changed.stock {
            if let Some(row) = rows.stock.remove(&key) {
                self.stock.insert(key, row);
            }
        }
        let orders = changed.new_orders.iter().chain(&changed.orders);
        let holds = changed.inserted.iter().chain(&changed.updated).chain(orders).chain(&changed.issued);
        for id in holds.copied().collect::<BTreeSet<_>>() {
            if let Some(row) = rows.reservations.remove(&id) {
                self.reservations.insert(id, row);
            }
        }
        if let Some(change) = changed.counters.get(&EVENT) {
            self.counter.free += change.free;
            self.counter.held += change.held;
            self.counter.sold += change.sold;
        }
    }
}

/// The hold that a command is about.
#[must_use]
pub fn reservation_of(command: &Command) -> ReservationId {
    match command {
        Command::Reserve(reserve) => reserve.reservation,
        Command::Change(change) => change.reservation,
        Command::BeginPayment(begin) => begin.reservation,
        Command::Release { reservation, .. } | Command::Happened { reservation, .. } => *reservation,
        Command::Cancel(cancel) => cancel.reservation,
    }
}
