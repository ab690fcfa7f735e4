//! Stops softly, then hard: everybody is told, those who work are waited for, but not for ever.

use std::future::Future;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Says when to stop, and knows who has not yet. Cheap to clone.
#[derive(Clone, Default)]
pub struct Shutdown {
    token: CancellationToken,
    tasks: TaskTracker,
}

impl Shutdown {
    /// Nobody has been told yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Starts a background task that shutdown waits for. It must end soon after [`Shutdown::requested`].
    pub fn spawn<F>(&self, name: &'static str, task: F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        use tracing::Instrument;
        self.tasks.spawn(task.instrument(tracing::info_span!("task", name)));
    }

    /// Tells everybody to stop.
    pub fn request(&self) {
        self.token.cancel();
    }

    /// Whether everybody was told to stop.
    #[must_use]
    pub fn is_requested(&self) -> bool {
        self.token.is_cancelled()
    }

    /// Resolves when everybody is told to stop.
    pub async fn requested(&self) {
        self.token.cancelled().await;
    }

    /// Sleeps; `false` when it was cut short because it is time to stop.
    pub async fn sleep(&self, time: Duration) -> bool {
        tokio::select! {
            () = self.token.cancelled() => false,
            () = tokio::time::sleep(time) => true,
        }
    }

    /// Waits until all tasks have ended; `false` when some have not by `limit`.
    pub async fn wait(&self, limit: Duration) -> bool {
        self.tasks.close();
        tokio::time::timeout(limit, self.tasks.wait()).await.is_ok()
    }
}
