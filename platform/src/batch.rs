//! Group commit: a batch is what gathered while the last one ran. An idle queue runs at once; no timer.

use crate::shutdown::Shutdown;
use futures::FutureExt;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use tokio::sync::{mpsc, oneshot};

/// A command was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SubmitError {
    /// So many wait already that this one is better told at once.
    #[error("the queue is full")]
    Full,
    /// The process is stopping, or the batch died with the command in it: the outcome is unknown.
    #[error("the queue is closed")]
    Closed,
}

/// The way into a queue whose commands are run in batches. Cheap to clone.
pub struct Batcher<C, R> {
    queue: mpsc::Sender<(C, oneshot::Sender<R>)>,
}

impl<C, R> Clone for Batcher<C, R> {
    fn clone(&self) -> Self {
        Self { queue: self.queue.clone() }
    }
}

impl<C, R> Batcher<C, R>
where
    C: Send + 'static,
    R: Send + 'static,
{
    /// Starts a queue of at most `waiting_max` commands. `run` gets 1 to `batch_max` commands in
    /// their order of arrival and gives as many answers in the same order.
    pub fn start<F, Fut>(
        shutdown: &Shutdown,
        name: &'static str,
        waiting_max: usize,
        batch_max: usize,
        mut run: F,
    ) -> Self
    where
        F: FnMut(Vec<C>) -> Fut + Send + 'static,
        Fut: Future<Output = Vec<R>> + Send,
    {
        let (queue, mut arrivals) = mpsc::channel::<(C, oneshot::Sender<R>)>(waiting_max);
        let stop = shutdown.clone();
        shutdown.spawn(name, async move {
            let mut gathered = Vec::with_capacity(batch_max);
            loop {
                tokio::select! {
                    biased;
                    count = arrivals.recv_many(&mut gathered, batch_max) => if count == 0 { break },
                    () = stop.requested() => arrivals.close(),
                }
                if gathered.is_empty() {
                    continue;
                }
                metrics::histogram!("onsale_batch_size", "queue" => name)
                    .record(u32::try_from(gathered.len()).unwrap_or(u32::MAX));
                let (commands, answers): (Vec<C>, Vec<_>) = gathered.drain(..).unzip();
                // A batch that panics takes its own commands along, never the queue.
                let Ok(results) = AssertUnwindSafe(run(commands)).catch_unwind().await else {
                    tracing::error!(queue = name, "a batch panicked; the outcome of its commands is unknown");
                    continue;
                };
                debug_assert_eq!(results.len(), answers.len(), "a batch answers each of its commands");
                for (answer, result) in answers.into_iter().zip(results) {
                    // Whoever asked may have gone; what was done stays done.
                    let _gone = answer.send(result);
                }
            }
        });
        Self { queue }
    }

    /// Runs one command in some batch and waits for its answer.
    pub async fn submit(&self, command: C) -> Result<R, SubmitError> {
        let (answer, result) = oneshot::channel();
        self.queue.try_send((command, answer)).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => SubmitError::Full,
            mpsc::error::TrySendError::Closed(_) => SubmitError::Closed,
        })?;
        result.await.map_err(|_| SubmitError::Closed)
    }
}
