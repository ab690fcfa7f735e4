//! Winds up an event that its organiser called off: holds are released, and every order is given back whole, fees and
//! all. Paced, so that selling goes on beside it; a process that takes over goes on where the last one stopped.

use crate::domain::command::{Cancel, Command};
use crate::domain::life::{Event, Saga};
use crate::service::desk::{Declined, Member};
use crate::service::drive_order::drive;
use crate::service::find::{self, Found};
use crate::state::State;
use crate::store::called_off::{self, CalledOff};
use futures::future::join_all;
use onsale_core::{OrderStatus, ReservationId, TicketStatus};
use onsale_platform::outbox::Metadata;
use onsale_platform::problem::Problem;
use onsale_platform::random;
use std::time::Duration;

/// How long an event is one process's.
const LEASE: Duration = Duration::from_secs(30);
/// How many holds are released in a round.
const HOLDS_MAX: i64 = 500;
/// When orders that could not be given back yet are looked at again: what is being paid is decided first.
const AGAIN_AFTER: Duration = Duration::from_secs(5);

/// Does a second's worth of work at an event that was called off; whether there was any.
///
/// # Errors
/// When the database fails; the next round goes on.
pub async fn round(state: &State) -> Result<bool, sqlx::Error> {
    let Some(at) = called_off::take(&mut *state.pool.acquire().await?, LEASE).await? else { return Ok(false) };
    let held = called_off::holds(&mut *state.pool.acquire().await?, at.event, HOLDS_MAX).await?;
    let released = join_all(held.iter().map(|hold| release(state, *hold))).await.into_iter().all(|done| done);
    let pace = i64::from(state.config.refunds_per_second);
    let orders = called_off::orders(&mut *state.pool.acquire().await?, at, pace).await?;
    let outcomes = join_all(orders.iter().map(|(_, hold)| give_back(state, *hold))).await;
    let given_back = outcomes.iter().filter(|done| **done).count();
    metrics::counter!("onsale_orders_called_off_total").increment(given_back as u64);
    let left =
        !released || i64::try_from(held.len()).is_ok_and(|count| count >= HOLDS_MAX) || given_back < outcomes.len();
    let at = CalledOff { leaves_some: at.leaves_some || left, ..at };
    let mut conn = state.pool.acquire().await?;
    match orders.last() {
        Some((last, _)) => {
            called_off::save(&mut conn, CalledOff { after: *last, ..at }, Duration::from_secs(1)).await?;
        }
        None if at.leaves_some => called_off::save(&mut conn, at.restarted(), AGAIN_AFTER).await?,
        None => {
            called_off::finish(&mut conn, at.event).await?;
            tracing::info!(event_no = at.event, "an event that was called off is wound up");
        }
    }
    Ok(true)
}

/// Whether the hold is over.
async fn release(state: &State, reservation: ReservationId) -> bool {
    let command = Command::Happened {
        reservation,
        event: Event::Release,
        ticket_ids: Vec::new(),
        ticket_prices: Vec::new(),
        note: None,
    };
    // What ended by itself meanwhile is over too; what is being paid is an order by now.
    !matches!(state.desk.submit(Member::of(command, Metadata::default())).await, Err(Declined::Failed(_)))
}

/// Gives up an order that waits for its payer.
async fn give_up(state: &State, found: Found) -> Result<(), Problem> {
    let event = Event::GiveUp;
    let command = Command::Happened {
        reservation: found.row.id,
        event,
        ticket_ids: Vec::new(),
        ticket_prices: Vec::new(),
        note: None,
    };
    match state.desk.submit(Member::of(command, Metadata::default())).await {
        Ok(done) => {
            let begun = Found { row: done.row, inventory: done.inventory };
            drive(state, begun, &Metadata::default(), None).await.map(drop)
        }
        // It moved on meanwhile.
        Err(Declined::Rejected(..) | Declined::Replayed(_)) => Ok(()),
        Err(Declined::Failed(problem)) => Err(problem),
    }
}

/// Whether nothing of the order is left to give back.
async fn give_back(state: &State, hold: ReservationId) -> bool {
    let given = async {
        let found = find::hold(state, hold, None).await?;
        if let Some(order) = found.row.life.order.as_ref().filter(|order| order.saga.is_open()) {
            if order.saga == Saga::AwaitingPayer {
                // A payer may stay away for days: money is not waited for.
                give_up(state, found).await?;
            }
            // Its own saga goes on, at its own pace: looked at in the next pass.
            return Ok(false);
        }
        let Some(cancel) = cancel_all(&found, state) else { return Ok(true) };
        let done = match state.desk.submit(Member::of(Command::Cancel(cancel), Metadata::default())).await {
            Ok(done) => done,
            Err(Declined::Failed(problem)) => return Err(problem),
            // It moved on meanwhile, e.g. its buyer cancelled it.
            Err(_) => return Ok(false),
        };
        let begun = Found { row: done.row, inventory: done.inventory };
        let found = drive(state, begun, &Metadata::default(), None).await?;
        Ok::<_, Problem>(found.row.life.order.as_ref().is_none_or(|order| !order.saga.is_open()))
    };
    given.await.unwrap_or_else(|problem| {
        tracing::warn!(code = problem.code(), %hold, "an order of an event that was called off is tried again");
        false
    })
}

/// The cancelling of all its live tickets at the whole price; nothing where there are none.
fn cancel_all(found: &Found, state: &State) -> Option<Cancel> {
    let status = found.row.life.order.as_ref()?.status;
    if !matches!(status, OrderStatus::Confirmed | OrderStatus::Processing | OrderStatus::Completed) {
        return None;
    }
    let live = found.row.issued.iter().filter(|ticket| ticket.status == TicketStatus::Valid);
    let tickets: Vec<_> = live.map(|ticket| (ticket.id, ticket.price)).collect();
    (!tickets.is_empty()).then(|| Cancel { reservation: found.row.id, refund: random::new_id(&state.clock), tickets })
}
