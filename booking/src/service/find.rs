//! Looks at holds and orders as they stand.

mod looks;

pub(crate) use looks::Looks;

use crate::domain::inventory::Inventory;
use crate::domain::rows::ReservationRow;
use crate::state::State;
use looks::Look;
use onsale_core::{OrderId, ReservationId, UserId};
use onsale_platform::identity::Reach;
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

/// Who looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Looker {
    /// The service itself: sees everything.
    Ourselves,
    /// Somebody who sees what is their own.
    Owner(UserId),
    /// Staff, who also see what was bought of those events.
    Staff(UserId, Reach),
}

impl From<Option<UserId>> for Looker {
    fn from(owner: Option<UserId>) -> Self {
        owner.map_or(Self::Ourselves, Self::Owner)
    }
}

/// A hold with its order and tickets; 404 when it is not there, or not within reach.
pub async fn hold(state: &State, id: ReservationId, looker: impl Into<Looker>) -> Result<Found, Problem> {
    reached(state, Look::Hold(id), looker.into(), "reservation").await
}

/// An order; 404 when it is not there, or not within reach.
pub async fn order(state: &State, id: OrderId, looker: impl Into<Looker>) -> Result<Found, Problem> {
    reached(state, Look::Order(id), looker.into(), "order").await
}

async fn reached(state: &State, look: Look, looker: Looker, what: &'static str) -> Result<Found, Problem> {
    let is_owner = |row: &ReservationRow| match looker {
        Looker::Owner(owner) => row.account == owner,
        Looker::Ourselves | Looker::Staff(..) => true,
    };
    let row = state.looks.hold(look).await?.filter(is_owner).ok_or_else(|| Problem::not_found(what))?;
    let inventory = state.inventories.version(row.event, row.offer_version).await?;
    match looker {
        Looker::Staff(own, reach) if row.account != own && !reach.covers(inventory.offer.organisation_id) => {
            Err(Problem::not_found(what))
        }
        _ => Ok(Found { row, inventory }),
    }
}
