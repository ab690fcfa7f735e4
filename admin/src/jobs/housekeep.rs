//! Forgets what is old.

use crate::state::State;
use onsale_platform::random::jittered;
use onsale_platform::shutdown::Shutdown;
use onsale_platform::{ServiceRole, inbox};
use std::time::Duration;

const EVERY: Duration = Duration::from_secs(600);
const ROWS_MAX: u32 = 5_000;
/// Longer than the bus keeps messages.
const INBOX_KEPT_DAYS: u16 = 30;

pub(super) async fn run(state: State, shutdown: Shutdown) {
    while shutdown.sleep(jittered(EVERY)).await {
        if let Err(error) = forget(&state).await {
            tracing::warn!(%error, "old rows could not be deleted");
        }
    }
}

/// Handled messages, and answers whose keys are good for 24 hours only (API.md, "Conventions").
async fn forget(state: &State) -> Result<(), sqlx::Error> {
    let mut conn = state.pool.acquire().await?;
    inbox::forget(&mut conn, ServiceRole::Admin, INBOX_KEPT_DAYS, ROWS_MAX).await?;
    sqlx::query!(
        "DELETE FROM admin.idempotency_keys WHERE ctid = ANY (ARRAY(
             SELECT ctid FROM admin.idempotency_keys WHERE created_at < now() - interval '24 hours' LIMIT $1))",
        i64::from(ROWS_MAX),
    )
    .execute(&mut *conn)
    .await?;
    Ok(())
}
