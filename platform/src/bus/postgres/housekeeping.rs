//! Retention: old messages go, whether read or not, in chunks that disturb nobody.

use crate::random::jittered;
use crate::shutdown::Shutdown;
use sqlx::PgPool;
use sqlx::postgres::types::PgInterval;
use std::time::Duration;

const EVERY: Duration = Duration::from_secs(60);
const ROWS_MAX: i32 = 5_000;

pub(super) async fn forget_old(pool: PgPool, keep: Duration, shutdown: Shutdown) {
    let mut pause = EVERY;
    while shutdown.sleep(jittered(pause)).await {
        pause = match forget_chunk(&pool, keep).await {
            // There is more: go on soon, but leave the database room for others.
            Ok(gone) if gone >= i64::from(ROWS_MAX) => Duration::from_secs(1),
            Ok(_) => EVERY,
            Err(error) => {
                tracing::warn!(%error, "old messages of the bus could not be deleted");
                EVERY
            }
        };
    }
}

/// Deletes at most [`ROWS_MAX`] messages older than `keep`, never any of the last day; says how many.
async fn forget_chunk(pool: &PgPool, keep: Duration) -> Result<i64, sqlx::Error> {
    let microseconds = i64::try_from(keep.as_micros()).unwrap_or(i64::MAX);
    let keep = PgInterval { months: 0, days: 0, microseconds };
    sqlx::query_scalar!(r#"SELECT bus.forget($1, $2) AS "gone!""#, keep, ROWS_MAX).fetch_one(pool).await
}
