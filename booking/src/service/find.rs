//! Looks at holds and orders as they stand.

use crate::domain::inventory::Inventory;
use crate::domain::rows::ReservationRow;
use crate::state::State;
use crate::store;
use crate::store::orders::{OrderRow, Which};
use onsale_core::{OrderId, ReservationId, UserId};
use onsale_platform::problem::Problem;
use sqlx::pool::PoolConnection;
use sqlx::{PgConnection, Postgres};
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
    let row = owned(&mut conn, id, owner).await?.ok_or_else(|| Problem::not_found("reservation"))?;
    let order = store::orders::find(&mut conn, Which::Of(id)).await?;
    with_order(state, conn, row, order).await
}

/// An order; 404 when it is not there, or not that account's.
pub async fn order(state: &State, id: OrderId, owner: Option<UserId>) -> Result<Found, Problem> {
    let mut conn = state.pool.acquire().await?;
    let order = store::orders::find(&mut conn, Which::Order(id)).await?;
    let order = order.ok_or_else(|| Problem::not_found("order"))?;
    let row = owned(&mut conn, order.reservation, owner).await?.ok_or_else(|| Problem::not_found("order"))?;
    with_order(state, conn, row, Some(order)).await
}

async fn owned(
    conn: &mut PgConnection,
    id: ReservationId,
    owner: Option<UserId>,
) -> Result<Option<ReservationRow>, sqlx::Error> {
    let row = store::reservations::find(conn, id).await?;
    Ok(row.filter(|row| owner.is_none_or(|owner| row.account == owner)))
}

async fn with_order(
    state: &State,
    mut conn: PoolConnection<Postgres>,
    mut row: ReservationRow,
    order: Option<OrderRow>,
) -> Result<Found, Problem> {
    if let Some(order) = order {
        let mut tickets = store::tickets::of_orders(&mut conn, &[order.life.id]).await?;
        row.issued = tickets.remove(&order.life.id).unwrap_or_default();
        row.life.order = Some(order.life);
        row.order = Some(order.details);
        row.order_counts = order.counts;
    }
    // Given back first: an inventory that is not in memory asks for one itself.
    drop(conn);
    let inventory = state.inventories.version(row.event, row.offer_version).await?;
    Ok(Found { row, inventory })
}
