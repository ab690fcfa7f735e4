//! Drives an order's saga: asks payment for what is pending, commits what it answered, and so on until
//! nothing is pending or an outcome is not known. Any process may drive; every effect has a key of its own.

use crate::domain::command::Command;
use crate::domain::inventory::Inventory;
use crate::domain::life::{Effect, Event, Saga};
use crate::domain::rows::ReservationRow;
use crate::service::confirm_order;
use crate::service::desk::{Declined, Idempotent, Member};
use crate::service::find::{self, Found};
use crate::service::payments::{self, News};
use crate::service::{to_the_end, view};
use crate::state::State;
use crate::store;
use onsale_core::api::booking::PaymentMethod;
use onsale_core::{ReservationId, TicketId};
use onsale_platform::outbox::Metadata;
use onsale_platform::problem::Problem;
use onsale_platform::{failpoint, random};
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

/// More steps than any way through the saga has.
const STEPS_MAX: u32 = 12;
/// When a saga with an unknown outcome, or a payer on the provider's page, is looked at again.
const LOOK_AGAIN: Duration = Duration::from_secs(2);
/// The same where a bank transfer is awaited.
const LOOK_AT_TRANSFER_AGAIN: Duration = Duration::from_secs(60);
/// The longest pause before a refund that failed is made again.
const REFUND_AGAIN_MAX: Duration = Duration::from_secs(60 * 60);

/// Drives from what was committed last; gives where the order stands when nothing more can be done now.
pub async fn drive(
    state: &State,
    found: Found,
    why: &Metadata,
    idempotency: Option<&Idempotent>,
) -> Result<Found, Problem> {
    let mut found = found;
    for _ in 0..STEPS_MAX {
        let Some(order) = &found.row.life.order else { return Ok(found) };
        let news = match order.pending() {
            // Nobody waits for the answer any more: it is looked for, but not asked for again.
            Some(Effect::Authorise(_)) if order.window_ends_at <= state.clock.now() => {
                look_at_payer(state, &found.row).await
            }
            Some(effect) => {
                let [before, after] = call_places(&effect);
                failpoint::reach(before);
                let news = payments::perform(state, &found.row, found.inventory.offer.sale.currency, &effect).await;
                failpoint::reach(after);
                news
            }
            None if order.saga == Saga::AwaitingPayer => look_at_payer(state, &found.row).await,
            None => return Ok(found),
        };
        let Some(news) = news else {
            let after = look_again_after(state, &found.row);
            store::orders::look_again(&mut *state.pool.acquire().await?, found.row.id, after).await?;
            return Ok(found);
        };
        let (awaiting, failed) =
            (matches!(news.event, Event::ActionRequired { .. }), matches!(news.event, Event::RefundFailed { .. }));
        found = commit(state, &found, news, why, idempotency).await?;
        if awaiting || failed {
            let after = if failed { refund_again_after(&found.row) } else { look_again_after(state, &found.row) };
            store::orders::look_again(&mut *state.pool.acquire().await?, found.row.id, after).await?;
            return Ok(found);
        }
    }
    Err(Problem::internal("an order's saga did not come to rest"))
}

/// Drives in a task of its own, which goes on when the client is gone or the wait is over; gives where the order stands
/// then.
pub async fn drive_until(
    state: &State,
    begun: Found,
    why: Metadata,
    idempotency: Option<Idempotent>,
    deadline: Instant,
) -> Result<Found, Problem> {
    let driven = {
        let (state, begun) = (state.clone(), begun.clone());
        to_the_end(async move { drive(&state, begun, &why, idempotency.as_ref()).await })
    };
    match timeout_at(deadline, driven).await {
        Ok(driven) => driven,
        Err(_) => Ok(find::hold(state, begun.row.id, None).await.unwrap_or(begun)),
    }
}

/// A transfer is awaited for days: it is heard of by its event, and looked at now and then, and when its time is over.
fn look_again_after(state: &State, row: &ReservationRow) -> Duration {
    let Some((life, details)) = row.life.order.as_ref().zip(row.order.as_ref()) else { return LOOK_AGAIN };
    if life.saga != Saga::AwaitingPayer || payments::method(&details.method) != PaymentMethod::BankTransfer {
        return LOOK_AGAIN;
    }
    let left = (life.window_ends_at - state.clock.now()).to_std().unwrap_or_default();
    left.clamp(LOOK_AGAIN, LOOK_AT_TRANSFER_AGAIN)
}

/// Each pause before a refund is made again is twice as long as the one before, up to an hour.
fn refund_again_after(row: &ReservationRow) -> Duration {
    let failed = row.order.as_ref().map_or(0, |order| order.refunds_failed);
    LOOK_AGAIN.saturating_mul(2_u32.saturating_pow(failed)).min(REFUND_AGAIN_MAX)
}

/// A payer on the provider's page, or an answer that was never heard: has anything happened, or is the time over?
async fn look_at_payer(state: &State, row: &ReservationRow) -> Option<News> {
    let order = row.life.order.as_ref()?;
    let news = payments::look(state, row, order.attempt).await;
    if news.is_none() && order.window_ends_at <= state.clock.now() {
        return Some(News { event: Event::WindowEnded { attempt: order.attempt }, note: None });
    }
    news
}

/// Commits what happened; gives where the order stands then.
pub async fn commit(
    state: &State,
    found: &Found,
    news: News,
    why: &Metadata,
    idempotency: Option<&Idempotent>,
) -> Result<Found, Problem> {
    let saga = found.row.life.order.as_ref().map(|order| &order.saga);
    let sells = match news.event {
        Event::Authorised { .. } => true,
        // Most money is taken for what is sold already.
        Event::Captured { .. } => saga != Some(&Saga::Capturing),
        _ => false,
    };
    let (ticket_ids, ticket_prices) =
        if sells { issue(state, &found.row, &found.inventory) } else { (Vec::new(), Vec::new()) };
    let [before, after] = commit_places(&news.event);
    let command =
        Command::Happened { reservation: found.row.id, event: news.event, ticket_ids, ticket_prices, note: news.note };
    let member = Member { idempotency: idempotency.cloned(), ..Member::of(command, why.clone()) };
    failpoint::reach(before);
    let answer = state.desk.submit(member).await;
    failpoint::reach(after);
    match answer {
        Ok(done) => Ok(Found { row: done.row, inventory: done.inventory }),
        // Somebody else drove on meanwhile: look where it stands.
        Err(Declined::Rejected(..) | Declined::Replayed(_)) => find::hold(state, found.row.id, None).await,
        Err(Declined::Failed(problem)) => Err(problem),
    }
}

/// The places before and after a call to payment.
fn call_places(effect: &Effect) -> [&'static str; 2] {
    match effect {
        Effect::Authorise(_) => ["saga.authorise.before", "saga.authorise.after"],
        Effect::Capture(_) => ["saga.capture.before", "saga.capture.after"],
        Effect::Void(_) => ["saga.void.before", "saga.void.after"],
        Effect::Refund { .. } => ["saga.refund.before", "saga.refund.after"],
        _ => ["saga.call.before", "saga.call.after"],
    }
}

/// The places before and after the commit of what happened.
fn commit_places(event: &Event) -> [&'static str; 2] {
    match event {
        Event::Authorised { .. } => ["saga.commit-authorised.before", "saga.commit-authorised.after"],
        Event::Captured { .. } => ["saga.commit-captured.before", "saga.commit-captured.after"],
        Event::Declined { .. } => ["saga.commit-declined.before", "saga.commit-declined.after"],
        Event::Refunded { .. } => ["saga.commit-refunded.before", "saga.commit-refunded.after"],
        _ => ["saga.commit.before", "saga.commit.after"],
    }
}

/// Goes on with a saga whose owner left it.
pub async fn resume(state: &State, hold: ReservationId) {
    let outcome = async {
        let found = find::hold(state, hold, None).await?;
        let idempotency = confirm_order::kept_answer(state, &found.row);
        drive(state, found, &Metadata::default(), idempotency.as_ref()).await
    };
    if let Err(problem) = outcome.await {
        tracing::warn!(code = problem.code(), %hold, "an order could not be driven on; it is tried again");
    }
}

/// The ids and prices, in minor units, of the tickets that a hold makes when it is sold.
pub fn issue(state: &State, row: &ReservationRow, inventory: &Inventory) -> (Vec<TicketId>, Vec<i64>) {
    let prices = view::ticket_prices(row, inventory);
    (prices.iter().map(|_| random::new_id(&state.clock)).collect(), prices)
}
