//! What everybody sees of a line, as it changes: written once for all who watch in this process.

use crate::memory::Line;
use crate::service::tell_status;
use crate::state::State;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures::Stream;
use onsale_core::EventId;
use onsale_platform::problem::Problem;
use onsale_platform::shutdown::Shutdown;
use parking_lot::Mutex;
use std::collections::HashMap;
use std::convert::Infallible;
use std::time::Duration;
use tokio::sync::watch;

/// With so many watchers a second more lies between two messages, up to [`INTERVAL_MAX`].
const WATCHERS_A_SECOND: u32 = 2_500;
const INTERVAL_MIN: Duration = Duration::from_secs(1);
const INTERVAL_MAX: Duration = Duration::from_secs(5);
/// A message comes so often even when nothing changed: who hears nothing for long connects again.
const QUIET_MAX: Duration = Duration::from_secs(15);

/// The lines that are watched in this process.
#[derive(Default)]
pub(crate) struct Watched(Mutex<HashMap<EventId, watch::Sender<Bytes>>>);

/// The messages of a line, from how it stands now on, until the process stops.
pub(crate) fn watch(
    state: &State,
    event: &EventId,
) -> Result<impl Stream<Item = Result<Bytes, Infallible>> + use<>, Problem> {
    let line = tell_status::line(state, event)?;
    let receiver = {
        let mut watched = state.watched.0.lock();
        let first = || watch::channel(message(&line, state.clock.now())).0;
        watched.entry(event.clone()).or_insert_with(first).subscribe()
    };
    // The newest message only: who reads slowly misses those in between.
    Ok(futures::stream::unfold((receiver, true), |(mut receiver, is_first)| async move {
        if !is_first {
            receiver.changed().await.ok()?;
        }
        let bytes = receiver.borrow_and_update().clone();
        Some((Ok(bytes), (receiver, false)))
    }))
}

fn message(line: &Line, now: DateTime<Utc>) -> Bytes {
    let json = serde_json::to_string(&line.view(now)).unwrap_or_default();
    Bytes::from(format!("event: line\ndata: {json}\n\n"))
}

impl Watched {
    /// Tells all watchers how their lines stand; how many there are.
    fn tell(&self, state: &State, quiet: bool) -> usize {
        let mut watched = self.0.lock();
        watched.retain(|_, sender| sender.receiver_count() > 0);
        for (event, sender) in watched.iter() {
            let Some(line) = state.memory.line(event) else { continue };
            let message = message(&line, state.clock.now());
            sender.send_if_modified(|last| {
                let is_news = quiet || *last != message;
                *last = message;
                is_news
            });
        }
        watched.values().map(watch::Sender::receiver_count).sum()
    }
}

/// Tells watchers until the process stops; their streams end then.
pub(crate) async fn keep_telling(state: State, shutdown: Shutdown) {
    let (mut interval, mut quiet_for) = (INTERVAL_MIN, Duration::ZERO);
    while shutdown.sleep(interval).await {
        quiet_for += interval;
        let watchers = state.watched.tell(&state, quiet_for >= QUIET_MAX);
        if quiet_for >= QUIET_MAX {
            quiet_for = Duration::ZERO;
        }
        metrics::gauge!("onsale_queue_watchers").set(u32::try_from(watchers).unwrap_or(u32::MAX));
        interval = interval_for(watchers);
    }
    state.watched.0.lock().clear();
}

fn interval_for(watchers: usize) -> Duration {
    let more = u32::try_from(watchers).unwrap_or(u32::MAX) / WATCHERS_A_SECOND;
    Duration::from_secs(u64::from(1 + more)).clamp(INTERVAL_MIN, INTERVAL_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_more_watch_the_slower_it_is_told() {
        let seconds = [0, 2_499, 2_500, 7_600, 100_000].map(|watchers| interval_for(watchers).as_secs());
        assert_eq!(seconds, [1, 1, 2, 4, 5]);
    }
}
