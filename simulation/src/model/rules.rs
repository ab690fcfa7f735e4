//! How the actions of a small world reach booking's pure functions.

use super::state::{Phase, State};
use crate::ids::{self, EVENT, PRICE};
use crate::provider::Standing;
use onsale_booking::domain::allocate::{Outcome, apply};
use onsale_booking::domain::command::{BeginPayment, Cancel, Command, Reserve};
use onsale_booking::domain::life::{Event, Places};
use onsale_booking::domain::rows::{Cost, EventCounts, Occupancy, Rows};
use onsale_core::{OrderId, PaymentId, ReservationId, TicketId, TicketStatus};
use uuid::Uuid;

/// How long a hold and a payment window last, in seconds: less than one move of the clock.
const LASTS_SECONDS: u32 = 60;

/// A call to the provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallKind {
    /// Reserve the money.
    Authorise,
    /// Take it.
    Capture,
    /// Give the authorisation back.
    Void,
    /// Give the money back.
    Refund,
}

/// An attempt to pay, as the provider knows it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(super) struct Pay {
    /// Where it stands.
    pub(super) standing: Option<Standing>,
    /// How often money was given back under different keys: one key here.
    pub(super) refunded: u8,
    /// Which calls were ever sent.
    asked: u8,
}

impl Pay {
    pub(super) fn ask(&mut self, kind: CallKind) {
        self.asked |= 1 << kind as u8;
    }

    pub(super) fn is_asked(&self, kind: CallKind) -> bool {
        self.asked & (1 << kind as u8) != 0
    }

    /// The calls that may arrive.
    pub(super) fn calls(&self) -> impl Iterator<Item = CallKind> {
        let all = [CallKind::Authorise, CallKind::Capture, CallKind::Void, CallKind::Refund];
        all.into_iter().filter(|kind| self.is_asked(*kind))
    }

    /// A call arrives, for the first time or again.
    pub(super) fn call(&mut self, kind: CallKind) {
        self.standing = match (kind, self.standing) {
            (CallKind::Authorise, None) => Some(Standing::Authorised),
            (CallKind::Capture, Some(Standing::Authorised)) => Some(Standing::Captured),
            (CallKind::Void, None | Some(Standing::Authorised)) => Some(Standing::Voided),
            (CallKind::Refund, Some(Standing::Captured)) => {
                self.refunded = 1;
                self.standing
            }
            (_, standing) => standing,
        };
    }

    /// What is reserved or taken, less what was given back.
    pub(super) fn bound(&self, price: i64) -> i64 {
        match self.standing {
            Some(Standing::Authorised | Standing::Captured) => price - price * i64::from(self.refunded),
            _ => 0,
        }
    }
}

pub(super) fn reservation(user: u8) -> ReservationId {
    ReservationId(Uuid::from_u128(0x1000 + u128::from(user)))
}

pub(super) fn attempt(user: u8, number: u8) -> PaymentId {
    PaymentId(Uuid::from_u128(0x2000 + u128::from(user) * 16 + u128::from(number)))
}

fn refund(user: u8) -> Uuid {
    Uuid::from_u128(0x3000 + u128::from(user))
}

fn tickets(user: u8, seats: usize) -> Vec<TicketId> {
    (0..).take(seats).map(|seat: u128| TicketId(Uuid::from_u128(0x4000 + u128::from(user) * 16 + seat))).collect()
}

/// What a standing at the provider means for the order's life.
pub(super) fn event_of(user: u8, number: u8, standing: Standing) -> Option<Event> {
    let attempt = attempt(user, number);
    match standing {
        Standing::RequiresAction => None,
        Standing::Authorised => Some(Event::Authorised { attempt, rows_ours: true }),
        Standing::Captured => Some(Event::Captured { attempt, refund: refund(user), places: Places::Gone }),
        Standing::Declined => Some(Event::Declined { attempt }),
        Standing::Voided => Some(Event::Voided { attempt }),
    }
}

impl State {
    /// Runs one command as a transaction of its own.
    fn run(&mut self, user: u8, command: &Command) -> Outcome {
        let mut rows = Rows {
            seats: std::mem::take(&mut self.seats),
            reservations: std::mem::take(&mut self.reservations),
            ..Rows::default()
        };
        let outcome = apply(&mut rows, command, self.now());
        self.seats = rows.seats;
        self.reservations = rows.reservations;
        // What no rule looks at would only tell equal states apart.
        for row in self.seats.values_mut().filter(|row| row.state != Occupancy::Held) {
            row.ends_at = ids::epoch();
        }
        if let Some(row) = self.reservations.get_mut(&reservation(user)) {
            row.counts = EventCounts::default();
            row.order_counts = EventCounts::default();
            if let Some(order) = &mut row.order {
                order.created_at = ids::epoch();
            }
        }
        self.note_pending(user);
        outcome
    }

    pub(super) fn commit(&mut self, user: u8, seats: u8, heard: bool) {
        let count = i64::from(seats);
        let command = Command::Reserve(Reserve {
            reservation: reservation(user),
            event: EVENT,
            offer_version: 1,
            account: ids::account(usize::from(user)),
            seats: (0..i32::from(seats)).map(|seat| (seat, 0)).collect(),
            tickets: Vec::new(),
            draws: Vec::new(),
            cost: Cost { total: PRICE * count, promo_code: None },
            hold_seconds: LASTS_SECONDS,
            account_max: None,
        });
        let outcome = self.run(user, &command);
        if heard {
            let phase = if outcome.is_ok() { Phase::Held } else { Phase::Refused };
            self.phases[usize::from(user)] = phase;
            if phase == Phase::Refused {
                self.unlock(user);
            }
        }
    }

    pub(super) fn begin_payment(&mut self, user: u8, number: u8) {
        let seats = self.seats.len();
        let command = Command::BeginPayment(BeginPayment {
            reservation: reservation(user),
            account: ids::account(usize::from(user)),
            from_version: self.row(user).map_or(0, |row| row.counts.version),
            order: OrderId(Uuid::from_u128(0x5000 + u128::from(user))),
            order_number: String::new(),
            attempt: attempt(user, number),
            method: String::new(),
            payment_token: None,
            return_url: None,
            asked_under: None,
            expected_total: None,
            window_seconds: LASTS_SECONDS,
            ticket_ids: tickets(user, seats),
            ticket_prices: vec![PRICE; seats],
        });
        // An attempt that is over is not begun again: a caller draws a new one.
        if self.payments[usize::from(user)][usize::from(number)] == Pay::default() {
            let _ = self.run(user, &command);
        }
    }

    /// The holder gives the hold back, or the sweeper looks at it.
    pub(super) fn end(&mut self, user: u8, event: Option<Event>) {
        let id = reservation(user);
        let deciding =
            self.row(user).and_then(|row| row.life.order.as_ref()).is_some_and(|order| order.saga.is_deciding());
        let account = ids::account(usize::from(user));
        let outcome = match event {
            None => self.run(user, &Command::Release { reservation: id, account }),
            Some(event) => self.run(user, &happened(user, event, 0)),
        };
        self.freed_while_paying |= deciding && outcome.is_ok_and(|accepted| accepted.changed);
    }

    pub(super) fn happened(&mut self, user: u8, event: Event) {
        let command = happened(user, event, self.seats.len());
        // A refusal changes nothing, which is what late and repeated news should do.
        let _ = self.run(user, &command);
    }

    pub(super) fn cancel(&mut self, user: u8) {
        let valid = |row: &onsale_booking::domain::rows::ReservationRow| -> Vec<(TicketId, i64)> {
            let valid = row.issued.iter().filter(|ticket| ticket.status == TicketStatus::Valid);
            valid.map(|ticket| (ticket.id, ticket.price)).collect()
        };
        let tickets = self.row(user).map(valid).unwrap_or_default();
        let cancel = Cancel { reservation: reservation(user), refund: refund(user), tickets };
        let _ = self.run(user, &Command::Cancel(cancel));
    }
}

fn happened(user: u8, event: Event, seats: usize) -> Command {
    Command::Happened {
        reservation: reservation(user),
        event,
        ticket_ids: tickets(user, seats),
        ticket_prices: vec![PRICE; seats],
        note: None,
    }
}
