//! The promises, looked at after every step that could break them.

use crate::goals::Goal;
use crate::ids::{EVENT, Millis, STANDING};
use crate::log;
use crate::message::{Reply, Request, What};
use crate::profile::Fault;
use crate::provider::{Call, Standing};
use crate::store::{Done, Member, Transition, reservation_of};
use crate::world::{MASTERS, World};
use onsale_booking::domain::command::{Command, Rejected};
use onsale_booking::domain::life::{self, Effect, Fact, Refusal, Time};
use onsale_booking::domain::redlock::majority;
use onsale_booking::domain::rows::{Occupancy, ReservationRow, SeatKey, SeatRow};
use onsale_core::{ReservationId, ReservationStatus, TicketStatus, UserId};
use std::collections::{BTreeMap, BTreeSet};

/// What the checks remember beside the tables.
#[derive(Debug, Default)]
pub struct Ledger {
    /// The seats that each hold was asked to have.
    asked: BTreeMap<ReservationId, BTreeSet<i32>>,
    /// The furthest that PostgreSQL's clock ever was.
    clock_max: Option<Time>,
    /// When late money bought the places of a hold that was over.
    taken_again: BTreeMap<ReservationId, Millis>,
    /// Locks of requests that are being committed.
    locks: BTreeMap<u64, HeldLock>,
}

#[derive(Debug)]
struct HeldLock {
    seats: Vec<i32>,
    until: Millis,
    lives: [Option<u32>; MASTERS],
}

impl Ledger {
    /// The request's commit is over, or was given up.
    pub fn lock_ended(&mut self, operation: u64) {
        self.locks.remove(&operation);
    }

    /// Remembers what a member asked for and looks at what it did to one life.
    fn look(&mut self, seen: &Transition<'_>) -> Result<Option<Goal>, String> {
        let now_deciding = |row: &ReservationRow| row.life.order.as_ref().is_some_and(|o| o.saga.is_deciding());
        let seats = |wanted: &[(i32, i16)]| wanted.iter().map(|(seat, _)| *seat).collect();
        if let Err(Rejected::SeatsTaken(taken)) = seen.outcome {
            return taken.iter().try_for_each(|seat| is_taken(seen, *seat)).map(|()| None);
        }
        let Ok(accepted) = seen.outcome else { return Ok(refusal_goal(seen)) };
        match seen.command {
            Command::Reserve(reserve) if accepted.changed => {
                self.asked.insert(reserve.reservation, seats(&reserve.seats));
            }
            Command::Change(change) => {
                self.asked.insert(change.reservation, seats(&change.seats));
                return Ok(Some(Goal::Changed));
            }
            Command::Happened { reservation, event: life::Event::Expire, .. }
            | Command::Release { reservation, .. } => {
                if accepted.changed && seen.before.as_ref().is_some_and(now_deciding) {
                    return Err(format!("hold {reservation} was ended while its payment was being decided"));
                }
                let swept_early = matches!(seen.command, Command::Happened { .. })
                    && seen.before.as_ref().is_some_and(|row| row.life.hold_ends_at > seen.now);
                if accepted.changed && swept_early {
                    return Err(format!("hold {reservation} was ended before the end that its buyer was told"));
                }
                let is_swept = matches!(seen.command, Command::Happened { .. }) && accepted.changed;
                return Ok(is_swept.then_some(Goal::Swept));
            }
            Command::Happened { reservation, .. } if is_sold_in_vain(seen) => {
                return Err(format!("hold {reservation} was sold after its buyer had given it up"));
            }
            Command::Happened { event, .. } => return Ok(event_goal(seen, event, &accepted.outside, accepted.changed)),
            Command::Reserve(_) | Command::BeginPayment(_) | Command::Cancel(_) => {}
        }
        Ok(None)
    }
}

/// Whether what its buyer had given up was sold after that.
fn is_sold_in_vain(seen: &Transition<'_>) -> bool {
    let Some(before) = &seen.before else { return false };
    let is_sold = |row: &ReservationRow| row.life.status == ReservationStatus::Confirmed;
    let given_up = before.life.order.as_ref().is_some_and(|order| order.given_up);
    given_up && !is_sold(before) && seen.rows.reservations.get(&before.id).is_some_and(is_sold)
}

/// A refusal that names a seat is true: somebody has it.
fn is_taken(seen: &Transition<'_>, seat: i32) -> Result<(), String> {
    match seen.rows.seats.get(&(EVENT, seat)) {
        Some(row) if row.state == Occupancy::Sold => Ok(()),
        Some(row) if row.state == Occupancy::Held && row.ends_at > seen.now => Ok(()),
        other => Err(format!("{:?} was refused for seat {seat}, which nobody has: {other:?}", seen.command)),
    }
}

fn refusal_goal(seen: &Transition<'_>) -> Option<Goal> {
    match (seen.command, seen.outcome) {
        (_, Err(Rejected::LimitReached { .. })) => Some(Goal::Limited),
        (Command::BeginPayment(_) | Command::Change(_), Err(Rejected::Refused(Refusal::HoldExpired))) => {
            let lost = seen
                .before
                .as_ref()
                .is_some_and(|row| row.life.status == ReservationStatus::Active && row.life.hold_ends_at > seen.now);
            lost.then_some(Goal::FenceReject)
        }
        _ => None,
    }
}

fn event_goal(seen: &Transition<'_>, event: &life::Event, outside: &[Effect], changed: bool) -> Option<Goal> {
    let status = |row: &ReservationRow| row.life.status;
    let was = seen.before.as_ref().map(status);
    let is = seen.before.as_ref().and_then(|before| seen.rows.reservations.get(&before.id)).map(status);
    let given_up = seen.before.as_ref().and_then(|before| before.life.order.as_ref()).is_some_and(|o| o.given_up);
    match event {
        _ if !changed => None,
        life::Event::GiveUp => Some(Goal::GivenUp),
        life::Event::Captured { .. } if given_up => Some(Goal::GivenUpTooLate),
        life::Event::Captured { .. } if is == Some(ReservationStatus::Confirmed) && was != is => {
            (was != Some(ReservationStatus::Active)).then_some(Goal::Reseated).or(Some(Goal::Paid))
        }
        life::Event::Captured { .. } if matches!(outside, [Effect::Refund { .. }]) => Some(Goal::LateRefund),
        life::Event::WindowEnded { .. } => Some(Goal::WindowEnded),
        life::Event::Voided { .. } => Some(Goal::Voided),
        life::Event::CaptureFailed { .. } => Some(Goal::Unsold),
        life::Event::Captured { .. } if outside.is_empty() => Some(Goal::Paid),
        life::Event::Refunded { .. } => Some(Goal::Refunded),
        _ => None,
    }
}

/// Whoever is given tickets that were asked for has no more of them than one may have; `has` is what each account had
/// before, and has what it has now. Late money may go beyond: it was taken, and buys what it was taken for. Where the
/// clock was put back, holds that were over count again: what gives nothing new is not refused for that.
fn check_limit(seen: &Transition<'_>, has: &mut BTreeMap<UserId, i64>, limit: i64) -> Result<(), String> {
    let counted =
        |row: Option<&ReservationRow>| row.filter(|row| row.life.counts(seen.now)).map_or(0, |row| i64::from(row.live));
    let Some(row) = seen.rows.reservations.get(&reservation_of(seen.command)) else { return Ok(()) };
    let more = counted(Some(row)) - counted(seen.before.as_ref());
    let used = has.entry(row.account).or_default();
    *used += more;
    let is_asked_for = matches!(seen.command, Command::Reserve(_) | Command::Change(_));
    if is_asked_for && more > 0 && *used > limit {
        return Err(format!("account {} has {used} tickets, beyond its limit", row.account));
    }
    Ok(())
}

impl World {
    /// Runs a batch in PostgreSQL and looks at what it did.
    pub fn commit(&mut self, xid: u64, from: (usize, u32), members: &[Member]) -> Vec<Done> {
        let now = self.clock();
        let clock_max = self.ledger.clock_max.get_or_insert(now);
        *clock_max = now.max(*clock_max);
        let before = self.store.seats.clone();
        let mut has = self.store.used_by_account(now);
        let (mut goals, mut broken, mut news) = (Vec::new(), None, Vec::new());
        let limit = self.profile.account_max;
        let ledger = &mut self.ledger;
        let done = self.store.run(members, now, self.planted, |seen| {
            news.extend(log::news(&seen));
            match ledger.look(&seen).and_then(|goal| check_limit(&seen, &mut has, limit).map(|()| goal)) {
                Ok(goal) => goals.extend(goal),
                Err(what) => broken = Some(what),
            }
        });
        if !news.is_empty() && self.store.log.is_late(xid) {
            goals.push(Goal::LateCommit);
        }
        if let Err(what) = self.store.log.append(xid, news) {
            broken.get_or_insert(what);
        }
        for operation in members.iter().filter_map(|member| member.operation) {
            self.ledger.lock_ended(operation);
        }
        if self.trace.is_some() {
            for (member, done) in members.iter().zip(&done) {
                self.note(|| format!("commit: {:?} -> {:?}", member.command, done.outcome));
            }
        }
        for goal in goals {
            self.reached(goal);
        }
        for done in &done {
            if let (Some(Ok(accepted)), Some(row)) = (&done.outcome, &done.row) {
                self.store.leases.insert(row.id, (self.now + crate::shell::LEASE, from));
                if accepted.facts.contains(&Fact::ReservationTakenAgain) {
                    self.ledger.taken_again.insert(row.id, self.now);
                }
            }
        }
        self.count_contacts(&before, now);
        if let Err(what) = broken.map_or_else(|| self.check_tables(), Err) {
            self.violate(what);
        }
        done
    }

    fn count_contacts(&mut self, before: &BTreeMap<SeatKey, SeatRow>, now: Time) {
        let expired = |row: &SeatRow| row.state == Occupancy::Held && row.ends_at <= now;
        let taken = before.iter().filter(|(key, row)| {
            expired(row) && self.store.seats.get(key).is_some_and(|after| after.fence > row.fence)
        });
        let count = taken.count();
        for _ in 0..count {
            self.reached(Goal::TakenOnContact);
        }
        // The worst moment for a clock: the old holder may be believed to be in time again.
        if count > 0 && self.fault(Fault::ClockStep) {
            self.clock_ahead -= self.random.between(1_000, 40_000);
        }
    }

    fn check_tables(&self) -> Result<(), String> {
        self.check_counts()?;
        self.check_tickets()?;
        for row in self.store.reservations.values() {
            self.check_hold(row)?;
        }
        Ok(())
    }

    /// Free, held and sold are the capacity, and what the rows say.
    fn check_counts(&self) -> Result<(), String> {
        let store = &self.store;
        let stock = store.stock.get(&(EVENT, STANDING)).ok_or("the stock row is gone")?;
        let in_state = |state| store.seats.values().filter(|row| row.state == state).count();
        let seats = |state| i64::try_from(in_state(state)).unwrap_or(0);
        let counted = (seats(Occupancy::Free) + stock.available(), seats(Occupancy::Held) + stock.held, {
            seats(Occupancy::Sold) + stock.sold
        });
        let kept = (store.counter.free, store.counter.held, store.counter.sold);
        if counted != kept {
            return Err(format!("the counter says {kept:?}, the rows say {counted:?} (free, held, sold)"));
        }
        if stock.held < 0 || stock.sold < 0 || stock.held + stock.sold > stock.capacity {
            return Err(format!("oversold: {} held and {} sold of {}", stock.held, stock.sold, stock.capacity));
        }
        let drawn = |status| -> i64 {
            let rows = store.reservations.values().filter(|row| row.life.status == status);
            rows.flat_map(|row| &row.draws).map(|draw| i64::from(draw.quantity)).sum()
        };
        let drawn = (drawn(ReservationStatus::Active), drawn(ReservationStatus::Confirmed));
        if drawn != (stock.held, stock.sold) {
            return Err(format!("holds drew {drawn:?}, the stock says {:?} (held, sold)", (stock.held, stock.sold)));
        }
        Ok(())
    }

    /// One live ticket a seat, and its row says so.
    fn check_tickets(&self) -> Result<(), String> {
        let mut owners: BTreeMap<i32, ReservationId> = BTreeMap::new();
        for row in self.store.reservations.values() {
            for ticket in row.issued.iter().filter(|ticket| ticket.status == TicketStatus::Valid) {
                let Some(seat) = ticket.seat else { continue };
                if let Some(other) = owners.insert(seat, row.id) {
                    return Err(format!("two live tickets for seat {seat}: of holds {other} and {}", row.id));
                }
                let seat_row = self.store.seats.get(&(EVENT, seat));
                if !seat_row.is_some_and(|r| r.state == Occupancy::Sold && r.reservation == Some(row.id)) {
                    return Err(format!("seat {seat} has a live ticket of hold {}, its row says {seat_row:?}", row.id));
                }
            }
        }
        Ok(())
    }

    /// A live hold has all its seats, those that were asked for; it ends once.
    fn check_hold(&self, row: &ReservationRow) -> Result<(), String> {
        let deciding = row.life.order.as_ref().is_some_and(|order| order.saga.is_deciding());
        let in_time = self.ledger.clock_max.is_some_and(|clock| row.life.hold_ends_at > clock);
        if row.life.status == ReservationStatus::Active && (deciding || in_time) {
            for held in &row.seats {
                let seat = self.store.seats.get(&(EVENT, held.seat));
                if !seat.is_some_and(|seat| seat.belongs_to(row.id, held.fence)) {
                    let why = if deciding { "while its payment is being decided" } else { "before its end" };
                    return Err(format!("hold {} lost seat {} {why}: {seat:?}", row.id, held.seat));
                }
            }
        }
        let has: BTreeSet<i32> = row.seats.iter().map(|held| held.seat).collect();
        if self.ledger.asked.get(&row.id).is_some_and(|asked| *asked != has) {
            return Err(format!("hold {} has {has:?}, not what was asked for", row.id));
        }
        if self.store.endings.get(&row.id).is_some_and(|told| *told > 1) {
            return Err(format!("the end of hold {} was told more than once", row.id));
        }
        Ok(())
    }

    /// No order binds or takes more money than it costs, and none is taken before its seats are sold.
    pub fn check_provider(&mut self, reservation: ReservationId, call: &Call, was: Option<Standing>) {
        let taken = matches!(call, Call::Capture(attempt)
            if was == Some(Standing::Authorised) && self.standing(*attempt) == Some(Standing::Captured));
        let row = self.store.reservations.get(&reservation);
        if taken && row.is_none_or(|row| row.life.status != ReservationStatus::Confirmed) {
            self.violate(format!("the money for hold {reservation} was taken before its seats were sold"));
        }
        let bound = self.provider.bound(reservation);
        let price = self.store.reservations.get(&reservation).map_or(0, |row| row.cost.total);
        if bound > price || bound < 0 {
            self.violate(format!("hold {reservation} costs {price}, the provider has bound {bound}"));
        }
    }

    /// Two requests never both have the lock of a seat, as long as no master forgets.
    pub fn lock_is_exclusive(&mut self, operation: u64, seats: &[i32], until: Millis, lives: [Option<u32>; MASTERS]) {
        let sound = |lives: &[Option<u32>; MASTERS]| {
            let kept = (0..MASTERS).filter(|master| lives[*master] == Some(self.masters[*master].life)).count();
            kept >= majority(MASTERS)
        };
        let other = self.ledger.locks.iter().find(|(_, other)| {
            other.until > self.now && sound(&other.lives) && other.seats.iter().any(|seat| seats.contains(seat))
        });
        if let Some((other, _)) = other
            && sound(&lives)
            && until > self.now
        {
            let what = format!("requests {other} and {operation} both have the lock of a seat of {seats:?}");
            self.violate(what);
        }
        self.ledger.locks.insert(operation, HeldLock { seats: seats.to_vec(), until, lives });
    }

    /// What is answered is true, or was at some time after the request came, at `since`: an answer may be on its way
    /// while late money buys the places again.
    pub fn check_reply(&mut self, request: &Request, since: Millis, reply: &Reply) {
        let row = |reservation: &ReservationId| self.store.reservations.get(reservation);
        let was_over = |hold: &ReservationId| self.ledger.taken_again.get(hold).is_some_and(|at| *at >= since);
        let good = match reply {
            Reply::Held { reservation, seats } => row(reservation).is_some_and(|row| {
                let asked = match &request.what {
                    What::Reserve { seats, .. } => seats.clone(),
                    _ => Vec::new(),
                };
                row.seats.iter().map(|held| held.seat).eq(seats.iter().copied()) && asked == *seats
                    || self.ledger.asked.contains_key(reservation) && row.counts.version > 1
            }),
            Reply::Paid(reservation) => row(reservation).is_some_and(|row| {
                let paid = row
                    .life
                    .order
                    .as_ref()
                    .is_some_and(|order| self.standing(order.attempt) == Some(Standing::Captured));
                paid && row.life.status == ReservationStatus::Confirmed && !row.issued.is_empty()
            }),
            Reply::Released(reservation) => {
                row(reservation).is_some_and(|row| row.life.status == ReservationStatus::Released)
                    || was_over(reservation)
            }
            Reply::Declined(reservation, attempt) => {
                row(reservation).is_some() && self.standing(*attempt) == Some(Standing::Declined)
            }
            Reply::Gone(reservation) => row(reservation).is_some_and(|row| {
                let gone = row.issued.iter().all(|ticket| ticket.status != TicketStatus::Valid)
                    && row.life.status != ReservationStatus::Active;
                gone || was_over(reservation)
            }),
            Reply::Cancelled(reservation) => row(reservation)
                .is_some_and(|row| row.issued.iter().any(|ticket| ticket.status == TicketStatus::Cancelled)),
            Reply::Changed(reservation) => row(reservation).is_some(),
            Reply::Taken | Reply::Refused | Reply::Unknown | Reply::Pending(_) | Reply::Redirect(..) => true,
        };
        if matches!(reply, Reply::Held { .. }) {
            self.reached(Goal::Held);
        }
        if !good {
            self.violate(format!("answered {reply:?} to {request:?}, which is not so"));
        }
    }

    /// Nothing is under way, and all money stands for tickets.
    pub fn at_rest(&self) -> Result<(), String> {
        if let Some((key, row)) = self.store.seats.iter().find(|(_, row)| row.state == Occupancy::Held) {
            return Err(format!("seat {} is still held: {row:?}", key.1));
        }
        if self.store.counter.held != 0 {
            return Err(format!("{} places are still held", self.store.counter.held));
        }
        if self.payers_under_way > 0 {
            return Err("a payer is still on the way".to_owned());
        }
        self.all_told()?;
        for row in self.store.reservations.values() {
            let open = row.life.order.as_ref().is_some_and(|order| order.saga.is_open());
            if open || row.life.status == ReservationStatus::Active {
                return Err(format!("hold {} goes on: {:?}", row.id, row.life));
            }
            let valid = row.issued.iter().filter(|ticket| ticket.status == TicketStatus::Valid);
            let sold: i64 = valid.map(|ticket| ticket.price).sum();
            let (kept, bound) = (self.provider.kept(row.id), self.provider.bound(row.id));
            let refunded = row.life.order.as_ref().map_or(0, |order| order.refunded);
            if refunded != self.provider.refunded(row.id) {
                return Err(format!("hold {} says {refunded} was given back, the provider does not", row.id));
            }
            if kept != sold || bound != sold {
                return Err(format!(
                    "hold {} has tickets for {sold}, the provider has taken {kept} and bound {bound}",
                    row.id
                ));
            }
        }
        Ok(())
    }

    /// Each event for the bus had its effect once, and those who follow know what the tables say.
    fn all_told(&self) -> Result<(), String> {
        let store = &self.store;
        for event in store.log.events.values().filter(|event| event.sequence.is_some()) {
            if store.mails.get(&event.at) != Some(&1) {
                return Err(format!("event {:?} of hold {} has had no effect", event.at, event.hold));
            }
        }
        for (aggregate, (_, sequence)) in &store.log.counts {
            let followed = store.copies.get(aggregate).map_or(0, |copy| copy.sequence);
            if followed != *sequence {
                return Err(format!("{aggregate} has {sequence} events on the bus, {followed} were followed"));
            }
        }
        for row in store.reservations.values() {
            let Some(order) = &row.life.order else { continue };
            let good = row.issued.iter().filter(|ticket| ticket.status == TicketStatus::Valid).map(|ticket| ticket.id);
            let copied = store.copies.get(&order.id.0).map(|copy| &copy.tickets);
            if copied.is_some_and(|copied| !good.clone().collect::<BTreeSet<_>>().eq(copied))
                || (copied.is_none() && good.count() > 0)
            {
                return Err(format!("hold {}: who follows its events knows of {copied:?}", row.id));
            }
        }
        Ok(())
    }
}
