//! Looks at holds and orders as they stand.

use crate::domain::inventory::Inventory;
use crate::domain::rows::ReservationRow;
use crate::state::State;
use crate::store;
use crate::store::orders::Which;
use onsale_core::{OrderId, ReservationId, UserId};
use onsale_platform::problem::Problem;
use std::sync::Arc;

/// A hold or an order with what it is of.
#[derive(Debug, Clone)]
pub struct Found {
    /// The rows.
    pub row: ReservationRow,
    /// The version of the offer that its prices are of.
    pub inventory: Arc<Inventory>,
}

/// A hold with its order and tickets; 404 when it is not there, or not that account's.
pub async fn hold(state: &State, id: ReservationId, owner: Option<UserId>) -> Result<Found, Problem> {
    let mut conn = state.pool.acquire().await?;
    let row = store::reservations::find(&mut conn, id).await?;
    let mut row = row.filter(|row| owner.is_none_or(|owner| row.account == owner));
    let row = row.as_mut().ok_or_else(|| Problem::not_found("reservation"))?;
    if let Some(order) = store::orders::find(&mut conn, Which::Of(id)).await? {
        let mut tickets = store::tickets::of_orders(&mut conn, &[order.life.id]).await?;
        row.issued = tickets.remove(&order.life.id).unwrap_or_default();
        row.life.order = Some(order.life);
        row.order = Some(order.details);
        row.order_counts = order.counts;
    }
    drop(conn);
    let inventory = state.inventories.version(row.event, row.offer_version).await?;
    Ok(Found { row: row.clone(), inventory })
}

/// An order; 404 when it is not there, or not that account's.
pub async fn order(state: &State, id: OrderId, owner: Option<UserId>) -> Result<Found, Problem> {
    let order = store::orders::find(&mut *state.pool.acquire().await?, Which::Order(id)).await?;
    let order = order.ok_or_else(|| Problem::not_found("order"))?;
    hold(state, order.reservation, owner)
        .await
        .map_err(|problem| if problem.code() == "not_found" { Problem::not_found("order") } else { problem })
}
