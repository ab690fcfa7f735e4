//! What everybody sees of a line, as it changes: written once for all who watch in this process.

use crate::memory::Line;
use crate::service::tell_status;
use crate::state::State;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use onsale_core::EventId;
use onsale_platform::fanout::{Channel, Told, Watcher, Whole, frame};
use onsale_platform::problem::Problem;
use onsale_platform::shutdown::Shutdown;
use parking_lot::Mutex;
use std::collections::HashMap;
use std::time::Duration;

/// The pause between two messages; the more watch, the longer (`Fanout::pause`).
const PAUSE_MIN: Duration = Duration::from_secs(1);
const PAUSE_MAX: Duration = Duration::from_secs(5);
/// A message comes so often even when nothing changed: who hears nothing for long connects again.
const QUIET_MAX: Duration = Duration::from_secs(15);

/// How a line stands, as a message. Each is told as a whole: who reads slowly misses those in between.
pub(crate) struct Newest(Bytes);

impl Whole for Newest {
    fn write(&self) -> Bytes {
        self.0.clone()
    }
}

/// The lines that are watched in this process.
#[derive(Default)]
pub(crate) struct Watched(Mutex<HashMap<EventId, Channel<Newest>>>);

/// The messages of a line, from how it stands now on, until the process stops.
pub(crate) fn watch(state: &State, event: &EventId) -> Result<Watcher<Newest>, Problem> {
    let line = tell_status::line(state, event)?;
    let mut watched = state.watched.0.lock();
    let first = || state.fanout.channel(Newest(message(&line, state.clock.now())));
    Ok(watched.entry(event.clone()).or_insert_with(first).watch(None))
}

fn message(line: &Line, now: DateTime<Utc>) -> Bytes {
    frame::message("line", None, &line.view(now))
}

impl Watched {
    /// The lines that somebody watches, and how many do; the others are forgotten.
    fn living(&self) -> (Vec<(EventId, Channel<Newest>)>, usize) {
        let mut watched = self.0.lock();
        watched.retain(|_, channel| channel.watchers() > 0);
        let watchers = watched.values().map(Channel::watchers).sum();
        (watched.iter().map(|(event, channel)| (event.clone(), channel.clone())).collect(), watchers)
    }

    /// Ends all streams.
    fn close(&self) {
        for (_, channel) in self.0.lock().drain() {
            channel.close();
        }
    }
}

/// Tells a line's watchers how it stands, where that is news; gives the message's bytes.
fn tell(state: &State, event: &EventId, channel: &Channel<Newest>, is_due: bool) -> Option<usize> {
    let line = state.memory.line(event)?;
    let newest = message(&line, state.clock.now());
    channel.tell(|told| {
        if told.0 == newest && !is_due {
            return Told::Nothing;
        }
        told.0 = newest;
        Told::Whole
    })
}

/// Tells watchers until the process stops; their streams end then.
pub(crate) async fn keep_telling(state: State, shutdown: Shutdown) {
    let (mut pause, mut quiet_for) = (PAUSE_MIN, Duration::ZERO);
    while shutdown.sleep(pause).await {
        quiet_for += pause;
        let is_due = quiet_for >= QUIET_MAX;
        let (watched, watchers) = state.watched.living();
        let mut longest = 0;
        for (event, channel) in watched {
            if let Some(bytes) = tell(&state, &event, &channel, is_due) {
                longest = longest.max(bytes);
                channel.wake().await;
            }
        }
        if is_due {
            quiet_for = Duration::ZERO;
        }
        metrics::gauge!("onsale_queue_watchers").set(u32::try_from(watchers).unwrap_or(u32::MAX));
        // Lines have half of what telling may cost: most of a crowd stands in one, while others look at seats.
        pause = state.fanout.pause(longest, PAUSE_MIN / 2, PAUSE_MAX / 2) * 2;
    }
    state.watched.close();
}
