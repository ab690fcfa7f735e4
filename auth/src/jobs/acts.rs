//! Chains auth's own acts.

use crate::service::keep_audit;
use crate::state::State;
use onsale_platform::ServiceRole;
use onsale_platform::audit::{self, BATCH_MAX};
use onsale_platform::random::jittered;
use std::time::Duration;

const EVERY: Duration = Duration::from_secs(1);

/// Chains what there is, again and again until shutdown.
pub(super) async fn seal(state: State) {
    let help = "Entries of the audit log's chain, as this process sealed them last.";
    metrics::describe_gauge!("onsale_audit_entries", help);
    let mut failing = false;
    while state.shutdown.sleep(jittered(EVERY)).await {
        let outcome = seal_once(&state).await;
        if let Err(error) = &outcome
            && !failing
        {
            tracing::warn!(%error, "what staff did waits for the audit log");
        }
        failing = outcome.is_err();
    }
}

async fn seal_once(state: &State) -> Result<(), sqlx::Error> {
    loop {
        let after = keep_audit::seal(&state.pool, &state.chain_key, ServiceRole::Auth, Vec::new()).await?;
        let acts = audit::read(&mut *state.pool.acquire().await?, ServiceRole::Auth, after, BATCH_MAX).await?;
        let is_full = acts.len() == BATCH_MAX;
        if !acts.is_empty() {
            keep_audit::seal(&state.pool, &state.chain_key, ServiceRole::Auth, acts).await?;
        }
        if !is_full {
            return Ok(());
        }
    }
}
