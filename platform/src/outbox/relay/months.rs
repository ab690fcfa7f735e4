//! The months to come of an event store, made ahead of time.

use crate::ServiceRole;
use crate::random::jittered;
use crate::shutdown::Shutdown;
use sqlx::{AssertSqlSafe, PgPool};
use std::time::Duration;

/// `onsale migrate` has just made them, as a rule.
const FIRST_AFTER: Duration = Duration::from_secs(60);
const EVERY: Duration = Duration::from_secs(6 * 3600);
/// Months beyond this one: there is time to notice that none can be made.
const AHEAD: i32 = 2;

/// Makes months until shutdown. Events of a month that is not there lie with those of none, and are found as well.
pub(super) async fn make(pool: PgPool, role: ServiceRole, shutdown: Shutdown) {
    let mut pause = FIRST_AFTER;
    while shutdown.sleep(jittered(pause)).await {
        pause = EVERY;
        let sql = format!("SELECT {role}.make_event_months($1)");
        let made = sqlx::query_scalar::<_, i32>(AssertSqlSafe(sql)).bind(AHEAD).fetch_one(&pool).await;
        match made {
            Ok(0) => {}
            Ok(made) => tracing::info!(service = %role, made, "the event store has further months"),
            Err(error) => {
                tracing::warn!(service = %role, %error, "the next months of the event store could not be made: `onsale migrate` makes them");
            }
        }
    }
}
