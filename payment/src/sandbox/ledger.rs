//! Carries out calls in batches, each one transaction (group commit).

use super::book::{Answer, Book, Call};
use super::{session_store, store, webhooks};
use chrono::TimeDelta;
use onsale_platform::batch::Batcher;
use onsale_platform::clock::Clock;
use onsale_platform::shutdown::Shutdown;
use onsale_platform::{Platform, pg, random};
use sqlx::{Acquire, PgPool};
use std::sync::Arc;
use std::time::Duration;

const WAITING_MAX: usize = 4_096;
const BATCH_MAX: usize = 256;
/// A deadlock, or two processes with one key: the second try sees the other's answer.
const TRIES_MAX: u32 = 3;
/// As long as Stripe keeps keys at least.
const KEYS_KEPT_FOR: TimeDelta = TimeDelta::hours(24);
const FORGET_EVERY: Duration = Duration::from_secs(600);
const FORGET_MAX: i64 = 10_000;

/// The ledger could not be written; nothing is known to have happened.
#[derive(Debug, Clone, thiserror::Error)]
#[error("the sandbox's ledger: {0}")]
pub(super) struct LedgerError(String);

/// The way to the ledger. Cheap to clone.
#[derive(Clone)]
pub(super) struct Ledger {
    calls: Batcher<Call, Result<Answer, LedgerError>>,
}

struct Writer {
    pool: PgPool,
    clock: Clock,
    webhooks: Option<webhooks::Sender>,
    public_url: String,
}

impl Ledger {
    pub(super) fn start(
        platform: &Platform,
        pool: PgPool,
        webhooks: Option<webhooks::Sender>,
        public_url: String,
    ) -> Self {
        let writer = Arc::new(Writer { pool, clock: platform.clock.clone(), webhooks, public_url });
        let run = move |calls: Vec<Call>| {
            let writer = Arc::clone(&writer);
            async move { writer.run(&calls).await }
        };
        Self { calls: Batcher::start(&platform.shutdown, "sandbox-ledger", WAITING_MAX, BATCH_MAX, run) }
    }

    /// Carries out one call; its effect is durable when this returns.
    pub(super) async fn submit(&self, call: Call) -> Result<Answer, LedgerError> {
        self.calls.submit(call).await.map_err(|error| LedgerError(error.to_string()))?
    }
}

impl Writer {
    async fn run(&self, calls: &[Call]) -> Vec<Result<Answer, LedgerError>> {
        let mut tried = 1;
        loop {
            match self.write(calls).await {
                Ok(answers) => return answers.into_iter().map(Ok).collect(),
                Err(error) if tried < TRIES_MAX && !pg::is_unavailable(&error) => {
                    tokio::time::sleep(random::jittered(Duration::from_millis(10) * tried)).await;
                    tried += 1;
                }
                Err(error) => {
                    tracing::warn!(%error, calls = calls.len(), "the sandbox's ledger could not be written");
                    let error = LedgerError(error.to_string());
                    return calls.iter().map(|_| Err(error.clone())).collect();
                }
            }
        }
    }

    async fn write(&self, calls: &[Call]) -> Result<Vec<Answer>, sqlx::Error> {
        let keys: Vec<String> = calls.iter().filter_map(|call| call.key.clone()).collect();
        let mut ids: Vec<String> = calls.iter().filter_map(|call| call.act.intent_id()).map(str::to_owned).collect();
        let mut book = Book::new(self.clock.now(), &self.public_url);
        let mut conn = self.pool.acquire().await?;
        let mut tx = conn.begin().await?;
        let sessions: Vec<String> = calls.iter().filter_map(|call| call.act.session_id()).map(str::to_owned).collect();
        if !sessions.is_empty() {
            let found = session_store::lock(&mut tx, &sessions).await?;
            ids.extend(found.iter().map(|session| session.intent_id.clone()));
            book.sessions.extend(found.into_iter().map(|session| (session.id.clone(), session)));
        }
        if !ids.is_empty() {
            let found = store::lock_intents(&mut tx, &ids).await?;
            book.intents.extend(found.into_iter().map(|intent| (intent.id.clone(), intent)));
        }
        if !keys.is_empty() {
            book.keys.extend(store::kept_answers(&mut tx, &keys).await?);
        }
        let answers = calls.iter().map(|call| book.answer(call)).collect();
        store::write(&mut tx, &book).await?;
        tx.commit().await?;
        if let Some(webhooks) = &self.webhooks {
            for event in book.events {
                webhooks.send(event);
            }
        }
        Ok(answers)
    }
}

/// Forgets keys after 24 h, until shutdown.
pub(super) async fn forget_old_keys(pool: PgPool, shutdown: Shutdown) {
    while shutdown.sleep(FORGET_EVERY).await {
        let forgotten = async { store::forget_keys(&mut *pool.acquire().await?, KEYS_KEPT_FOR, FORGET_MAX).await };
        if let Err(error) = forgotten.await {
            tracing::warn!(%error, "the sandbox could not forget old keys");
        }
    }
}
