//! Keeps the signing keys in memory fresh.

use crate::state::State;
use std::time::Duration;

/// Far shorter than a new key is published before it signs.
const EVERY: Duration = Duration::from_secs(5);

/// Reads the keys again and again until shutdown. When that fails the known ones stay in use.
pub(super) async fn keep_fresh(state: State) {
    while state.shutdown.sleep(EVERY).await {
        let outcome = match state.pool.acquire().await {
            Ok(mut conn) => state.keyring.reload(&mut conn).await.map_err(|error| error.to_string()),
            Err(error) => Err(error.to_string()),
        };
        if let Err(error) = outcome {
            tracing::warn!(error, "the signing keys could not be read again; known ones stay in use");
        }
    }
}
