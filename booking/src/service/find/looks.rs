//! Looks at holds and orders, those that are wanted at the same time together: three statements, however many ask.

use crate::domain::rows::ReservationRow;
use crate::store;
use crate::store::orders::OrderRow;
use onsale_core::{OrderId, ReservationId};
use onsale_platform::batch::{Batcher, SubmitError};
use onsale_platform::inbox::ConsumeError;
use onsale_platform::pg;
use onsale_platform::problem::Problem;
use onsale_platform::shutdown::Shutdown;
use sqlx::{PgConnection, PgPool};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// More waiting looks than this are refused at once.
const WAITING_MAX: usize = 8_192;
/// Looks that are taken together.
const TOGETHER_MAX: usize = 256;

/// What is looked at.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Look {
    /// A hold, by its id.
    Hold(ReservationId),
    /// The hold of an order, by the order's id.
    Order(OrderId),
}

/// Why there is no answer.
#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum LookError {
    /// Too many wait, or the process is stopping.
    #[error(transparent)]
    NotTaken(#[from] SubmitError),
    /// The database failed.
    #[error("database: {0}")]
    Database(#[source] Arc<sqlx::Error>),
}

impl From<LookError> for Problem {
    fn from(error: LookError) -> Self {
        let is_away = match &error {
            LookError::NotTaken(_) => true,
            LookError::Database(error) => pg::is_unavailable(error),
        };
        if is_away {
            Self::unavailable("The database is not reachable just now.", Duration::from_secs(1)).with_source(error)
        } else {
            Self::internal(error)
        }
    }
}

impl From<LookError> for ConsumeError {
    fn from(error: LookError) -> Self {
        match &error {
            LookError::Database(cause) if !pg::is_unavailable(cause) && !pg::is_retryable(cause) => {
                Self::Retry(error.to_string())
            }
            _ => Self::Away(error.to_string()),
        }
    }
}

type Answer<T> = Result<Option<T>, LookError>;

/// The way to holds and orders as they stand. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Looks {
    holds: Batcher<Look, Answer<ReservationRow>>,
    orders: Batcher<OrderId, Answer<OrderRow>>,
}

impl Looks {
    /// Starts the queues.
    pub(crate) fn start(pool: &PgPool, shutdown: &Shutdown) -> Self {
        let of_holds = pool.clone();
        let holds = move |looks: Vec<Look>| {
            let pool = of_holds.clone();
            async move { look_all(&pool, &looks, async |conn, looks| at_holds(conn, looks).await).await }
        };
        let of_orders = pool.clone();
        let orders = move |ids: Vec<OrderId>| {
            let pool = of_orders.clone();
            async move { look_all(&pool, &ids, async |conn, ids| at_orders(conn, ids).await).await }
        };
        Self {
            holds: Batcher::start(shutdown, "booking-looks", WAITING_MAX, TOGETHER_MAX, holds),
            orders: Batcher::start(shutdown, "booking-looks-at-orders", WAITING_MAX, TOGETHER_MAX, orders),
        }
    }

    /// A hold with its order and tickets, as they stand after all that was answered before.
    pub(crate) async fn hold(&self, look: Look) -> Answer<ReservationRow> {
        self.holds.submit(look).await?
    }

    /// An order without its hold.
    pub(crate) async fn order(&self, id: OrderId) -> Answer<OrderRow> {
        self.orders.submit(id).await?
    }
}

/// Looks at all of them together; where that fails for one of them, at each alone.
async fn look_all<L: Copy, T>(
    pool: &PgPool,
    looks: &[L],
    at: impl AsyncFn(&mut PgConnection, &[L]) -> Result<Vec<Option<T>>, sqlx::Error>,
) -> Vec<Answer<T>> {
    let look = async |looks: &[L]| at(&mut *pool.acquire().await?, looks).await;
    let failed = |error| LookError::Database(Arc::new(error));
    match look(looks).await {
        Ok(found) => found.into_iter().map(Ok).collect(),
        Err(error) if looks.len() > 1 && !pg::is_unavailable(&error) => {
            let mut answers = Vec::with_capacity(looks.len());
            for one in looks {
                let found = look(std::slice::from_ref(one)).await;
                answers.push(found.map(|mut found| found.pop().flatten()).map_err(failed));
            }
            answers
        }
        Err(error) => {
            let error = failed(error);
            looks.iter().map(|_| Err(error.clone())).collect()
        }
    }
}

/// In this order: who sees an order sees its hold as it is then or later, and the other way about.
async fn at_holds(conn: &mut PgConnection, looks: &[Look]) -> Result<Vec<Option<ReservationRow>>, sqlx::Error> {
    let ids: Vec<OrderId> = looks.iter().filter_map(|look| look.order()).collect();
    let by_order: BTreeMap<OrderId, OrderRow> = if ids.is_empty() {
        BTreeMap::new()
    } else {
        store::orders::find_all(conn, &ids).await?.into_iter().map(|order| (order.life.id, order)).collect()
    };
    let hold_of = |look: &Look| match look {
        Look::Hold(hold) => Some(*hold),
        Look::Order(order) => by_order.get(order).map(|order| order.reservation),
    };
    let holds: Vec<ReservationId> = looks.iter().filter_map(hold_of).collect();
    let mut rows = if holds.is_empty() { BTreeMap::new() } else { store::reservations::find_all(conn, &holds).await? };
    let asked: Vec<ReservationId> = looks.iter().filter_map(|look| look.hold()).collect();
    let mut orders: BTreeMap<ReservationId, OrderRow> =
        by_order.values().map(|order| (order.reservation, order.clone())).collect();
    if !asked.is_empty() {
        let found = store::orders::of_holds(conn, &asked).await?;
        orders.extend(found.into_iter().map(|order| (order.reservation, order)));
    }
    let ids: Vec<OrderId> = orders.values().map(|order| order.life.id).collect();
    let mut tickets = store::tickets::of_orders(conn, &ids).await?;
    for (hold, order) in orders {
        if let Some(row) = rows.get_mut(&hold) {
            row.issued = tickets.remove(&order.life.id).unwrap_or_default();
            row.life.order = Some(order.life);
            row.order = Some(order.details);
            row.order_counts = order.counts;
        }
    }
    Ok(looks.iter().map(|look| hold_of(look).and_then(|hold| rows.get(&hold).cloned())).collect())
}

async fn at_orders(conn: &mut PgConnection, ids: &[OrderId]) -> Result<Vec<Option<OrderRow>>, sqlx::Error> {
    let found = store::orders::find_all(conn, ids).await?;
    let by_id: BTreeMap<OrderId, OrderRow> = found.into_iter().map(|order| (order.life.id, order)).collect();
    Ok(ids.iter().map(|id| by_id.get(id).cloned()).collect())
}

impl Look {
    fn hold(self) -> Option<ReservationId> {
        match self {
            Self::Hold(hold) => Some(hold),
            Self::Order(_) => None,
        }
    }

    fn order(self) -> Option<OrderId> {
        match self {
            Self::Order(order) => Some(order),
            Self::Hold(_) => None,
        }
    }
}
