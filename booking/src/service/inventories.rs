//! The inventories in memory, by event. Loaded on first use, and again when a newer version goes on sale.

use crate::domain::inventory::Inventory;
use crate::domain::rows::{EventNo, StockNo};
use crate::store;
use moka::future::Cache;
use onsale_core::EventId;
use onsale_platform::problem::Problem;
use sqlx::PgPool;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// How many seats stay in memory, over all events. An arena of 20,000 takes about 5 MB.
const SEATS_MAX: u64 = 2_000_000;
/// How long the version on sale may be out of date where the event that says so is late.
const CURRENT_MAX_AGE: Duration = Duration::from_secs(2);

/// Which version of an event is on sale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Current {
    event_no: EventNo,
    version: i32,
    cancelled: bool,
}

/// The inventories in memory. Cheap to clone.
#[derive(Clone)]
pub struct Inventories {
    pool: PgPool,
    current: Cache<EventId, Option<Current>>,
    versions: Cache<(EventNo, i32), Arc<Inventory>>,
}

impl Inventories {
    /// Nothing is in memory yet.
    #[must_use]
    pub fn new(pool: PgPool) -> Self {
        Self {
            pool,
            current: Cache::builder().max_capacity(10_000).time_to_live(CURRENT_MAX_AGE).build(),
            versions: Cache::builder().weigher(weight).max_capacity(SEATS_MAX).build(),
        }
    }

    /// What is on sale of an event; 404 when booking has no inventory of it, 409 when it was called off.
    pub async fn on_sale(&self, event: &EventId) -> Result<Arc<Inventory>, Problem> {
        let current = self.current(event).await?.ok_or_else(|| Problem::not_found("event"))?;
        if current.cancelled {
            return Err(Problem::conflict("not_on_sale", "The event was called off."));
        }
        Ok(self.version(current.event_no, current.version).await?)
    }

    /// What was on sale of an event last, called off or not; 404 when there never was an inventory.
    pub async fn latest(&self, event: &EventId) -> Result<Arc<Inventory>, Problem> {
        let current = self.current(event).await?.ok_or_else(|| Problem::not_found("event"))?;
        Ok(self.version(current.event_no, current.version).await?)
    }

    async fn current(&self, event: &EventId) -> Result<Option<Current>, Problem> {
        let pool = self.pool.clone();
        self.current
            .try_get_with(event.clone(), async move {
                let row = store::inventories::find(&mut *pool.acquire().await?, event).await?;
                Ok(row.map(|row| Current {
                    event_no: row.event_no,
                    version: row.version,
                    cancelled: row.status == "CANCELLED",
                }))
            })
            .await
            .map_err(|error: Arc<sqlx::Error>| Problem::from(store::again(&error)))
    }

    /// One version of an event's offer; it never changes.
    pub async fn version(&self, event_no: EventNo, version: i32) -> Result<Arc<Inventory>, sqlx::Error> {
        let pool = self.pool.clone();
        self.versions
            .try_get_with((event_no, version), async move {
                let mut conn = pool.acquire().await?;
                let offer = store::inventories::offer(&mut conn, event_no, version).await?;
                let offer = offer.ok_or_else(|| store::corrupt("booking.offers", "a version is missing"))?;
                let stocks = store::stock::of_event(&mut conn, event_no).await?;
                let known = stocks.into_iter().map(|(name, (number, _))| (name, number)).collect();
                drop(conn);
                prepare(event_no, offer, known).await
            })
            .await
            .map_err(|error: Arc<sqlx::Error>| store::again(&error))
    }

    /// Prepares what is on sale of an event, so that the first who asks need not wait for it.
    pub async fn warm(&self, event: &EventId) {
        if let Err(problem) = self.latest(event).await {
            tracing::warn!(%event, code = problem.code(), "the inventory is not in memory yet: its first hold loads it");
        }
    }

    /// The version of an event, if it is in memory.
    pub async fn in_memory(&self, event_no: EventNo, version: i32) -> Option<Arc<Inventory>> {
        self.versions.get(&(event_no, version)).await
    }

    /// A newer version went on sale, or the event was called off.
    pub async fn forget(&self, event: &EventId) {
        self.current.invalidate(event).await;
    }
}

fn weight(_: &(EventNo, i32), inventory: &Arc<Inventory>) -> u32 {
    u32::try_from(inventory.seat_count()).unwrap_or(0).saturating_add(1)
}

/// Reads an offer and prepares it, tens of milliseconds for an arena, on a thread that may block.
async fn prepare(
    event_no: EventNo,
    offer: String,
    known: BTreeMap<String, StockNo>,
) -> Result<Arc<Inventory>, sqlx::Error> {
    let prepared = tokio::task::spawn_blocking(move || {
        let offer =
            serde_json::from_str(&offer).map_err(|_| store::corrupt("booking.offers", "an offer is no offer"))?;
        Ok(Arc::new(Inventory::of(event_no, offer, &known)))
    });
    prepared.await.map_err(|_| sqlx::Error::WorkerCrashed)?
}
