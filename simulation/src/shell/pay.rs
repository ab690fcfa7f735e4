//! How a booking process drives the payment of an order: the effect that its saga waits for, by key.

use crate::goals::Goal;
use crate::ids::{Millis, PRICE};
use crate::message::{Event, Reply, ToShell, What};
use crate::planted::Planted;
use crate::provider::{Call, Card, Standing};
use crate::store::Member;
use crate::world::World;
use onsale_booking::domain::command::Command;
use onsale_booking::domain::life::{self, Effect, OrderLife, Saga};
use onsale_booking::domain::rows::ReservationRow;
use onsale_core::{OrderStatus, PaymentId, ReservationId, ReservationStatus};

/// The provider is asked again after so long, in milliseconds.
const PROVIDER_TIMEOUT: Millis = 2_500;
/// How often it is asked at most before the saga is left to whoever takes it over.
const PROVIDER_TRIES: u32 = 3;

/// A call that waits for its answer.
#[derive(Debug)]
pub(super) struct Drive {
    attempt: PaymentId,
    call: Call,
    tries: u32,
}

impl World {
    /// Asks the provider for what the saga waits for.
    pub(super) fn drive(&mut self, shell: usize, row: &ReservationRow) {
        let Some(order) = &row.life.order else { return };
        let Some(call) = waits_for(row, order) else { return };
        if self.planted == Some(Planted::VoidIgnored) && matches!(call, Call::Void(_)) {
            self.happened(shell, row.id, life::Event::Voided { attempt: order.attempt });
            return;
        }
        let running = self.shells[shell].driving.get(&row.id);
        if running.is_some_and(|running| running.attempt == order.attempt && running.call == call) {
            return;
        }
        let drive = Drive { attempt: order.attempt, call, tries: 0 };
        self.shells[shell].driving.insert(row.id, drive);
        self.call_provider(shell, row.id);
    }

    /// Asks where a payment stands, without waiting for the answer.
    pub(super) fn ask_provider(&mut self, shell: usize, reservation: ReservationId, attempt: PaymentId) {
        let from = (shell, self.shells[shell].life);
        self.send(Event::ToProvider { from, reservation, attempt, call: Call::Ask(attempt) });
    }

    fn call_provider(&mut self, shell: usize, reservation: ReservationId) {
        let from = (shell, self.shells[shell].life);
        let Some(drive) = self.shells[shell].driving.get_mut(&reservation) else { return };
        drive.tries += 1;
        let (attempt, tries) = (drive.attempt, drive.tries);
        let mut call = drive.call.clone();
        if self.planted == Some(Planted::NoIdempotency) && tries > 1 {
            match &mut call {
                Call::Authorise { attempt, .. } => *attempt = self.ids.make(),
                Call::Refund { refund, .. } => *refund = self.ids.make(),
                Call::Ask(_) | Call::Capture(_) | Call::Void(_) => {}
            }
        }
        if self.planted == Some(Planted::KeyPerReservation) {
            self.under_first_key(reservation, &mut call);
        }
        self.send(Event::ToProvider { from, reservation, attempt, call });
        self.to_shell_life(PROVIDER_TIMEOUT, shell, ToShell::ProviderSilent { reservation, tries });
    }

    /// The mistake of making every attempt to pay a hold under the first one's key.
    fn under_first_key(&self, reservation: ReservationId, call: &mut Call) {
        let order = self.store.reservations.get(&reservation).and_then(|row| row.order.as_ref());
        let Some(first) = order.and_then(|order| order.attempts.first()) else { return };
        match call {
            Call::Authorise { attempt, .. }
            | Call::Refund { attempt, .. }
            | Call::Ask(attempt)
            | Call::Capture(attempt)
            | Call::Void(attempt) => *attempt = *first,
        }
    }

    /// The mistake of making a refund anew that somebody else has begun.
    pub(super) fn refund_anew(&mut self, shell: usize, row: &ReservationRow) {
        let call = row.life.order.as_ref().and_then(|order| waits_for(row, order));
        if let Some(Call::Refund { attempt, amount, .. }) = call {
            let from = (shell, self.shells[shell].life);
            let call = Call::Refund { attempt, refund: self.ids.make(), amount };
            self.send(Event::ToProvider { from, reservation: row.id, attempt, call });
        }
    }

    pub(super) fn provider_silent(&mut self, shell: usize, reservation: ReservationId, tries: u32) {
        let Some(drive) = self.shells[shell].driving.get(&reservation) else { return };
        if drive.tries != tries {
            return;
        }
        if tries < PROVIDER_TRIES {
            self.call_provider(shell, reservation);
            return;
        }
        let attempt = drive.attempt;
        self.shells[shell].driving.remove(&reservation);
        if self.planted == Some(Planted::TimeoutIsFailure) {
            self.happened(shell, reservation, life::Event::Declined { attempt });
        }
    }

    /// Turns the provider's answer into what happened to the order's life.
    pub(super) fn provider_answered(
        &mut self,
        shell: usize,
        reservation: ReservationId,
        attempt: PaymentId,
        call: &Call,
        standing: Option<Standing>,
    ) {
        let Some(standing) = standing else { return };
        if self.answer_is_mistaken(shell, reservation, attempt, call, standing) {
            return;
        }
        let driving = &mut self.shells[shell].driving;
        let is_answer = |drive: &Drive| {
            drive.attempt == attempt && std::mem::discriminant(&drive.call) == std::mem::discriminant(call)
        };
        if driving.get(&reservation).is_some_and(is_answer) {
            driving.remove(&reservation);
        }
        let event = match (call, standing) {
            (Call::Refund { refund, .. }, Standing::Captured) => life::Event::Refunded { refund: *refund },
            (_, Standing::Captured) => {
                life::Event::Captured { attempt, refund: self.ids.make(), places: life::Places::Gone }
            }
            (Call::Capture(_), _) => life::Event::CaptureFailed { attempt },
            (_, Standing::RequiresAction) => life::Event::ActionRequired { attempt },
            (_, Standing::Authorised) => life::Event::Authorised { attempt, rows_ours: true },
            (_, Standing::Declined) => life::Event::Declined { attempt },
            (_, Standing::Voided) => life::Event::Voided { attempt },
        };
        self.happened(shell, reservation, event);
    }

    /// Something happened to a life: into the next batch.
    pub(super) fn happened(&mut self, shell: usize, reservation: ReservationId, event: life::Event) {
        let Some(row) = self.store.reservations.get(&reservation).filter(|_| !self.store_down) else { return };
        let count = usize::try_from(row.quantity()).unwrap_or(0);
        let command = Command::Happened {
            reservation,
            event,
            ticket_ids: (0..count).map(|_| self.ids.make()).collect(),
            ticket_prices: vec![PRICE; count],
            note: None,
        };
        self.shells[shell].queue.push(Member { operation: None, key: None, command });
    }

    /// The mistakes that are made with an answer; whether it is dropped.
    fn answer_is_mistaken(
        &mut self,
        shell: usize,
        reservation: ReservationId,
        attempt: PaymentId,
        call: &Call,
        standing: Standing,
    ) -> bool {
        if self.planted == Some(Planted::CaptureBeforeSale) && standing == Standing::Authorised {
            let from = (shell, self.shells[shell].life);
            self.send(Event::ToProvider { from, reservation, attempt, call: Call::Capture(attempt) });
        }
        let failed = |row: &ReservationRow| row.life.order.as_ref().is_some_and(|o| o.status == OrderStatus::Failed);
        self.planted == Some(Planted::NoLateRefund)
            && standing == Standing::Captured
            && !matches!(call, Call::Refund { .. })
            && self.store.reservations.get(&reservation).is_some_and(failed)
    }

    /// The provider says that something changed: what, it is asked itself.
    pub(super) fn webhook_came(
        &mut self,
        shell: usize,
        reservation: ReservationId,
        attempt: PaymentId,
        told: Standing,
        again: bool,
    ) {
        if again {
            self.reached(Goal::WebhookTwice);
        }
        let order = self.store.reservations.get(&reservation).and_then(|row| row.life.order.as_ref());
        if order.is_some_and(|order| order.attempt != attempt || !order.saga.is_open()) {
            self.reached(Goal::WebhookLate);
        }
        if self.planted == Some(Planted::WebhookTrusted) {
            self.provider_answered(shell, reservation, attempt, &Call::Ask(attempt), Some(told));
        } else {
            self.ask_provider(shell, reservation, attempt);
        }
    }

    /// Answers those who wait for this order, once there is something to say.
    pub(super) fn answer_payers(&mut self, shell: usize, row: &ReservationRow) {
        let Some(reply) = decided(row) else { return };
        let waits = |request: &What| matches!(request, What::Pay { reservation, .. } if *reservation == row.id);
        let waiting: Vec<u64> = self.shells[shell]
            .operations
            .iter()
            .filter(|(_, operation)| waits(&operation.request.what))
            .map(|(number, _)| *number)
            .collect();
        for operation in waiting {
            if matches!(reply, Reply::Declined(..)) {
                self.reached(Goal::Declined);
            }
            self.finish(shell, Some(operation), reply.clone());
        }
    }
}

/// What the order's saga waits for from the provider.
fn waits_for(row: &ReservationRow, order: &OrderLife) -> Option<Call> {
    let amount = order.amount;
    let card = Card::of(row.order.as_ref().and_then(|order| order.payment_token.as_deref()));
    match order.pending()? {
        Effect::Authorise(attempt) => Some(Call::Authorise { attempt, reservation: row.id, amount, card }),
        Effect::Capture(attempt) => Some(Call::Capture(attempt)),
        Effect::Void(attempt) => Some(Call::Void(attempt)),
        Effect::Refund { attempt, refund, amount } => Some(Call::Refund { attempt, refund, amount }),
        Effect::FreeRows
        | Effect::KeepRowsUntil(_)
        | Effect::TakeRowsAgain
        | Effect::SellRows
        | Effect::CancelTickets
        | Effect::Tell(_) => None,
    }
}

/// What a payer is told of an order, if it is decided.
fn decided(row: &ReservationRow) -> Option<Reply> {
    let gone = matches!(row.life.status, ReservationStatus::Released | ReservationStatus::Expired);
    let Some(order) = &row.life.order else { return gone.then_some(Reply::Gone(row.id)) };
    match (&order.saga, order.status) {
        (_, OrderStatus::Confirmed | OrderStatus::Processing | OrderStatus::Completed) => Some(Reply::Paid(row.id)),
        (Saga::Open, _) => Some(Reply::Declined(row.id, order.attempt)),
        (Saga::AwaitingPayer, _) => Some(Reply::Redirect(row.id, order.attempt)),
        (_, OrderStatus::Failed | OrderStatus::Cancelled) => Some(Reply::Gone(row.id)),
        (_, OrderStatus::Pending) => None,
    }
}
