//! Forgets what is over.

use crate::state::State;
use crate::store::{attempts, revocations, sessions, signing_keys, single_use_tokens};
use chrono::TimeDelta;
use onsale_platform::random::jittered;
use std::time::Duration;

const EVERY: Duration = Duration::from_secs(60);
/// Ended sessions and keys are kept a while, for questions about what happened.
const KEPT: TimeDelta = TimeDelta::days(30);

/// Forgets, a bounded batch of each kind a minute, until shutdown.
pub(super) async fn run(state: State) {
    while state.shutdown.sleep(jittered(EVERY)).await {
        if let Err(error) = sweep(&state).await {
            tracing::warn!(%error, "what is over could not be forgotten; it is tried again in a minute");
        }
    }
}

async fn sweep(state: &State) -> Result<(), sqlx::Error> {
    let now = state.clock.now();
    let mut conn = state.pool.acquire().await?;
    attempts::forget(&mut conn, now - attempts::WINDOW).await?;
    revocations::forget(&mut conn, now).await?;
    single_use_tokens::forget(&mut conn, now).await?;
    sessions::forget(&mut conn, now - KEPT).await?;
    signing_keys::forget(&mut conn, now - KEPT).await?;
    Ok(())
}
