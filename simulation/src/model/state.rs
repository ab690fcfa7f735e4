//! The state of a small world and what can happen in it.

use super::Small;
use super::rules::{self, Pay};
use crate::ids::{self, EVENT, PRICE};
use crate::provider::Standing;
use onsale_booking::domain::life::{Effect, Event, Saga, Time};
use onsale_booking::domain::redlock::{Answer, Verdict, decide};
use onsale_booking::domain::rows::{Occupancy, ReservationRow, SeatKey, SeatRow};
use onsale_core::{ReservationId, ReservationStatus, TicketStatus};
use std::collections::BTreeMap;

/// Redis masters.
const MASTERS: usize = 3;
/// The clock moves by so many milliseconds: more than a hold or a payment window lasts.
const TICK: i64 = 100_000;

/// Where a buyer stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Phase {
    /// Has not asked.
    Idle,
    /// Passed the lock; the commit is to come, or its answer was lost.
    Committing,
    /// Told that the seats are held.
    Held,
    /// Told that they are taken.
    Refused,
}

/// A small world.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct State {
    pub(super) seats: BTreeMap<SeatKey, SeatRow>,
    pub(super) reservations: BTreeMap<ReservationId, ReservationRow>,
    /// Each buyer's phase.
    pub(super) phases: Vec<Phase>,
    /// Each buyer's attempts to pay, at the provider.
    pub(super) payments: Vec<Vec<Pay>>,
    /// Which buyer's key each seat has, in each master.
    locks: [Vec<Option<u8>>; MASTERS],
    losses: u8,
    clock: u8,
    /// A hold was ended while its payment was being decided.
    pub(super) freed_while_paying: bool,
}

/// Something that can happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// The buyer asks the masters.
    Lock(u8),
    /// The lock's time runs out, or it is given back.
    Unlock(u8),
    /// A master dies and comes back empty.
    Lose(u8),
    /// The commit runs, and its answer arrives.
    Commit(u8),
    /// The commit runs, its answer is lost.
    CommitUnheard(u8),
    /// The buyer gives the hold back.
    Release(u8),
    /// The buyer pays: this attempt, for the first time or again.
    Pay(u8, u8),
    /// A call to the provider arrives.
    Call(u8, u8, rules::CallKind),
    /// The payer's bank says no.
    Decline(u8, u8),
    /// The provider forgets the authorisation.
    Lapse(u8, u8),
    /// What the provider says about an attempt arrives.
    Report(u8, u8),
    /// The answer of a capture that could not be made arrives.
    ReportFailedCapture(u8, u8),
    /// The answer of a refund arrives.
    ReportRefund(u8, u8),
    /// The payer's time is over, somebody notices.
    EndWindow(u8, u8),
    /// The sweeper looks at the hold.
    Sweep(u8),
    /// The buyer gives all tickets back.
    Cancel(u8),
    /// Time passes.
    Tick,
}

impl State {
    pub(super) fn new(small: Small) -> Self {
        let seats = (0..small.seats).map(|seat| ((EVENT, i32::from(seat)), SeatRow::free(ids::epoch())));
        Self {
            seats: seats.collect(),
            reservations: BTreeMap::new(),
            phases: vec![Phase::Idle; usize::from(small.users)],
            payments: vec![vec![Pay::default(); usize::from(small.attempts)]; usize::from(small.users)],
            locks: std::array::from_fn(|_| vec![None; usize::from(small.seats)]),
            losses: 0,
            clock: 0,
            freed_while_paying: false,
        }
    }

    pub(super) fn now(&self) -> Time {
        ids::moment(i64::from(self.clock) * TICK)
    }

    pub(super) fn row(&self, user: u8) -> Option<&ReservationRow> {
        self.reservations.get(&rules::reservation(user))
    }

    fn saga(&self, user: u8) -> Option<&Saga> {
        self.row(user).and_then(|row| row.life.order.as_ref()).map(|order| &order.saga)
    }

    /// All that can happen next.
    pub(super) fn actions(&self, small: Small, actions: &mut Vec<Action>) {
        for user in 0..small.users {
            match self.phases[usize::from(user)] {
                Phase::Idle => actions.push(Action::Lock(user)),
                Phase::Committing => actions.extend([Action::Commit(user), Action::CommitUnheard(user)]),
                Phase::Held => {
                    actions.push(Action::Release(user));
                    actions.extend((0..small.attempts).map(|attempt| Action::Pay(user, attempt)));
                    if small.cancels {
                        actions.push(Action::Cancel(user));
                    }
                }
                Phase::Refused => {}
            }
            if self.locks.iter().flatten().any(|owner| *owner == Some(user)) {
                actions.push(Action::Unlock(user));
            }
            if self.row(user).is_some() {
                actions.push(Action::Sweep(user));
            }
            for attempt in 0..small.attempts {
                self.payment_actions(user, attempt, actions);
            }
        }
        if self.losses < small.losses {
            actions.extend([Action::Lose(0), Action::Lose(1), Action::Lose(2)]);
        }
        if self.clock < small.ticks {
            actions.push(Action::Tick);
        }
    }

    fn payment_actions(&self, user: u8, attempt: u8, actions: &mut Vec<Action>) {
        let pay = &self.payments[usize::from(user)][usize::from(attempt)];
        actions.extend(pay.calls().map(|kind| Action::Call(user, attempt, kind)));
        if pay.is_asked(rules::CallKind::Authorise) {
            actions.push(Action::EndWindow(user, attempt));
        }
        match pay.standing {
            None if pay.is_asked(rules::CallKind::Authorise) => actions.push(Action::Decline(user, attempt)),
            None => {}
            Some(standing) => {
                actions.push(Action::Report(user, attempt));
                if standing == Standing::Authorised {
                    actions.push(Action::Lapse(user, attempt));
                }
                if standing == Standing::Voided && pay.is_asked(rules::CallKind::Capture) {
                    actions.push(Action::ReportFailedCapture(user, attempt));
                }
                if pay.refunded > 0 {
                    actions.push(Action::ReportRefund(user, attempt));
                }
            }
        }
    }

    /// What follows from an action.
    pub(super) fn act(&mut self, small: Small, action: Action) {
        match action {
            Action::Lock(user) => self.lock(user),
            Action::Unlock(user) => self.unlock(user),
            Action::Lose(master) => {
                self.losses += 1;
                self.locks[usize::from(master)].fill(None);
            }
            Action::Commit(user) => self.commit(user, small.seats, true),
            Action::CommitUnheard(user) => self.commit(user, small.seats, false),
            Action::Release(user) => self.end(user, None),
            Action::Sweep(user) => self.end(user, Some(Event::Expire)),
            Action::Pay(user, attempt) => self.begin_payment(user, attempt),
            Action::Call(user, attempt, kind) => {
                self.payments[usize::from(user)][usize::from(attempt)].call(kind);
            }
            Action::Decline(user, attempt) => {
                self.payments[usize::from(user)][usize::from(attempt)].standing = Some(Standing::Declined);
            }
            Action::Lapse(user, attempt) => {
                self.payments[usize::from(user)][usize::from(attempt)].standing = Some(Standing::Voided);
            }
            Action::Report(user, attempt) => {
                let standing = self.payments[usize::from(user)][usize::from(attempt)].standing;
                if let Some(event) = standing.and_then(|standing| rules::event_of(user, attempt, standing)) {
                    self.happened(user, event);
                }
            }
            Action::ReportFailedCapture(user, attempt) => {
                self.happened(user, Event::CaptureFailed { attempt: rules::attempt(user, attempt) });
            }
            Action::ReportRefund(user, attempt) => {
                if let Some(Saga::Refunding { refund, .. }) = self.saga(user).cloned() {
                    let pay = &self.payments[usize::from(user)][usize::from(attempt)];
                    if pay.refunded > 0 {
                        self.happened(user, Event::Refunded { refund });
                    }
                }
            }
            Action::EndWindow(user, attempt) => {
                self.happened(user, Event::WindowEnded { attempt: rules::attempt(user, attempt) });
            }
            Action::Cancel(user) => self.cancel(user),
            Action::Tick => self.clock += 1,
        }
    }

    /// Asks the masters in their order; the first that refuses has the first word.
    fn lock(&mut self, user: u8) {
        let taken = |keys: &Vec<Option<u8>>| -> Vec<usize> {
            (0..keys.len()).filter(|seat| keys[*seat].is_some_and(|owner| owner != user)).collect()
        };
        let answer = |keys| {
            let taken = taken(keys);
            if taken.is_empty() { Answer::Granted } else { Answer::Taken(taken) }
        };
        let answers: Vec<Answer> = self.locks.iter().map(answer).collect();
        if matches!(decide(&answers), Verdict::Refused(_)) {
            return;
        }
        for (keys, answer) in self.locks.iter_mut().zip(&answers) {
            if *answer == Answer::Granted {
                keys.fill(Some(user));
            }
        }
        self.phases[usize::from(user)] = Phase::Committing;
    }

    pub(super) fn unlock(&mut self, user: u8) {
        for owner in self.locks.iter_mut().flatten().filter(|owner| **owner == Some(user)) {
            *owner = None;
        }
    }

    /// One live ticket a seat, and its row says so.
    pub(super) fn one_ticket_a_seat(&self) -> bool {
        self.seats.iter().all(|(key, seat)| {
            let live = self.reservations.values().flat_map(|row| row.issued.iter().map(move |ticket| (row.id, ticket)));
            let mut live = live
                .filter(|(_, ticket)| ticket.seat == Some(key.1) && ticket.status == TicketStatus::Valid)
                .map(|(owner, _)| owner);
            match (live.next(), live.next()) {
                (None, _) => seat.state != Occupancy::Sold,
                (Some(owner), None) => seat.state == Occupancy::Sold && seat.reservation == Some(owner),
                (Some(_), Some(_)) => false,
            }
        })
    }

    /// A hold that is in time, or being paid, has all its seats.
    pub(super) fn holds_have_their_seats(&self) -> bool {
        let has = |row: &ReservationRow, seat: i32, fence| {
            self.seats.get(&(EVENT, seat)).is_some_and(|seat| seat.belongs_to(row.id, fence))
        };
        self.reservations.values().all(|row| {
            let deciding = row.life.order.as_ref().is_some_and(|order| order.saga.is_deciding());
            let is_live =
                row.life.status == ReservationStatus::Active && (deciding || row.life.hold_ends_at > self.now());
            !is_live
                || (row.seats.len() == self.seats.len() && row.seats.iter().all(|held| has(row, held.seat, held.fence)))
        })
    }

    /// What the provider has bound for a buyer is never more than the price.
    pub(super) fn no_double_charge(&self) -> bool {
        let price = PRICE * i64::try_from(self.seats.len()).unwrap_or(0);
        self.payments.iter().all(|attempts| {
            let bound: i64 = attempts.iter().map(|pay| pay.bound(price)).sum();
            (0..=price).contains(&bound)
        })
    }

    /// Where nothing is to be done for an order any more, the money taken stands for its live tickets.
    pub(super) fn money_stands_for_tickets(&self) -> bool {
        (0_u8..).zip(&self.payments).all(|(user, attempts)| {
            let Some(row) = self.row(user) else { return true };
            if row.life.order.as_ref().is_some_and(|order| order.saga.is_open()) {
                return true;
            }
            let price = PRICE * i64::try_from(self.seats.len()).unwrap_or(0);
            let bound: i64 = attempts.iter().map(|pay| pay.bound(price)).sum();
            let valid = row.issued.iter().filter(|ticket| ticket.status == TicketStatus::Valid);
            bound == valid.map(|ticket| ticket.price).sum::<i64>()
        })
    }

    /// How many live tickets there are.
    pub(super) fn tickets(&self) -> usize {
        let tickets = self.reservations.values().flat_map(|row| &row.issued);
        tickets.filter(|ticket| ticket.status == TicketStatus::Valid).count()
    }

    /// Whether a buyer has a seat that another, unswept hold still lists.
    pub(super) fn taken_on_contact(&self) -> bool {
        let lost = |row: &ReservationRow| {
            row.seats.iter().any(|held| self.seats.get(&(EVENT, held.seat)).is_some_and(|seat| seat.fence > held.fence))
        };
        self.reservations.values().any(|row| row.life.status == ReservationStatus::Active && lost(row))
    }

    /// Whether every buyer's story is over.
    pub(super) fn all_settled(&self) -> bool {
        let over = |row: &ReservationRow| {
            row.life.status != ReservationStatus::Active
                && row.life.order.as_ref().is_none_or(|order| order.pending().is_none())
        };
        self.reservations.len() == self.phases.len() && self.reservations.values().all(over)
    }

    /// Remembers which call the order's saga waits for: it may arrive at any later time, and again.
    pub(super) fn note_pending(&mut self, user: u8) {
        let Some(order) = self.row(user).and_then(|row| row.life.order.clone()) else { return };
        let kind = match order.pending() {
            Some(Effect::Authorise(_)) => rules::CallKind::Authorise,
            Some(Effect::Capture(_)) => rules::CallKind::Capture,
            Some(Effect::Void(_)) => rules::CallKind::Void,
            Some(Effect::Refund { .. }) => rules::CallKind::Refund,
            _ => return,
        };
        let attempts = &mut self.payments[usize::from(user)];
        if let Some(pay) = attempts.iter_mut().zip(0_u8..).find(|(_, n)| rules::attempt(user, *n) == order.attempt) {
            pay.0.ask(kind);
        }
    }
}
