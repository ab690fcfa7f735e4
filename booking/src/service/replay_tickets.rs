//! Builds the projection of sold tickets anew from the event store, while it serves: a few orders at a time, each few in
//! a transaction in which nobody else writes it. Whatever commits meanwhile is in the store before its message comes, so
//! nothing is missed; a message that comes afterwards finds its rows there.

use crate::service::project_tickets::{one_each, rows_of};
use crate::store;
use crate::store::sold_tickets::SoldTicket;
use onsale_core::TicketId;
use onsale_core::events::TicketsChanged;
use sqlx::{PgConnection, PgPool};
use std::collections::BTreeMap;
use uuid::Uuid;

/// Orders of one transaction: whoever sells waits no longer than this takes.
const TOGETHER: i64 = 500;

/// What was found, and put right where that was asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Replayed {
    /// Orders of which the store tells tickets.
    pub orders: usize,
    /// Their tickets.
    pub tickets: usize,
    /// Tickets that were missing, too many or otherwise than the events say.
    pub differed: usize,
}

/// Why it could not be built.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// The database failed.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
    /// An event cannot be read.
    #[error("an event of order {order} cannot be read: {source}")]
    Event {
        /// The first order of those that were read together.
        order: String,
        /// Why.
        source: serde_json::Error,
    },
}

/// What is done with what differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// It is put right.
    Build,
    /// It is only counted. What happens at this moment may be counted with it.
    Check,
}

/// Compares the whole projection with the events. Orders whose months were taken out of the store stay as they are.
///
/// # Errors
/// When the database fails, or an event cannot be read. What was done until then stays.
pub async fn replay(pool: &PgPool, mode: Mode) -> Result<Replayed, ReplayError> {
    let mut replayed = Replayed::default();
    let mut after = String::new();
    loop {
        let mut tx = pool.begin().await?;
        // Read before the lock: what is told of further orders comes by its message.
        let orders = store::events::orders_with_tickets(&mut tx, &after, TOGETHER).await?;
        let Some(last) = orders.last() else { break };
        after.clone_from(last);
        if mode == Mode::Build {
            store::sold_tickets::lock(&mut tx).await?;
        }
        let differed = few(&mut tx, &orders, mode, &mut replayed).await?;
        tx.commit().await?;
        replayed.orders += orders.len();
        replayed.differed += differed;
    }
    replayed.differed += untold(pool, mode).await?;
    Ok(replayed)
}

/// How many tickets differ between the write tables and the projection.
///
/// # Errors
/// When the database fails.
pub async fn recount(pool: &PgPool) -> Result<i64, sqlx::Error> {
    store::sold_tickets::recount(&mut *pool.acquire().await?).await
}

async fn few(
    conn: &mut PgConnection,
    orders: &[String],
    mode: Mode,
    replayed: &mut Replayed,
) -> Result<usize, ReplayError> {
    let mut told = Vec::new();
    for event in store::events::tickets_told(conn, orders).await? {
        let changed: TicketsChanged = serde_json::from_value(event.data)
            .map_err(|source| ReplayError::Event { order: orders.first().cloned().unwrap_or_default(), source })?;
        told.extend(rows_of(&changed, event.is_cancelled, event.at));
    }
    let wanted = one_each(told.iter());
    replayed.tickets += wanted.len();
    let ids: Vec<Uuid> = orders.iter().filter_map(|order| order.parse().ok()).collect();
    let there = store::sold_tickets::of_orders(conn, &ids).await?;
    let there: BTreeMap<TicketId, &SoldTicket> = there.iter().map(|ticket| (ticket.id, ticket)).collect();
    let wrong: Vec<TicketId> =
        there.iter().filter(|(id, ticket)| wanted.get(id) != Some(ticket)).map(|(id, _)| *id).collect();
    let missing: Vec<&SoldTicket> =
        wanted.iter().filter(|(id, ticket)| there.get(id) != Some(ticket)).map(|(_, ticket)| *ticket).collect();
    if mode == Mode::Build && !(wrong.is_empty() && missing.is_empty()) {
        store::sold_tickets::remove(conn, &wrong).await?;
        store::sold_tickets::put(conn, &missing).await?;
    }
    let both = wrong.iter().filter(|id| wanted.contains_key(id)).count();
    Ok(wrong.len() + missing.len() - both)
}

/// Tickets of orders that the store knows nothing of.
async fn untold(pool: &PgPool, mode: Mode) -> Result<usize, sqlx::Error> {
    let mut found = 0;
    loop {
        let mut tx = pool.begin().await?;
        let ids = store::events::tickets_untold(&mut tx, TOGETHER).await?;
        found += ids.len();
        if mode == Mode::Build {
            store::sold_tickets::remove(&mut tx, &ids.iter().copied().map(TicketId).collect::<Vec<_>>()).await?;
            tx.commit().await?;
        }
        if ids.is_empty() || mode == Mode::Check {
            return Ok(found);
        }
    }
}
