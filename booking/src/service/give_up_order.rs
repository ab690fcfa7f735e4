//! Gives up an order that is being paid. The wish is durable at once; the provider says whether money comes all the
//! same, and what comes goes back whole, since the buyer asked before it was taken.

use crate::domain::command::{Command, Rejected};
use crate::domain::life::{Event, Refusal};
use crate::error::{self, Reply};
use crate::service::desk::{Declined, Idempotent, Member};
use crate::service::drive_order::drive_until;
use crate::service::find::Found;
use crate::service::hold_seats::Asking;
use crate::service::view;
use crate::state::State;
use axum::http::StatusCode;
use onsale_core::OrderStatus;
use onsale_core::api::booking::Order;
use onsale_platform::failpoint;
use onsale_platform::problem::Problem;
use std::sync::Arc;
use tokio::time::Instant;

/// What giving up, or cancelling, came to.
#[derive(Debug)]
pub enum Outcome {
    /// Decided: the order as it is now.
    Done(Order),
    /// The wish stands; what becomes of the money is not known yet.
    Underway(Order),
}

/// Whether an order is given up rather than cancelled: nothing is paid yet, or it was given up before.
#[must_use]
pub fn is_for(found: &Found) -> bool {
    found.row.life.order.as_ref().is_some_and(|order| order.status == OrderStatus::Pending || order.given_up)
}

/// Gives up an order. The same a second time only looks where it stands and asks on.
///
/// # Errors
/// 409 `not_cancellable` when it was paid or came to nothing meanwhile; 503 while the database is away.
pub async fn give_up(state: &State, asking: Asking, found: &Found) -> Result<Reply<Outcome>, Problem> {
    let ticket_key = Arc::clone(&state.ticket_key);
    let idempotency = asking.key.clone().map(|key| Idempotent {
        key,
        respond: Arc::new(move |row, inventory, _now| {
            // Final once nothing is open; until then a repetition shows where it stands.
            row.life.order.as_ref().filter(|life| life.given_up && !life.saga.is_open())?;
            Some((StatusCode::OK, serde_json::to_string(&view::order(row, inventory, &ticket_key)?).ok()?))
        }),
    });
    let command = Command::Happened {
        reservation: found.row.id,
        event: Event::GiveUp,
        ticket_ids: Vec::new(),
        ticket_prices: Vec::new(),
        note: None,
    };
    let member = Member { idempotency: idempotency.clone(), ..Member::of(command, asking.why.clone()) };
    failpoint::reach("saga.give-up.before");
    let answer = state.desk.submit(member).await;
    failpoint::reach("saga.give-up.after");
    let begun = match answer {
        Ok(done) => Found { row: done.row, inventory: done.inventory },
        Err(Declined::Rejected(Rejected::Refused(Refusal::NotCancellable), _)) => {
            let detail = "The order was paid, or came to nothing, meanwhile: look at it and at its cancel quote.";
            return Err(Problem::conflict("not_cancellable", detail));
        }
        Err(declined) => return error::declined(declined, &found.inventory),
    };
    metrics::counter!("onsale_orders_given_up_total").increment(1);
    let deadline = Instant::now() + state.config.confirm_wait;
    // The wish is durable; whoever drives on brings it about.
    let stands = drive_until(state, begun.clone(), asking.why, idempotency, deadline).await.unwrap_or(begun);
    let order = view::order(&stands.row, &stands.inventory, &state.ticket_key)
        .ok_or_else(|| Problem::internal("an order that was given up is not there"))?;
    let is_decided = order.status != OrderStatus::Pending;
    Ok(Reply::Fresh(if is_decided { Outcome::Done(order) } else { Outcome::Underway(order) }))
}
