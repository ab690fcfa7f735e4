//! The saga's one rule.

use super::{Effect, Event, Fact, Life, OrderLife, Places, Refusal, Saga, Step, Time, never};
use onsale_core::{OrderId, OrderStatus, PaymentId, ReservationStatus};
use uuid::Uuid;

/// The saga's one rule. The same event a second time changes nothing and asks for nothing new
/// but the outside effect that may have been lost.
pub fn step(life: &Life, event: &Event, now: Time) -> Step {
    match event {
        Event::Release => release(life),
        Event::Expire => expire(life, now),
        Event::Change => change(life, now),
        Event::BeginPayment { order, attempt, amount, window_ends_at, first_window_ends_at, rows_ours } => {
            // A later attempt has what is left of its method's window since the first one, and of the hold: trying again
            // and again keeps no seat from others.
            let window_ends_at = (*window_ends_at).min((*first_window_ends_at).max(life.hold_ends_at));
            let begin = Begin { order: *order, attempt: *attempt, amount: *amount, window_ends_at };
            begin_payment(life, begin, *rows_ours, now)
        }
        Event::GiveUp => give_up(life),
        Event::Processing | Event::Delivered => advance(life, event),
        Event::Cancel { refund, amount, whole } => cancel(life, *refund, *amount, *whole),
        Event::Refunded { refund } => refunded(life, *refund),
        Event::RefundFailed { refund, next } => refund_failed(life, *refund, *next),
        Event::Authorised { attempt, .. }
        | Event::ActionRequired { attempt }
        | Event::Declined { attempt }
        | Event::WindowEnded { attempt }
        | Event::Voided { attempt }
        | Event::Captured { attempt, .. }
        | Event::CaptureFailed { attempt } => {
            let order = life.order.as_ref().ok_or(Refusal::OutOfPlace)?;
            if order.attempt != *attempt {
                return Err(Refusal::OutOfPlace);
            }
            payment_event(life, order, event, now)
        }
    }
}

#[derive(Clone, Copy)]
struct Begin {
    order: OrderId,
    attempt: PaymentId,
    amount: i64,
    window_ends_at: Time,
}

fn unchanged(life: &Life) -> Step {
    Ok((life.clone(), Vec::new()))
}

fn with_order(life: &Life, change: impl FnOnce(&mut OrderLife)) -> Life {
    let mut next = life.clone();
    if let Some(order) = &mut next.order {
        change(order);
    }
    next
}

/// Ends a hold whose seats go back on sale, and the order that never got money.
fn end(life: &Life, status: ReservationStatus, fact: Fact) -> (Life, Vec<Effect>) {
    let mut next = with_order(life, |order| {
        (order.status, _) = without_tickets(order);
        order.saga = Saga::Settled;
    });
    next.status = status;
    let mut effects = vec![Effect::FreeRows, Effect::Tell(fact)];
    effects.extend(life.order.as_ref().map(|order| Effect::Tell(without_tickets(order).1)));
    (next, effects)
}

/// What an order is that ends without tickets, and what is told of it: given up by its buyer, or failed.
fn without_tickets(order: &OrderLife) -> (OrderStatus, Fact) {
    if order.given_up {
        (OrderStatus::Cancelled, Fact::OrderCancelled)
    } else {
        (OrderStatus::Failed, Fact::OrderFailed)
    }
}

/// What becomes of a hold that ends while it is being paid, and what is told of it.
fn hold_without_tickets(order: &OrderLife) -> (ReservationStatus, Fact) {
    if order.given_up {
        (ReservationStatus::Released, Fact::ReservationReleased)
    } else {
        (ReservationStatus::Expired, Fact::ReservationExpired)
    }
}

/// The buyer's wish holds at once; the provider decides whether money comes all the same, and then it goes back whole.
fn give_up(life: &Life) -> Step {
    let order = life.order.as_ref().ok_or(Refusal::NotCancellable)?;
    let told = Effect::Tell(Fact::OrderGivenUp);
    match order.saga {
        _ if order.given_up => Ok((life.clone(), order.pending().into_iter().collect())),
        Saga::Authorising | Saga::AwaitingPayer | Saga::Voiding => {
            let next = with_order(life, |order| {
                order.given_up = true;
                order.saga = Saga::Voiding;
            });
            Ok((next, vec![told, Effect::Void(order.attempt)]))
        }
        // Sold, and the money has been asked for: it is waited for, to be given back.
        Saga::Capturing => {
            Ok((with_order(life, |order| order.given_up = true), vec![told, Effect::Capture(order.attempt)]))
        }
        Saga::Open if life.status == ReservationStatus::Active => {
            let wanted = with_order(life, |order| order.given_up = true);
            let (next, ended) = end(&wanted, ReservationStatus::Released, Fact::ReservationReleased);
            Ok((next, std::iter::once(told).chain(ended).collect()))
        }
        Saga::Open | Saga::Refunding { .. } | Saga::Settled => Err(Refusal::NotCancellable),
    }
}

fn release(life: &Life) -> Step {
    match life.status {
        ReservationStatus::Released => unchanged(life),
        ReservationStatus::Expired => Err(Refusal::HoldExpired),
        ReservationStatus::Confirmed => Err(Refusal::AlreadyConfirmed),
        ReservationStatus::Active if life.is_deciding() => Err(Refusal::PaymentInProgress),
        ReservationStatus::Active => Ok(end(life, ReservationStatus::Released, Fact::ReservationReleased)),
    }
}

fn expire(life: &Life, now: Time) -> Step {
    match life.status {
        ReservationStatus::Active if life.is_deciding() => Err(Refusal::PaymentInProgress),
        ReservationStatus::Active if life.hold_ends_at > now => Err(Refusal::NotDue),
        ReservationStatus::Active => Ok(end(life, ReservationStatus::Expired, Fact::ReservationExpired)),
        ReservationStatus::Expired => unchanged(life),
        ReservationStatus::Released | ReservationStatus::Confirmed => Err(Refusal::OutOfPlace),
    }
}

fn change(life: &Life, now: Time) -> Step {
    may_touch(life, now)?;
    Ok((life.clone(), vec![Effect::Tell(Fact::ReservationChanged)]))
}

/// Whether the holder may still change or pay the hold.
fn may_touch(life: &Life, now: Time) -> Result<(), Refusal> {
    match life.status {
        ReservationStatus::Confirmed => Err(Refusal::AlreadyConfirmed),
        ReservationStatus::Released | ReservationStatus::Expired => Err(Refusal::HoldExpired),
        ReservationStatus::Active if life.is_deciding() => Err(Refusal::PaymentInProgress),
        ReservationStatus::Active if life.hold_ends_at <= now => Err(Refusal::HoldExpired),
        ReservationStatus::Active => Ok(()),
    }
}

fn begin_payment(life: &Life, begin: Begin, rows_ours: bool, now: Time) -> Step {
    if life.order.as_ref().is_some_and(|order| order.attempt == begin.attempt) {
        return unchanged(life);
    }
    may_touch(life, now)?;
    if !rows_ours {
        return Err(Refusal::HoldExpired);
    }
    let mut order = OrderLife {
        id: life.order.as_ref().map_or(begin.order, |order| order.id),
        status: OrderStatus::Pending,
        saga: Saga::Authorising,
        attempt: begin.attempt,
        window_ends_at: begin.window_ends_at,
        amount: begin.amount,
        refunded: 0,
        last_refund: None,
        given_up: false,
    };
    let mut next = life.clone();
    let effects = if begin.amount == 0 {
        // Nothing to pay: the tickets are good at once.
        order.saga = Saga::Settled;
        order.status = OrderStatus::Confirmed;
        next.status = ReservationStatus::Confirmed;
        vec![
            Effect::SellRows,
            Effect::Tell(Fact::ReservationConfirmed),
            Effect::Tell(Fact::PaymentBegun),
            Effect::Tell(Fact::TicketCreated),
            Effect::Tell(Fact::TicketConfirmed),
        ]
    } else {
        vec![Effect::KeepRowsUntil(never()), Effect::Tell(Fact::PaymentBegun), Effect::Authorise(begin.attempt)]
    };
    next.order = Some(order);
    Ok((next, effects))
}

fn payment_event(life: &Life, order: &OrderLife, event: &Event, now: Time) -> Step {
    match (event, &order.saga) {
        (Event::Authorised { rows_ours: true, .. }, Saga::Authorising | Saga::AwaitingPayer) => Ok(sell(life)),
        (
            Event::Authorised { rows_ours: false, .. } | Event::WindowEnded { .. },
            Saga::Authorising | Saga::AwaitingPayer,
        ) => {
            if matches!(event, Event::WindowEnded { .. }) && order.window_ends_at > now {
                return Err(Refusal::NotDue);
            }
            Ok((with_order(life, |order| order.saga = Saga::Voiding), vec![Effect::Void(order.attempt)]))
        }
        (Event::Authorised { .. } | Event::WindowEnded { .. }, Saga::Voiding) => {
            Ok((life.clone(), vec![Effect::Void(order.attempt)]))
        }
        (Event::Authorised { .. }, Saga::Capturing) => Ok((life.clone(), vec![Effect::Capture(order.attempt)])),
        (Event::ActionRequired { .. }, Saga::Authorising) => {
            Ok((with_order(life, |order| order.saga = Saga::AwaitingPayer), Vec::new()))
        }
        (Event::Declined { .. } | Event::Voided { .. }, Saga::Authorising | Saga::AwaitingPayer | Saga::Voiding) => {
            Ok(no_money(life, order, event, now))
        }
        (Event::Captured { refund, .. }, Saga::Capturing) if order.given_up => Ok(sold_in_vain(life, order, *refund)),
        (Event::Captured { .. }, Saga::Capturing) => Ok(confirmed(life)),
        (Event::CaptureFailed { .. }, Saga::Capturing) => Ok(unsold(life, order)),
        (
            Event::Captured { refund, places, .. },
            Saga::Voiding | Saga::Authorising | Saga::AwaitingPayer | Saga::Open,
        ) => Ok(unexpected_money(life, order, *refund, *places)),
        (Event::Captured { refund, places, .. }, Saga::Settled) if order.may_get_late_money() => {
            Ok(unexpected_money(life, order, *refund, *places))
        }
        _ => unchanged(life),
    }
}

/// The money is reserved and the rows are ours: sold, before the money is taken.
fn sell(life: &Life) -> (Life, Vec<Effect>) {
    let mut next = with_order(life, |order| order.saga = Saga::Capturing);
    next.status = ReservationStatus::Confirmed;
    let attempt = life.order.as_ref().map(|order| Effect::Capture(order.attempt));
    let mut effects =
        vec![Effect::SellRows, Effect::Tell(Fact::ReservationConfirmed), Effect::Tell(Fact::TicketCreated)];
    effects.extend(attempt);
    (next, effects)
}

fn confirmed(life: &Life) -> (Life, Vec<Effect>) {
    let next = with_order(life, |order| {
        order.saga = Saga::Settled;
        order.status = OrderStatus::Confirmed;
    });
    (next, vec![Effect::Tell(Fact::TicketConfirmed)])
}

/// No money will come of this attempt. A declined one leaves the hold its time; any other ends it.
fn no_money(life: &Life, order: &OrderLife, event: &Event, now: Time) -> (Life, Vec<Effect>) {
    let may_retry = matches!(event, Event::Declined { .. })
        && order.saga != Saga::Voiding
        && life.status == ReservationStatus::Active
        && life.hold_ends_at > now;
    if may_retry {
        let next = with_order(life, |order| order.saga = Saga::Open);
        return (next, vec![Effect::KeepRowsUntil(life.hold_ends_at), Effect::Tell(Fact::PaymentEnded)]);
    }
    let (status, fact) = hold_without_tickets(order);
    end(life, status, fact)
}

/// The provider had reserved the money but will not give it: the sale is undone.
fn unsold(life: &Life, order: &OrderLife) -> (Life, Vec<Effect>) {
    let (status, fact) = without_tickets(order);
    let mut next = with_order(life, |order| {
        order.saga = Saga::Settled;
        order.status = status;
    });
    next.status = ReservationStatus::Expired;
    (next, vec![Effect::CancelTickets, Effect::Tell(Fact::TicketCancelled), Effect::Tell(fact)])
}

/// The money was taken for what the buyer had given up meanwhile: the sale is undone and all of it goes back.
fn sold_in_vain(life: &Life, order: &OrderLife, refund: Uuid) -> (Life, Vec<Effect>) {
    let amount = order.amount;
    let (mut next, mut effects) = unsold(life, order);
    if let Some(order) = &mut next.order {
        order.saga = Saga::Refunding { refund, amount };
    }
    effects.push(Effect::Refund { attempt: order.attempt, refund, amount });
    (next, effects)
}

/// Money arrived that nobody waited for any more, or that came without our taking it. It gets the places that it is for
/// where they can still be had; else it goes back. Never silence.
fn unexpected_money(life: &Life, order: &OrderLife, refund: Uuid, places: Places) -> (Life, Vec<Effect>) {
    match (places, life.status) {
        _ if order.given_up => give_back(life, order, refund),
        (Places::Ours, ReservationStatus::Active) => paid_at_last(life, &[]),
        (Places::Free, ReservationStatus::Expired) => {
            paid_at_last(life, &[Effect::TakeRowsAgain, Effect::Tell(Fact::ReservationTakenAgain)])
        }
        _ => give_back(life, order, refund),
    }
}

/// The money is there: sold and confirmed in one step.
fn paid_at_last(life: &Life, before: &[Effect]) -> (Life, Vec<Effect>) {
    let mut next = with_order(life, |order| {
        order.saga = Saga::Settled;
        order.status = OrderStatus::Confirmed;
    });
    next.status = ReservationStatus::Confirmed;
    let sold = [
        Effect::SellRows,
        Effect::Tell(Fact::ReservationConfirmed),
        Effect::Tell(Fact::TicketCreated),
        Effect::Tell(Fact::TicketConfirmed),
    ];
    (next, before.iter().cloned().chain(sold).collect())
}

/// The places are gone, or nobody wants them any more: the money goes back.
fn give_back(life: &Life, order: &OrderLife, refund: Uuid) -> (Life, Vec<Effect>) {
    let amount = order.amount;
    let (status, order_ended) = without_tickets(order);
    let mut next = with_order(life, |order| {
        order.status = status;
        order.saga = Saga::Refunding { refund, amount };
    });
    let mut effects = Vec::new();
    if life.status == ReservationStatus::Active {
        let (status, hold_ended) = hold_without_tickets(order);
        next.status = status;
        effects.extend([Effect::FreeRows, Effect::Tell(hold_ended), Effect::Tell(order_ended)]);
    }
    effects.push(Effect::Refund { attempt: order.attempt, refund, amount });
    (next, effects)
}

fn advance(life: &Life, event: &Event) -> Step {
    let order = life.order.as_ref().ok_or(Refusal::OutOfPlace)?;
    let status = match (event, order.status) {
        (Event::Processing, OrderStatus::Confirmed) => OrderStatus::Processing,
        (Event::Delivered, OrderStatus::Confirmed | OrderStatus::Processing) => OrderStatus::Completed,
        _ => return unchanged(life),
    };
    Ok((with_order(life, |order| order.status = status), vec![Effect::Tell(Fact::OrderAdvanced)]))
}

fn cancel(life: &Life, refund: Uuid, amount: i64, whole: bool) -> Step {
    let order = life.order.as_ref().ok_or(Refusal::NotCancellable)?;
    let refund_effect = Effect::Refund { attempt: order.attempt, refund, amount };
    match (&order.saga, order.status) {
        (Saga::Refunding { refund: running, .. }, _) if *running == refund => Ok((life.clone(), vec![refund_effect])),
        _ if order.last_refund == Some(refund) => unchanged(life),
        (Saga::Settled, OrderStatus::Confirmed | OrderStatus::Processing | OrderStatus::Completed) => {
            let next = with_order(life, |order| {
                order.last_refund = Some(refund);
                if whole {
                    order.status = OrderStatus::Cancelled;
                }
                if amount > 0 {
                    order.saga = Saga::Refunding { refund, amount };
                }
            });
            let mut effects = vec![Effect::CancelTickets, Effect::Tell(Fact::TicketCancelled)];
            if amount > 0 {
                effects.push(refund_effect);
            }
            Ok((next, effects))
        }
        _ => Err(Refusal::NotCancellable),
    }
}

fn refunded(life: &Life, refund: Uuid) -> Step {
    let order = life.order.as_ref().ok_or(Refusal::OutOfPlace)?;
    match order.saga {
        Saga::Refunding { refund: running, amount } if running == refund => {
            let next = with_order(life, |order| {
                order.saga = Saga::Settled;
                order.refunded += amount;
            });
            Ok((next, vec![Effect::Tell(Fact::OrderRefunded)]))
        }
        _ => unchanged(life),
    }
}

/// The money is still owed: it is asked for again, by another key.
fn refund_failed(life: &Life, refund: Uuid, next: Uuid) -> Step {
    let order = life.order.as_ref().ok_or(Refusal::OutOfPlace)?;
    match order.saga {
        Saga::Refunding { refund: running, amount } if running == refund => {
            let again = Effect::Refund { attempt: order.attempt, refund: next, amount };
            Ok((with_order(life, |order| order.saga = Saga::Refunding { refund: next, amount }), vec![again]))
        }
        _ => unchanged(life),
    }
}
