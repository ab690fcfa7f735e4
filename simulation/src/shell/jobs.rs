//! What a booking process does by itself: sweep, take sagas over, deliver.

use crate::goals::Goal;
use crate::ids::Millis;
use crate::message::ToShell;
use crate::planted::Planted;
use crate::provider::Card;
use crate::world::World;
use chrono::TimeDelta;
use onsale_booking::domain::life::{Event, OrderLife, Saga};
use onsale_booking::domain::rows::ReservationRow;
use onsale_core::{OrderStatus, ReservationStatus};

/// How often the jobs look, in milliseconds.
const TICK_EVERY: Millis = 2_500;
/// How long a saga that was taken over is the taker's, in milliseconds.
pub const LEASE: Millis = 8_000;
/// How far the sweeper looks ahead.
const SWEEP_AHEAD: TimeDelta = TimeDelta::milliseconds(500);
/// How many rows one look takes.
const LOOK_MAX: usize = 4;

impl World {
    /// One round of the jobs.
    pub(super) fn tick(&mut self, shell: usize) {
        self.to_shell_life(TICK_EVERY, shell, ToShell::Tick);
        if self.store_down || self.shells[shell].flight.is_some() {
            return;
        }
        if self.sweeper {
            self.sweep(shell);
        }
        self.take_over(shell);
        self.reconcile(shell);
        self.deliver(shell);
    }

    fn some_rows(&self, wanted: impl Fn(&ReservationRow) -> bool) -> Vec<ReservationRow> {
        self.store.reservations.values().filter(|row| wanted(row)).take(LOOK_MAX).cloned().collect()
    }

    fn sweep(&mut self, shell: usize) {
        // It looks a little ahead, as a sweeper with a stale view would: the rule has the last word.
        let soon = self.clock() + SWEEP_AHEAD;
        let deciding_too = self.planted == Some(Planted::SweptWhilePaying);
        let due = self.some_rows(|row| {
            let deciding = row.life.order.as_ref().is_some_and(|order| order.saga.is_deciding());
            row.life.status == ReservationStatus::Active && row.life.hold_ends_at <= soon && (!deciding || deciding_too)
        });
        for row in due {
            self.happened(shell, row.id, Event::Expire);
        }
    }

    fn take_over(&mut self, shell: usize) {
        let (virtual_now, now) = (self.now, self.clock());
        let open = self.some_rows(|row| {
            row.life.order.as_ref().is_some_and(|order| order.saga.is_open())
                && self.store.leases.get(&row.id).is_none_or(|(until, _)| *until <= virtual_now)
        });
        let me = (shell, self.shells[shell].life);
        for row in open {
            let Some(order) = &row.life.order else { continue };
            let before = self.store.leases.insert(row.id, (virtual_now + LEASE, me));
            let is_anothers = before.is_some_and(|(_, owner)| owner != me);
            if is_anothers {
                self.reached(Goal::TakenOver);
            }
            if self.planted == Some(Planted::RefundTwice) && is_anothers {
                self.refund_anew(shell, &row);
            }
            let payer_may_be_late = matches!(order.saga, Saga::Authorising | Saga::AwaitingPayer);
            if payer_may_be_late && order.window_ends_at <= now {
                self.happened(shell, row.id, Event::WindowEnded { attempt: order.attempt });
            } else if order.saga == Saga::AwaitingPayer {
                self.ask_provider(shell, row.id, order.attempt);
            } else {
                self.drive(shell, &row);
            }
        }
    }

    /// Asks about transfers whose order came to nothing: the money may come at any later time.
    fn reconcile(&mut self, shell: usize) {
        let now = self.now;
        let doubtful = self.some_rows(|row| {
            let transfer =
                row.order.as_ref().is_some_and(|order| Card::of(order.payment_token.as_deref()) == Card::Transfer);
            let failed = row.life.order.as_ref().is_some_and(OrderLife::may_get_late_money);
            transfer && failed && self.store.leases.get(&row.id).is_none_or(|(until, _)| *until <= now)
        });
        let me = (shell, self.shells[shell].life);
        for row in doubtful {
            let Some(order) = &row.life.order else { continue };
            self.store.leases.insert(row.id, (now + LEASE, me));
            self.ask_provider(shell, row.id, order.attempt);
        }
    }

    fn deliver(&mut self, shell: usize) {
        let paid = self.some_rows(|row| {
            row.life.order.as_ref().is_some_and(|order| {
                order.saga == Saga::Settled && matches!(order.status, OrderStatus::Confirmed | OrderStatus::Processing)
            })
        });
        for row in paid.into_iter().take(1) {
            let processing = row.life.order.is_some_and(|order| order.status == OrderStatus::Processing);
            self.happened(shell, row.id, if processing { Event::Delivered } else { Event::Processing });
        }
    }
}
