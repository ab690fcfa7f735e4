//! One call at a time for each payment in this process, so that the same request many times over
//! asks the provider once. Between processes the provider's idempotency keys do the same.

use onsale_core::PaymentId;
use parking_lot::Mutex;
use std::collections::HashMap;
use std::sync::Arc;
use tokio::sync::OwnedMutexGuard;

type Queues = Arc<Mutex<HashMap<PaymentId, Arc<tokio::sync::Mutex<()>>>>>;

/// Who works on which payment. Cheap to clone.
#[derive(Clone, Default)]
pub(crate) struct Turns {
    queues: Queues,
}

/// The right to work on a payment, until it is dropped.
pub(crate) struct Turn {
    queues: Queues,
    id: PaymentId,
    guard: Option<OwnedMutexGuard<()>>,
    /// Whether another was working on it first.
    pub(crate) waited: bool,
}

impl Turns {
    /// Waits until nobody else works on this payment.
    pub(crate) async fn take(&self, id: PaymentId) -> Turn {
        let queue = Arc::clone(self.queues.lock().entry(id).or_default());
        // Made before the wait, so that a caller who leaves while waiting cleans up as well.
        let mut turn = Turn { queues: Arc::clone(&self.queues), id, guard: None, waited: false };
        turn.guard = Arc::clone(&queue).try_lock_owned().ok();
        if turn.guard.is_none() {
            turn.waited = true;
            turn.guard = Some(queue.lock_owned().await);
        }
        turn
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut queues = self.queues.lock();
        self.guard = None;
        if queues.get(&self.id).is_some_and(|queue| Arc::strong_count(queue) == 1) {
            queues.remove(&self.id);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[tokio::test]
    async fn one_at_a_time_and_nothing_stays_behind() {
        let turns = Turns::default();
        let id = PaymentId(Uuid::from_u128(1));
        let first = turns.take(id).await;
        assert!(!first.waited);
        let second = tokio::spawn({
            let turns = turns.clone();
            async move { turns.take(id).await.waited }
        });
        let left = tokio::time::timeout(std::time::Duration::from_millis(20), turns.take(id)).await;
        assert!(left.is_err(), "the first still has its turn");
        drop(first);
        assert!(second.await.expect("it ran"));
        assert!(turns.queues.lock().is_empty());
    }
}
