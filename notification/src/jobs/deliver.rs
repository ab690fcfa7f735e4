//! Sends webhooks their events: a task each while there is something to send, so that a slow one keeps nobody waiting.

use crate::service::deliver_events::{deliver_events, disable_overdue};
use crate::state::State;
use crate::store::webhooks;
use onsale_core::WebhookId;
use onsale_platform::random::jittered;
use onsale_platform::shutdown::Shutdown;
use std::collections::HashMap;
use std::time::{Duration, Instant};
use tokio::task::{Id, JoinSet};
use uuid::Uuid;

/// How often is looked for events that nobody announced: tries again, and what another process has queued.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How often is looked whether too much waits for one of them.
const CHECK_EVERY: Duration = Duration::from_secs(60);

pub(super) async fn run(state: State, shutdown: Shutdown) {
    let mut tasks = JoinSet::new();
    // One a webhook: there are few, so these are bounded.
    let mut busy: HashMap<Id, Uuid> = HashMap::new();
    let mut checked = Instant::now();
    while !shutdown.is_requested() {
        if checked.elapsed() > CHECK_EVERY {
            checked = Instant::now();
            if let Err(error) = disable_overdue(&state).await {
                tracing::warn!(%error, "it is not known for which webhooks too much waits");
            }
        }
        let waited_for: Vec<Uuid> = busy.values().copied().collect();
        match webhooks::with_due(&state.pool, &waited_for).await {
            Ok(due) => {
                for webhook in due {
                    let task = tasks.spawn(deliver(state.clone(), WebhookId(webhook)));
                    busy.insert(task.id(), webhook);
                }
            }
            Err(error) => tracing::warn!(%error, "due webhooks could not be read; it is tried again"),
        }
        tokio::select! {
            // Those in hand are sent again under the same ids when their lease ends.
            () = shutdown.requested() => return,
            Some(ended) = tasks.join_next_with_id() => {
                let id = ended.map_or_else(|error| error.id(), |(id, ())| id);
                busy.remove(&id);
            }
            () = state.queued.notified() => {}
            () = tokio::time::sleep(jittered(LOOK_EVERY)) => {}
        }
    }
}

async fn deliver(state: State, webhook: WebhookId) {
    if let Err(error) = deliver_events(&state, webhook).await {
        tracing::warn!(%webhook, %error, "what became of a webhook's events could not be saved; they are sent again");
    }
}
