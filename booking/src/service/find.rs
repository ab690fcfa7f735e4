//! Looks at holds and orders as they stand.

mod looks;

pub(crate) use looks::Looks;

use crate::domain::inventory::Inventory;
use crate::domain::rows::ReservationRow;
use crate::state::State;
use looks::Look;
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
    owned(state, Look::Hold(id), owner, "reservation").await
}

/// An order; 404 when it is not there, or not that account's.
pub async fn order(state: &State, id: OrderId, owner: Option<UserId>) -> Result<Found, Problem> {
    owned(state, Look::Order(id), owner, "order").await
}

async fn owned(state: &State, look: Look, owner: Option<UserId>, what: &'static str) -> Result<Found, Problem> {
    let row = state.looks.hold(look).await?.filter(|row| owner.is_none_or(|owner| row.account == owner));
    let row = row.ok_or_else(|| Problem::not_found(what))?;
    let inventory = state.inventories.version(row.event, row.offer_version).await?;
    Ok(Found { row, inventory })
}
