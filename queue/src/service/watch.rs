//! What everybody sees of a line, as it changes: written once for all who watch in this process.

use crate::memory::Line;
use crate::service::tell_status;
use crate::state::State;
use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use onsale_core::EventId;
use onsale_platform::fanout::{Channel, Told, Watcher, Whole, frame};
use onsale_platform::problem::Problem;
use onsale_platform::shutdown::Shutdown;
use parking_lot::Mutex;
use std::collections::HashMap;
use std::time::Duration;
use tokio::time::Instant;

/// How often it is looked whether there is news.
const PAUSE_MIN: Duration = Duration::from_secs(1);
/// The more watch, the longer the pause between two messages to all (`Fanout::pause`): up to this for those who said which
/// position is theirs, well below the minute after which proxies take a connection for dead; and up to the other for those
/// who did not.
const PAUSE_MAX: Duration = Duration::from_secs(40);
const UNPLACED_PAUSE_MAX: Duration = Duration::from_secs(5);
/// A message comes so often even when nothing changed, or as seldom as others: so it is seen that the stream lives.
const QUIET_MAX: Duration = Duration::from_secs(15);
/// Whom the pace of now calls within it hears each second how the line moves.
const SOON: TimeDelta = TimeDelta::seconds(5);

/// How a line stands, as a message. Each is told as a whole: who reads slowly misses those in between.
pub(crate) struct Newest {
    message: Bytes,
    urgent: Urgent,
    /// How far the line had moved.
    served: u32,
    /// When all were told, and those without a position; and whether anything was told since to some only.
    all_at: Instant,
    unplaced_at: Instant,
    some_only: bool,
}

/// What all are told at once when it changes.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Urgent {
    paused: bool,
    closed: bool,
    sold_out: bool,
    all_held: bool,
    message: Option<String>,
}

impl Whole for Newest {
    fn write(&self) -> Bytes {
        self.message.clone()
    }
}

impl Newest {
    fn of(line: &Line, now: DateTime<Utc>) -> Self {
        let view = line.view(now);
        let urgent = Urgent {
            paused: view.paused,
            closed: view.closed,
            sold_out: view.sold_out,
            all_held: view.all_held.is_some(),
            message: view.message.clone(),
        };
        let (message, told) = (frame::message("line", None, &view), Instant::now());
        Self { message, urgent, served: view.now_serving, all_at: told, unplaced_at: told, some_only: false }
    }
}

impl Newest {
    /// Takes what is newer; who is to hear it, where all hear something every `pause` and places up to `soon` are called
    /// soon.
    fn followed_by(&mut self, newest: Self, pause: Duration, soon: u32) -> Option<Hearers> {
        // A look comes a little early or late.
        let is_time = |since: Instant, pause: Duration| newest.all_at.duration_since(since) + PAUSE_MIN / 4 >= pause;
        let is_news = self.message != newest.message;
        let is_due =
            is_time(self.all_at, pause) && (is_news || self.some_only) || is_time(self.all_at, QUIET_MAX.max(pause));
        if self.urgent != newest.urgent || is_due {
            *self = newest;
            return Some(Hearers::All);
        }
        if !is_news {
            return None;
        }
        let with_unplaced = is_time(self.unplaced_at, pause.min(UNPLACED_PAUSE_MAX));
        let hearers = Hearers::Some { from: self.served, to: soon, with_unplaced };
        let unplaced_at = if with_unplaced { newest.unplaced_at } else { self.unplaced_at };
        *self = Self { all_at: self.all_at, unplaced_at, some_only: true, ..newest };
        Some(hearers)
    }
}

/// Who is to hear what was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hearers {
    /// All.
    All,
    /// Those whose place is after `from` and not after `to`, who were called or soon are; and those who did not say which
    /// position is theirs, where it is their time.
    Some { from: u32, to: u32, with_unplaced: bool },
}

impl Hearers {
    /// Whether somebody of a position hears it.
    fn has(self, line: &Line, position: u32) -> bool {
        match self {
            Self::All => true,
            Self::Some { with_unplaced, .. } if position == 0 => with_unplaced,
            Self::Some { from, to, .. } => line.place_of(position).is_some_and(|place| from < place && place <= to),
        }
    }
}

/// The lines that are watched in this process.
#[derive(Default)]
pub(crate) struct Watched(Mutex<HashMap<EventId, Channel<Newest>>>);

/// The messages of a line, from how it stands now on, until the process stops. Who says which position is theirs, by its
/// receipt, hears at once when it is called, and in between seldom when many watch; without it, 0, neither.
pub(crate) fn watch(state: &State, event: &EventId, position: u32) -> Result<Watcher<Newest>, Problem> {
    let line = tell_status::line(state, event)?;
    let mut watched = state.watched.0.lock();
    let first = || state.fanout.channel(Newest::of(&line, state.clock.now()));
    Ok(watched.entry(event.clone()).or_insert_with(first).watch_as(None, position))
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

/// Keeps how a line stands, for its watchers; who of them is to hear it now.
fn tell(state: &State, line: &Line, channel: &Channel<Newest>) -> Option<Hearers> {
    let now = state.clock.now();
    let newest = Newest::of(line, now);
    let soon = line.served().saturating_add(line.called_in(SOON, now));
    let bytes = newest.message.len();
    let pause = state.fanout.pause(bytes, PAUSE_MIN, PAUSE_MAX);
    let mut hearers = None;
    channel.tell(|told| {
        hearers = told.followed_by(newest, pause, soon);
        if hearers.is_some() { Told::Whole } else { Told::Nothing }
    });
    hearers
}

/// Tells watchers until the process stops; their streams end then.
pub(crate) async fn keep_telling(state: State, shutdown: Shutdown) {
    while shutdown.sleep(PAUSE_MIN).await {
        let (watched, watchers) = state.watched.living();
        for (event, channel) in watched {
            let Some(line) = state.memory.line(&event) else { continue };
            if let Some(hearers) = tell(&state, &line, &channel) {
                channel.wake_those(|position| hearers.has(&line, position)).await;
            }
        }
        metrics::gauge!("onsale_queue_watchers").set(u32::try_from(watchers).unwrap_or(u32::MAX));
    }
    state.watched.close();
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAUSE: Duration = Duration::from_secs(12);

    /// How a line stands that moved so far, so many seconds after `start`.
    fn newest(start: Instant, served: u32, seconds: u64) -> Newest {
        let urgent = Urgent { paused: false, closed: false, sold_out: false, all_held: false, message: None };
        let at = start + Duration::from_secs(seconds);
        let message = Bytes::from(served.to_string());
        Newest { message, urgent, served, all_at: at, unplaced_at: at, some_only: false }
    }

    #[test]
    fn who_is_called_or_soon_is_hears_it_each_second_and_all_now_and_then() {
        let start = Instant::now();
        let mut told = newest(start, 100, 0);
        let some = |from, to, with_unplaced| Some(Hearers::Some { from, to, with_unplaced });
        assert_eq!(told.followed_by(newest(start, 100, 1), PAUSE, 130), None, "nothing is new");
        assert_eq!(told.followed_by(newest(start, 110, 2), PAUSE, 150), some(100, 150, false));
        assert_eq!(told.followed_by(newest(start, 120, 5), PAUSE, 160), some(110, 160, true));
        assert_eq!(told.followed_by(newest(start, 130, 6), PAUSE, 160), some(120, 160, false));
        assert_eq!(told.followed_by(newest(start, 130, 12), PAUSE, 160), Some(Hearers::All), "most have not heard");
        assert_eq!(told.followed_by(newest(start, 130, 24), PAUSE, 160), None, "all have");
        assert_eq!(told.followed_by(newest(start, 130, 27), PAUSE, 160), Some(Hearers::All), "that it lives");
    }

    #[test]
    fn what_matters_to_all_is_told_to_all_at_once() {
        let start = Instant::now();
        let mut told = newest(start, 100, 0);
        let mut paused = newest(start, 100, 1);
        paused.urgent.paused = true;
        assert_eq!(told.followed_by(paused, PAUSE, 100), Some(Hearers::All));
    }
}
