//! Sends mails as they become due.

use crate::service::send_mails::send_mails;
use crate::smtp::Smtp;
use crate::state::State;
use onsale_platform::random::jittered;
use onsale_platform::shutdown::Shutdown;
use std::time::Duration;

/// How often is looked for mails that nobody announced: tries again, and what another process wrote.
const LOOK_EVERY: Duration = Duration::from_secs(5);

pub(super) async fn run(state: State, smtp: Smtp, shutdown: Shutdown) {
    while !shutdown.is_requested() {
        match send_mails(&state, &smtp).await {
            Ok(true) => continue,
            Ok(false) => {}
            Err(error) => tracing::warn!(%error, "due mails could not be read or saved; it is tried again"),
        }
        tokio::select! {
            () = shutdown.requested() => return,
            () = state.due.notified() => {}
            () = tokio::time::sleep(jittered(LOOK_EVERY)) => {}
        }
    }
}
