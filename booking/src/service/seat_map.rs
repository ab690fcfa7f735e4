//! The state of each event's seats as booking's memory shows it: for `/seats`, the live stream and
//! best available. A few hundred milliseconds old at most; the rows have the last word.

use crate::domain::life::Time;
use crate::domain::rows::{EventNo, Occupancy};
use crate::store;
use crate::store::counters::Counter;
use moka::future::Cache;
use sqlx::{Acquire, PgConnection, PgPool};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// How old a map may be before its counter is looked at again.
const MAX_AGE: Duration = Duration::from_millis(250);

/// An event's seats at one version.
#[derive(Debug)]
pub struct SeatMap {
    /// What the event's counter said.
    pub counter: Counter,
    /// Each seat in the plan's order, and when its hold ends.
    pub seats: Vec<(Occupancy, Time)>,
}

impl SeatMap {
    /// Whether a seat can be had at `now`.
    #[must_use]
    pub fn is_free(&self, seat: u32, now: Time) -> bool {
        match self.seats.get(seat as usize) {
            Some((Occupancy::Free, _)) => true,
            Some((Occupancy::Held, ends_at)) => *ends_at <= now,
            Some((Occupancy::Sold | Occupancy::Blocked, _)) | None => false,
        }
    }

    /// A digit a seat, as `/seats` shows them at `now`.
    #[must_use]
    pub fn digits(&self, now: Time) -> String {
        self.seats
            .iter()
            .map(|(state, ends_at)| match state {
                Occupancy::Held if *ends_at <= now => '0',
                Occupancy::Free => '0',
                Occupancy::Held => '1',
                Occupancy::Sold => '2',
                Occupancy::Blocked => '3',
            })
            .collect()
    }
}

/// The maps of all events that somebody looks at. Cheap to clone.
#[derive(Clone)]
pub struct SeatMaps {
    pool: PgPool,
    fresh: Cache<EventNo, Arc<SeatMap>>,
    last: Cache<EventNo, Arc<SeatMap>>,
}

impl SeatMaps {
    /// Nothing is in memory yet.
    #[must_use]
    pub fn new(pool: PgPool) -> Self {
        Self {
            pool,
            fresh: Cache::builder().max_capacity(1_000).time_to_live(MAX_AGE).build(),
            last: Cache::builder().max_capacity(200).time_to_idle(Duration::from_secs(60)).build(),
        }
    }

    /// An event's seats: at most 250 ms old, read once for all who ask at the same time.
    pub async fn of(&self, event: EventNo) -> Result<Arc<SeatMap>, sqlx::Error> {
        self.fresh.try_get_with(event, self.read(event)).await.map_err(|error| store::again(&error))
    }

    /// The seats of several events as they are now: one question for all, and one more for each that changed.
    pub async fn of_all(&self, events: &[EventNo]) -> Result<BTreeMap<EventNo, Arc<SeatMap>>, sqlx::Error> {
        let mut conn = self.pool.acquire().await?;
        let counters = store::counters::of_events(&mut conn, events).await?;
        let mut maps = BTreeMap::new();
        for (event, counter) in counters {
            let map = self.at(&mut conn, event, counter.version).await?;
            self.fresh.insert(event, Arc::clone(&map)).await;
            maps.insert(event, map);
        }
        Ok(maps)
    }

    async fn read(&self, event: EventNo) -> Result<Arc<SeatMap>, sqlx::Error> {
        let mut conn = self.pool.acquire().await?;
        let counter = store::counters::of_event(&mut conn, event).await?.ok_or_else(no_row)?;
        self.at(&mut conn, event, counter.version).await
    }

    /// The seats at this version or a newer one.
    async fn at(&self, conn: &mut PgConnection, event: EventNo, version: i64) -> Result<Arc<SeatMap>, sqlx::Error> {
        if let Some(last) = self.last.get(&event).await.filter(|last| last.counter.version == version) {
            return Ok(last);
        }
        // One view of both tables: a version says what the seats are, whichever process tells it.
        let mut look = conn.begin().await?;
        sqlx::query("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY").execute(&mut *look).await?;
        let counter = store::counters::of_event(&mut look, event).await?.ok_or_else(no_row)?;
        let seats = store::seats::states(&mut look, event).await?;
        look.commit().await?;
        let map = Arc::new(SeatMap { counter, seats });
        self.last.insert(event, Arc::clone(&map)).await;
        Ok(map)
    }
}

fn no_row() -> sqlx::Error {
    store::corrupt("booking.counters", "an event has no row")
}
