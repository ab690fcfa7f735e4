//! How far a relay is behind, as metrics.

use super::pending;
use crate::ServiceRole;
use crate::shutdown::Shutdown;
use sqlx::{AssertSqlSafe, PgPool};
use std::time::Duration;

const EVERY: Duration = Duration::from_secs(5);
/// Counting stops here: beyond it the figure only says "far behind".
const COUNTED_MAX: i64 = 100_000;

pub(super) async fn measure(pool: PgPool, role: ServiceRole, shutdown: Shutdown) {
    metrics::counter!("onsale_relay_events_total", "service" => role.as_str()).absolute(0);
    metrics::counter!("onsale_relay_errors_total", "service" => role.as_str()).absolute(0);
    while shutdown.sleep(EVERY).await {
        match lag(&pool, role).await {
            Ok((events, age_s)) => {
                metrics::gauge!("onsale_outbox_lag_events", "service" => role.as_str())
                    .set(u32::try_from(events).map_or(f64::MAX, f64::from));
                metrics::gauge!("onsale_outbox_age_seconds", "service" => role.as_str()).set(age_s);
            }
            Err(error) => tracing::debug!(service = %role, %error, "the outbox's lag could not be measured"),
        }
    }
}

/// How many events wait, up to [`COUNTED_MAX`], and the age in seconds of the oldest.
async fn lag(pool: &PgPool, role: ServiceRole) -> Result<(i64, f64), sqlx::Error> {
    let sql = format!(
        "SELECT count(*), coalesce(extract(epoch FROM clock_timestamp() - min(occurred_at)), 0)::float8
         FROM (SELECT e.occurred_at FROM {role}.events e WHERE {} AND e.topic IS NOT NULL
               ORDER BY e.xid, e.position LIMIT {COUNTED_MAX}) waiting",
        pending(role)
    );
    sqlx::query_as(AssertSqlSafe(sql)).fetch_one(pool).await
}
