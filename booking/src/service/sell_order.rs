//! Sells several seats or tickets at the counter as one order: chosen on the map, paid in cash or by invoice.

use crate::error::Reply;
use crate::service::choose::{self, Chosen, ITEMS_MAX};
use crate::service::confirm_order::Outcome;
use crate::service::hold_seats::Asking;
use crate::service::idempotency::stored_answer;
use crate::service::list_sold_orders::account_of;
use crate::service::sell_at_counter::{Selling, confirm, hold, method, note};
use crate::state::State;
use onsale_core::api::booking::Order;
use onsale_core::api::sales_desk::CounterSale;
use onsale_core::{EventId, UserId};
use onsale_platform::problem::Problem;
use std::time::Duration;

/// The scope of a sale's key.
const SALE: &str = "POST /api/admin/events/{eventId}/counter-sales";
/// The scope of the same key for the sale's hold, so that a sale that broke off goes on with its own hold.
const HOLD: &str = "POST /api/admin/events/{eventId}/counter-sales (hold)";

/// Sells what the request names to the account of the buyer's address, or to the seller's own.
pub async fn sell(
    state: &State,
    selling: Selling,
    event: &EventId,
    request: &CounterSale,
) -> Result<Reply<Order>, Problem> {
    let method = method(request.payment_method)?;
    let asked = (event, request);
    let key = |scope| selling.key.scoped(selling.seller, scope, &asked);
    if let Some(stored) = stored_answer(state, key(SALE).as_ref()).await? {
        return Ok(Reply::Replayed(stored));
    }
    let inventory = state.inventories.on_sale(event).await?;
    if !selling.reach.covers(inventory.offer.organisation_id) {
        return Err(Problem::not_found("event"));
    }
    let mut chosen = Chosen::default();
    if !request.seats.is_empty() || request.tickets.is_empty() {
        chosen.seats = choose::seats(&inventory, "seats", &request.seats)?;
    }
    if !request.tickets.is_empty() {
        chosen.tickets = choose::tickets(&inventory, "tickets", &request.tickets)?;
    }
    let standing: i32 = chosen.tickets.iter().map(|held| held.quantity).sum();
    if chosen.seats.len() + usize::try_from(standing).unwrap_or(usize::MAX) > ITEMS_MAX {
        return Err(Problem::invalid("tickets", "out_of_range", format!("sell at most {ITEMS_MAX} tickets at once")));
    }
    let account = buyer(state, &selling, request).await?;
    let asking = |key| Asking { account, why: selling.why.clone(), admission: None, key };
    let sale = asking(key(SALE));
    let held = hold(state, asking(key(HOLD)), &inventory, chosen.clone()).await?;
    let answer = match confirm(state, &sale, held.reservation, method).await {
        // The hold of an earlier try is over: the sale begins anew, and needs no key for what its own will keep.
        Err(problem) if held.before && problem.code() == "hold_expired" => {
            let held = hold(state, asking(None), &inventory, chosen).await?;
            confirm(state, &sale, held.reservation, method).await
        }
        answer => answer,
    }?;
    match answer {
        Reply::Fresh(Outcome::Confirmed(order)) => {
            note(state, &selling, &inventory, &order).await;
            Ok(Reply::Fresh(order))
        }
        Reply::Fresh(Outcome::Underway(order)) => {
            let detail = "The till's outcome is not known yet: look at the order, or ask again by the same key.";
            Err(Problem::unavailable(detail, Duration::from_secs(1)).with_member("orderId", order.order_id))
        }
        Reply::Replayed(stored) => Ok(Reply::Replayed(stored)),
    }
}

/// Whose the tickets will be.
async fn buyer(state: &State, selling: &Selling, request: &CounterSale) -> Result<UserId, Problem> {
    let email = request.buyer_email.as_deref().map(str::trim).filter(|email| !email.is_empty());
    let Some(email) = email else { return Ok(selling.seller) };
    let account = account_of(state, email).await?;
    account.ok_or_else(|| Problem::invalid("buyerEmail", "unknown_account", "there is no account of this address"))
}
