//! Forgets what is old.

use crate::state::State;
use crate::store::{deliveries, mails, webhooks};
use onsale_platform::random::jittered;
use onsale_platform::shutdown::Shutdown;
use onsale_platform::{ServiceRole, inbox};
use std::time::Duration;

const EVERY: Duration = Duration::from_secs(600);
const ROWS_MAX: u32 = 5_000;
/// How long it is known to whom what was sent.
const MAILS_KEPT_DAYS: i32 = 90;
/// How long the logs of webhooks reach back.
const DELIVERIES_KEPT_DAYS: i32 = 30;
/// Longer than the bus keeps messages.
const INBOX_KEPT_DAYS: u16 = 30;

pub(super) async fn run(state: State, shutdown: Shutdown) {
    while shutdown.sleep(jittered(EVERY)).await {
        if let Err(error) = forget(&state).await {
            tracing::warn!(%error, "old rows could not be deleted");
        }
    }
}

async fn forget(state: &State) -> Result<(), sqlx::Error> {
    deliveries::forget(&state.pool, DELIVERIES_KEPT_DAYS, i64::from(ROWS_MAX)).await?;
    webhooks::forget(&state.pool).await?;
    mails::forget(&state.pool, MAILS_KEPT_DAYS, i64::from(ROWS_MAX)).await?;
    let mut conn = state.pool.acquire().await?;
    inbox::forget(&mut conn, ServiceRole::Notification, INBOX_KEPT_DAYS, ROWS_MAX).await?;
    Ok(())
}
