//! Cancels tickets of an order: seats back on sale, money back by the event's policy.

use crate::domain::command::{Cancel, Command};
use crate::domain::refund::cancel_quote;
use crate::error::{self, Reply};
use crate::service::desk::{Idempotent, Member};
use crate::service::drive_order::drive_until;
use crate::service::find::{self, Found, Looker};
use crate::service::give_up_order::{self, Outcome};
use crate::service::hold_seats::Asking;
use crate::service::idempotency::stored_answer;
use crate::service::view;
use crate::state::State;
use axum::http::StatusCode;
use onsale_core::api::booking::{CancelQuote, CancelRequest};
use onsale_core::api::offer::RefundPolicy;
use onsale_core::api::sales_desk::RefundTerms;
use onsale_core::{OrderId, OrderStatus, Price, TicketId, TicketStatus};
use onsale_platform::audit::{self, Act};
use onsale_platform::problem::Problem;
use onsale_platform::{ServiceRole, failpoint, random};
use serde_json::json;
use std::collections::BTreeSet;
use std::sync::Arc;
use tokio::time::Instant;

/// What cancelling the order's live tickets would give back and keep.
pub async fn quote(state: &State, order: OrderId, looker: Looker, terms: RefundTerms) -> Result<CancelQuote, Problem> {
    let found = find::order(state, order, looker).await?;
    quoted(state, &found, order, terms)
}

fn quoted(state: &State, found: &Found, order: OrderId, terms: RefundTerms) -> Result<CancelQuote, Problem> {
    let Found { row, inventory } = found;
    let price = view::price(row, inventory);
    let live: Vec<(TicketId, &Price)> = row
        .issued
        .iter()
        .zip(&price.tickets)
        .filter(|(ticket, _)| ticket.status == TicketStatus::Valid)
        .map(|(ticket, price)| (ticket.id, price))
        .collect();
    let sale = &inventory.offer.sale;
    let none_left = live.is_empty();
    let now = state.clock.now();
    let (policy, starts_at) = match terms {
        RefundTerms::Policy => (sale.refund.clone(), inventory.offer.starts_at),
        RefundTerms::Whole => (RefundPolicy { until_hours_before: Some(0), fees_refunded: true }, now),
    };
    let mut quote = cancel_quote(order, sale.currency, &policy, starts_at, now, live).map_err(Problem::internal)?;
    let status = row.life.order.as_ref().map(|order| order.status);
    let settled = matches!(status, Some(OrderStatus::Confirmed | OrderStatus::Processing | OrderStatus::Completed));
    quote.cancellable &= settled && !none_left;
    // Before it is paid there is nothing to give back or keep: whatever the policy says, it can be given up.
    quote.cancellable |= status == Some(OrderStatus::Pending);
    Ok(quote)
}

/// Cancels the named tickets, or all, and gives back what the quote says. An order that is not paid yet is given up.
pub async fn cancel(
    state: &State,
    asking: Asking,
    looker: Looker,
    order: OrderId,
    request: &CancelRequest,
    terms: RefundTerms,
) -> Result<Reply<Outcome>, Problem> {
    let _running = state.in_flight.begin(asking.key.as_ref())?;
    let found = find::order(state, order, looker).await?;
    // Repeated, it would find nothing left to cancel: the stored answer comes first.
    if let Some(stored) = stored_answer(state, asking.key.as_ref()).await? {
        return Ok(Reply::Replayed(stored));
    }
    note_staff(state, looker, &found, order, request).await?;
    if give_up_order::is_for(&found) {
        return if request.tickets.is_some() {
            let message = "the order is not paid and has no tickets yet: leave it out, to give up the whole order";
            Err(Problem::invalid("tickets", "unknown_ticket", message))
        } else {
            give_up_order::give_up(state, asking, &found).await
        };
    }
    let quote = quoted(state, &found, order, terms)?;
    if !quote.cancellable {
        let detail = "The order cannot be cancelled: see its cancel quote.";
        return Err(Problem::conflict("not_cancellable", detail));
    }
    let tickets = chosen(request, &quote)?;
    let command = Cancel { reservation: found.row.id, refund: random::new_id(&state.clock), tickets };
    let refund = command.refund;
    let ticket_key = Arc::clone(&state.ticket_key);
    let idempotency = asking.key.clone().map(|key| Idempotent {
        key,
        respond: Arc::new(move |row, inventory, _now| {
            // Final once the money is back; until then a repetition shows where it stands.
            row.life.order.as_ref().filter(|life| life.last_refund == Some(refund) && life.pending().is_none())?;
            Some((StatusCode::OK, serde_json::to_string(&view::order(row, inventory, &ticket_key)?).ok()?))
        }),
    });
    let member =
        Member { idempotency: idempotency.clone(), ..Member::of(Command::Cancel(command), asking.why.clone()) };
    failpoint::reach("saga.cancel.before");
    let answer = state.desk.submit(member).await;
    failpoint::reach("saga.cancel.after");
    let cancelled = match answer {
        Ok(done) => Found { row: done.row, inventory: done.inventory },
        Err(declined) => return error::declined(declined, &found.inventory),
    };
    let deadline = Instant::now() + state.config.confirm_wait;
    // The tickets are cancelled; the money follows by whoever drives on.
    let driven = drive_until(state, cancelled.clone(), asking.why, idempotency, deadline).await.unwrap_or(cancelled);
    view::order(&driven.row, &driven.inventory, &state.ticket_key)
        .map(|order| Reply::Fresh(Outcome::Done(order)))
        .ok_or_else(|| Problem::internal("a cancelled order has no order"))
}

/// What staff do to an order of somebody else is noted, before it is tried.
async fn note_staff(
    state: &State,
    looker: Looker,
    found: &Found,
    order: OrderId,
    request: &CancelRequest,
) -> Result<(), Problem> {
    let Looker::Staff(actor, _) = looker else { return Ok(()) };
    if actor == found.row.account {
        return Ok(());
    }
    let act = Act {
        at: state.clock.now(),
        actor: Some(actor),
        organisation: Some(found.inventory.offer.organisation_id),
        action: "order.cancel",
        object_type: "order",
        object_id: &order.to_string(),
        detail: json!({"event": found.inventory.offer.event_id, "tickets": request.tickets}),
    };
    Ok(audit::note(&mut *state.pool.acquire().await?, ServiceRole::Booking, act).await?)
}

/// The tickets that are named, or all, each with what is given back for it in minor units; 422 for others than live ones.
fn chosen(request: &CancelRequest, quote: &CancelQuote) -> Result<Vec<(TicketId, i64)>, Problem> {
    let named: Option<BTreeSet<TicketId>> = request.tickets.as_ref().map(|ids| ids.iter().copied().collect());
    if let Some(named) = &named {
        let known: BTreeSet<TicketId> = quote.tickets.iter().map(|ticket| ticket.ticket_id).collect();
        if named.is_empty() || !named.is_subset(&known) {
            let message = "name live tickets of this order, or leave it out for all";
            return Err(Problem::invalid("tickets", "unknown_ticket", message));
        }
    }
    let is_chosen = |id: &TicketId| named.as_ref().is_none_or(|named| named.contains(id));
    let tickets = quote.tickets.iter().filter(|ticket| is_chosen(&ticket.ticket_id));
    Ok(tickets.map(|ticket| (ticket.ticket_id, ticket.refund.minor)).collect())
}
