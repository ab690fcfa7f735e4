//! A process's clock: PostgreSQL's time plus the process's own monotonic time, measured every 5 s.
//! The machine's own wall clock, which may be off by minutes, is never asked.

use crate::shutdown::Shutdown;
use chrono::{DateTime, TimeDelta, Utc};
use sqlx::PgPool;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

const MEASURED_EVERY: Duration = Duration::from_secs(5);

/// Tells the time. Cheap to clone; all clones tell the same.
#[derive(Clone)]
pub struct Clock(Arc<Source>);

enum Source {
    /// Micros since 1970 at the moment when the monotonic clock stood at `origin`.
    Measured { origin: Instant, offset_us: AtomicI64 },
    /// Micros since 1970; moves only when told.
    Manual { now_us: AtomicI64 },
}

impl Clock {
    /// Measures PostgreSQL's time once.
    pub async fn measured(pool: &PgPool) -> Result<Self, sqlx::Error> {
        let origin = Instant::now();
        let clock = Self(Arc::new(Source::Measured { origin, offset_us: AtomicI64::new(0) }));
        clock.measure(pool).await?;
        Ok(clock)
    }

    /// A clock that stands still until [`Clock::advance`], for tests.
    #[must_use]
    pub fn manual(now: DateTime<Utc>) -> Self {
        Self(Arc::new(Source::Manual { now_us: AtomicI64::new(now.timestamp_micros()) }))
    }

    /// The time now.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        let micros = match &*self.0 {
            Source::Measured { origin, offset_us } => {
                let elapsed = i64::try_from(origin.elapsed().as_micros()).unwrap_or(i64::MAX);
                offset_us.load(Ordering::Relaxed).saturating_add(elapsed)
            }
            Source::Manual { now_us } => now_us.load(Ordering::Relaxed),
        };
        DateTime::from_timestamp_micros(micros).unwrap_or(DateTime::<Utc>::MAX_UTC)
    }

    /// Moves a manual clock; a measured one does not listen.
    pub fn advance(&self, by: TimeDelta) {
        if let Source::Manual { now_us } = &*self.0 {
            now_us.fetch_add(by.num_microseconds().unwrap_or(0), Ordering::Relaxed);
        }
    }

    /// Measures again every 5 s until shutdown. A measurement that fails changes nothing.
    pub async fn keep_measuring(self, pool: PgPool, shutdown: Shutdown) {
        while shutdown.sleep(MEASURED_EVERY).await {
            if let Err(error) = self.measure(&pool).await {
                tracing::debug!(%error, "could not ask PostgreSQL for the time; the clock runs on by itself");
            }
        }
    }

    async fn measure(&self, pool: &PgPool) -> Result<(), sqlx::Error> {
        let Source::Measured { origin, offset_us } = &*self.0 else { return Ok(()) };
        let asked = origin.elapsed();
        let now: DateTime<Utc> = sqlx::query_scalar("SELECT clock_timestamp()").fetch_one(pool).await?;
        let answered = origin.elapsed();
        // The answer was made about half-way between question and answer.
        let midpoint = (asked + answered) / 2;
        let midpoint_us = i64::try_from(midpoint.as_micros()).unwrap_or(i64::MAX);
        offset_us.store(now.timestamp_micros() - midpoint_us, Ordering::Relaxed);
        Ok(())
    }
}
