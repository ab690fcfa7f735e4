//! Notes that an invoiced order was paid: staff have seen the money.

use crate::domain::rows::ReservationRow;
use crate::service::{find, payments};
use crate::state::State;
use crate::store;
use onsale_core::api::booking::PaymentMethod;
use onsale_core::api::box_office::SettledOrder;
use onsale_core::{Money, OrderId, OrderStatus, UserId};
use onsale_platform::identity::Reach;
use onsale_platform::problem::Problem;

/// Moves what an order's invoice asks for from what is owed to what is here. The same a second time changes nothing and
/// is answered as the first, less what was given back since.
///
/// # Errors
/// 404 where there is no such order, 409 `not_owed` where it is no invoice that is owed, 503 while payment is away.
pub async fn settle(state: &State, clerk: UserId, reach: Reach, id: OrderId) -> Result<SettledOrder, Problem> {
    let found = find::order(state, id, None).await?;
    let organisation = found.inventory.offer.organisation_id;
    if !reach.covers(organisation) {
        return Err(Problem::not_found("order"));
    }
    let (number, attempt) = match (&found.row.order, &found.row.life.order) {
        (Some(details), Some(life)) if is_owed(&found.row) => (details.number.clone(), life.attempt),
        _ => return Err(not_owed()),
    };
    // Noted first: what staff did is known also when this process dies before payment has answered.
    let settled_at = store::audit::settle(&mut *state.pool.acquire().await?, clerk, organisation, id).await?;
    let paid = payments::settle(state, attempt).await?.ok_or_else(not_owed)?;
    tracing::info!(order = %id, %clerk, "an invoice was paid");
    let amount = Money::new(paid.amount.minor - paid.refunded.minor, paid.amount.currency);
    Ok(SettledOrder { order_id: id, order_number: number, amount, settled_at })
}

/// An invoice whose tickets are sold, and not all of them given back.
fn is_owed(row: &ReservationRow) -> bool {
    let is_invoice = row.order.as_ref().is_some_and(|order| payments::method(&order.method) == PaymentMethod::Invoice);
    let status = row.life.order.as_ref().map(|order| order.status);
    is_invoice && matches!(status, Some(OrderStatus::Confirmed | OrderStatus::Processing | OrderStatus::Completed))
}

fn not_owed() -> Problem {
    Problem::conflict("not_owed", "Only an order that was sold by invoice, and not given back, can be marked as paid.")
}
