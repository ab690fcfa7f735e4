//! Waking readers: one connection a process listens for all of them.

use crate::shutdown::Shutdown;
use sqlx::PgPool;
use sqlx::postgres::PgListener;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::broadcast;

/// The channel on which publishers name the topics they wrote to.
pub(super) const CHANNEL: &str = "onsale_bus";

/// Tells readers which topics have new messages.
#[derive(Clone)]
pub(super) struct Wake(broadcast::Sender<Arc<str>>);

impl Default for Wake {
    fn default() -> Self {
        // A reader that falls behind is told so, and reads.
        Self(broadcast::channel(64).0)
    }
}

impl Wake {
    pub(super) fn subscribe(&self) -> broadcast::Receiver<Arc<str>> {
        self.0.subscribe()
    }
}

/// Listens until shutdown. What is missed while the connection is away is found by the readers' own poll.
pub(super) async fn listen(pool: PgPool, wake: Wake, shutdown: Shutdown) {
    while !shutdown.is_requested() {
        let ended = tokio::select! {
            () = shutdown.requested() => return,
            ended = listen_once(&pool, &wake) => ended,
        };
        tracing::debug!(error = %ended, "listening to the bus was interrupted");
        if !shutdown.sleep(crate::random::jittered(Duration::from_secs(1))).await {
            return;
        }
    }
}

async fn listen_once(pool: &PgPool, wake: &Wake) -> sqlx::Error {
    let listening = async {
        let mut listener = PgListener::connect_with(pool).await?;
        listener.listen(CHANNEL).await?;
        Ok::<_, sqlx::Error>(listener)
    };
    let mut listener = match listening.await {
        Ok(listener) => listener,
        Err(error) => return error,
    };
    loop {
        match listener.recv().await {
            // Nobody may be reading.
            Ok(notification) => drop(wake.0.send(notification.payload().into())),
            Err(error) => return error,
        }
    }
}
