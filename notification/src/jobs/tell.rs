//! Tells booking what has gone out.

use crate::service::tell_booking::tell_booking;
use crate::state::State;
use onsale_platform::random::jittered;
use onsale_platform::shutdown::Shutdown;
use std::time::Duration;

/// How often is looked for orders that nobody announced: tries again, and what another process has sent.
const LOOK_EVERY: Duration = Duration::from_secs(5);

pub(super) async fn run(state: State, shutdown: Shutdown) {
    while !shutdown.is_requested() {
        match tell_booking(&state).await {
            Ok(true) => continue,
            Ok(false) => {}
            Err(error) => tracing::warn!(%error, "delivered orders could not be read or saved; it is tried again"),
        }
        tokio::select! {
            () = shutdown.requested() => return,
            () = state.untold.notified() => {}
            () = tokio::time::sleep(jittered(LOOK_EVERY)) => {}
        }
    }
}
