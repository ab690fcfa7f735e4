//! Wakes those who wait for revocations or other settings, whichever process made them.

use crate::error::AuthError;
use crate::service::change_settings;
use crate::state::State;
use crate::store::revocations::{self, CHANNEL};
use onsale_core::api::internal::{Revocations, RevokedSubject};
use onsale_core::api::settings::SettingsVersion;
use onsale_platform::random::jittered;
use sqlx::postgres::PgListener;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant;

/// A question is kept open for so long at most.
const WAIT_MAX: Duration = Duration::from_secs(5);
const RECONNECT: Duration = Duration::from_secs(1);

/// Tells that there may be something new.
pub(crate) struct Feed(watch::Sender<u64>);

impl Default for Feed {
    fn default() -> Self {
        Self(watch::Sender::new(0))
    }
}

impl Feed {
    /// There may be something new.
    pub(crate) fn bump(&self) {
        self.0.send_modify(|count| *count = count.wrapping_add(1));
    }
}

/// The revocations after a cursor; where there are none, the answer waits for the next one.
pub(crate) async fn after(state: &State, cursor: i64, wait: Duration) -> Result<Revocations, AuthError> {
    let mut changed = state.feed.0.subscribe();
    let deadline = Instant::now() + wait.min(WAIT_MAX);
    loop {
        // Read also at the end when nobody woke us: the listener may be away.
        let page = read(state, cursor).await?;
        if !page.entries.is_empty() || Instant::now() >= deadline || state.shutdown.is_requested() {
            return Ok(page);
        }
        // Who wakes us may have found nothing new, as a listener that came back.
        tokio::select! {
            _woken = tokio::time::timeout_at(deadline, changed.changed()) => {}
            () = state.shutdown.requested() => {}
        }
    }
}

/// The settings in force; where they are of this version, the answer waits for the next one.
pub(crate) async fn settings_after(state: &State, known: i64, wait: Duration) -> Result<SettingsVersion, AuthError> {
    let mut changed = state.feed.0.subscribe();
    let deadline = Instant::now() + wait.min(WAIT_MAX);
    loop {
        let current = change_settings::current(state).await?;
        if current.version > known || Instant::now() >= deadline || state.shutdown.is_requested() {
            return Ok(current);
        }
        tokio::select! {
            _woken = tokio::time::timeout_at(deadline, changed.changed()) => {}
            () = state.shutdown.requested() => {}
        }
    }
}

async fn read(state: &State, cursor: i64) -> Result<Revocations, AuthError> {
    let mut conn = state.pool.acquire().await?;
    let page = revocations::after(&mut conn, cursor, state.clock.now()).await?;
    if page.entries.iter().any(|entry| matches!(entry.subject, RevokedSubject::SigningKey(_))) {
        // Whoever reads this fetches the key set next: the new key must be in it.
        state.keyring.reload(&mut conn).await?;
    }
    Ok(page)
}

/// Listens to PostgreSQL until shutdown.
pub(super) async fn listen(state: State) {
    while !state.shutdown.is_requested() {
        let outcome = tokio::select! {
            outcome = listen_once(&state) => outcome,
            () = state.shutdown.requested() => return,
        };
        if let Err(error) = outcome {
            tracing::warn!(%error, "revocations are not listened to; followers still ask every second");
        }
        if !state.shutdown.sleep(jittered(RECONNECT)).await {
            return;
        }
    }
}

async fn listen_once(state: &State) -> Result<(), sqlx::Error> {
    let mut listener = PgListener::connect_with(&state.pool).await?;
    listener.listen(CHANNEL).await?;
    loop {
        // What was told while nobody listened is found by asking.
        state.feed.bump();
        let _told = listener.recv().await?;
    }
}
