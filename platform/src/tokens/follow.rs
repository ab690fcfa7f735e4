//! Keeps a process's keys and revocations fresh, by asking auth again and again.

use super::verifier::TokenVerifier;
use crate::ServiceRole;
use crate::random::jittered;
use crate::shutdown::Shutdown;
use crate::upstream::CallError;
use chrono::{DateTime, TimeDelta, Utc};
use onsale_core::api::internal::{Revocations, RevokedSubject};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

/// How long auth may keep a question open until something is revoked. With the way there and a
/// failed try it stays below the 2 s within which a revocation holds everywhere.
const WAIT: Duration = Duration::from_secs(1);
/// The key set is fetched anew this often; auth publishes new keys for longer before it signs with them.
const KEYS_EVERY: TimeDelta = TimeDelta::seconds(20);
/// The rest after a question that failed, or that was answered by nothing at once.
const REST: Duration = Duration::from_millis(250);
/// How often the metrics learn how old the revocations are.
const REPORTED_EVERY: Duration = Duration::from_secs(1);
/// What was read.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct News {
    entries: usize,
    /// Whether a signing key was among what was revoked.
    keys_changed: bool,
}

/// As many pages of revocations are read in a row at most.
const PAGES_MAX: usize = 1_000;

impl TokenVerifier {
    /// Follows auth until shutdown: revocations by long polling, the key set every 20 s.
    pub async fn follow(self: Arc<Self>, shutdown: Shutdown) {
        tokio::select! {
            () = self.ask_again_and_again(&shutdown) => {}
            () = self.report_age() => {}
        }
    }

    /// Tells the metrics how old the revocations are, also while a question to auth hangs.
    async fn report_age(&self) {
        let help = "Time since the set of revoked tokens was last known to be complete.";
        metrics::describe_gauge!("onsale_revocations_age_seconds", help);
        loop {
            let age = self.revocations_complete_at.lock().elapsed();
            metrics::gauge!("onsale_revocations_age_seconds").set(age.as_secs_f64());
            tokio::time::sleep(REPORTED_EVERY).await;
        }
    }

    async fn ask_again_and_again(&self, shutdown: &Shutdown) {
        let mut keys_fetched: Option<DateTime<Utc>> = None;
        let mut reachable = true;
        while !shutdown.is_requested() {
            let started = Instant::now();
            let round = async {
                let now = self.clock.now();
                if keys_fetched.is_none_or(|at| now - at >= KEYS_EVERY) {
                    self.fetch_keys().await?;
                    keys_fetched = Some(now);
                }
                let news = self.read_revocations(WAIT).await?;
                // A signing key that was revoked has a successor that nobody knows yet.
                if news.keys_changed {
                    keys_fetched = None;
                }
                Ok::<_, CallError>(news.entries)
            };
            let outcome = tokio::select! {
                outcome = round => outcome,
                () = shutdown.requested() => return,
            };
            match &outcome {
                Ok(_) if !reachable => tracing::info!("auth is reachable again: revocations are followed"),
                Err(error) if reachable => tracing::warn!(%error, "auth is not reachable: known keys stay in use"),
                _ => {}
            }
            reachable = outcome.is_ok();
            let idle = outcome.map_or(true, |entries| entries == 0 && started.elapsed() < REST);
            if idle && !shutdown.sleep(jittered(REST)).await {
                return;
            }
        }
    }

    /// Reads all revocations after the ones that are known.
    pub(super) async fn read_revocations(&self, wait: Duration) -> Result<News, CallError> {
        let mut news = News::default();
        let Some(upstreams) = &self.upstreams else { return Ok(news) };
        let auth = upstreams.to(ServiceRole::Auth);
        let mut wait = wait;
        for _ in 0..PAGES_MAX {
            let after = self.cursor.load(Ordering::Acquire).max(0);
            let path = format!("/internal/revocations?after={after}&waitMs={}", wait.as_millis());
            let page: Revocations = auth.get(&path).await?;
            self.revoke(&page.entries);
            self.cursor.fetch_max(page.cursor, Ordering::AcqRel);
            if page.entries.is_empty() {
                *self.revocations_complete_at.lock() = tokio::time::Instant::now();
                break;
            }
            news.entries += page.entries.len();
            news.keys_changed |=
                page.entries.iter().any(|entry| matches!(entry.subject, RevokedSubject::SigningKey(_)));
            wait = Duration::ZERO;
        }
        Ok(news)
    }
}
