//! Idempotency keys: those whose first request is still running in this process, and those answered before.

use crate::state::State;
use crate::store;
use onsale_platform::idempotency::{ScopedKey, Stored};
use onsale_platform::problem::Problem;
use parking_lot::Mutex;
use std::collections::HashSet;
use std::sync::Arc;

/// The running keys. Cheap to clone. A key that runs in another process meets the same key's
/// advisory lock in its transaction instead, and finds the stored answer there.
#[derive(Clone, Default)]
pub struct InFlight(Arc<Mutex<HashSet<i64>>>);

/// A key is running until this is dropped.
pub struct Running {
    keys: InFlight,
    lock: i64,
}

impl InFlight {
    /// Says that a request with this key runs from now on; 409 `in_progress` when one does already.
    pub fn begin(&self, key: Option<&ScopedKey>) -> Result<Option<Running>, Problem> {
        let Some(key) = key else { return Ok(None) };
        let lock = key.lock();
        if !self.0.lock().insert(lock) {
            let detail = "The first request with this Idempotency-Key is still running.";
            return Err(Problem::conflict("in_progress", detail));
        }
        Ok(Some(Running { keys: self.clone(), lock }))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.keys.0.lock().remove(&self.lock);
    }
}

/// The answer that a key has already; 422 when it was for another body.
pub(crate) async fn stored_answer(state: &State, key: Option<&ScopedKey>) -> Result<Option<Stored>, Problem> {
    let Some(key) = key else { return Ok(None) };
    let found = store::idempotency::find(&mut *state.pool.acquire().await?, &[key]).await?;
    found.into_iter().next().flatten().map(|stored| key.compare(stored)).transpose()
}
