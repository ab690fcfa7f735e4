//! Watches the seats of all events that somebody watches: one look for all of them, deltas made once and shared.
//!
//! Gateways watch here, each of them once an event; people watch at the gateways (`gateway/src/live.rs`).

use crate::domain::looking;
use crate::domain::rows::EventNo;
use crate::service::show_event;
use crate::state::State;
use onsale_core::EventId;
use onsale_core::api::internal::CountedDelta;
use onsale_core::told::ToldSeats;
use onsale_platform::fanout::{Channel, Watcher, frame, seats};
use onsale_platform::problem::Problem;
use parking_lot::Mutex;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// How many events may be watched at once.
const EVENTS_MAX: usize = 1_000;
/// How long an event is looked at after its last watcher left: who was cut off comes back soon.
const LINGER: Duration = Duration::from_secs(10);

/// The events that somebody watches. Cheap to clone.
#[derive(Clone, Default)]
pub struct Watched(Arc<Mutex<Looking>>);

#[derive(Default)]
struct Looking {
    events: HashMap<EventNo, Seen>,
    /// Whether somebody looks out.
    is_looking: bool,
}

#[derive(Clone)]
struct Seen {
    event: EventId,
    channel: Channel<ToldSeats>,
    /// When it was last seen that somebody watches.
    watched_at: Instant,
}

/// The stream of an event's seats, from what the client has.
pub async fn watch(state: &State, event: &EventId, last: Option<i64>) -> Result<Watcher<ToldSeats>, Problem> {
    let inventory = state.inventories.latest(event).await?;
    if let Some(watcher) = state.watched.join(inventory.event_no, last) {
        return Ok(watcher);
    }
    let first = show_event::seats(state, event).await?;
    let (watcher, nobody_looks) = state.watched.begin(inventory.event_no, last, || {
        let channel = state.fanout.channel(ToldSeats::new(first));
        Seen { event: event.clone(), channel, watched_at: Instant::now() }
    })?;
    if nobody_looks {
        state.shutdown.spawn("watch-seats", look_out(state.clone()));
    }
    Ok(watcher)
}

impl Watched {
    /// Joins those who watch an event, if there are any.
    fn join(&self, event: EventNo, last: Option<i64>) -> Option<Watcher<ToldSeats>> {
        Some(self.0.lock().events.get(&event)?.channel.watch(last))
    }

    /// The same, as the first of them; and whether the look-out must be started.
    fn begin(
        &self,
        event: EventNo,
        last: Option<i64>,
        seen: impl FnOnce() -> Seen,
    ) -> Result<(Watcher<ToldSeats>, bool), Problem> {
        let mut looking = self.0.lock();
        if looking.events.len() >= EVENTS_MAX {
            return Err(Problem::unavailable("Too many events are watched just now.", LINGER));
        }
        let watcher = looking.events.entry(event).or_insert_with(seen).channel.watch(last);
        let nobody_looks = !std::mem::replace(&mut looking.is_looking, true);
        Ok((watcher, nobody_looks))
    }

    /// The events that are watched, without those that nobody came back to; nothing once the look-out may end.
    fn living(&self) -> Option<Vec<(EventNo, Seen)>> {
        let now = Instant::now();
        let mut looking = self.0.lock();
        looking.events.retain(|_, seen| {
            if seen.channel.watchers() > 0 {
                seen.watched_at = now;
            }
            now - seen.watched_at < LINGER
        });
        looking.is_looking = !looking.events.is_empty();
        looking.is_looking.then(|| looking.events.iter().map(|(event, seen)| (*event, seen.clone())).collect())
    }

    /// Ends all streams.
    fn close(&self) {
        let mut looking = self.0.lock();
        looking.is_looking = false;
        for (_, seen) in looking.events.drain() {
            seen.channel.close();
        }
    }
}

/// Looks until nobody watches any more.
async fn look_out(state: State) {
    let mut pause = looking::PAUSE_MIN;
    while state.shutdown.sleep(pause).await {
        let Some(watched) = state.watched.living() else { return };
        let began = Instant::now();
        if let Err(error) = look(&state, &watched).await {
            tracing::debug!(%error, "watched seats could not be read: what was told of them stays");
        }
        for (_, seen) in &watched {
            seen.channel.beat();
        }
        pause = looking::pause(began.elapsed());
    }
    state.watched.close();
}

async fn look(state: &State, watched: &[(EventNo, Seen)]) -> Result<(), sqlx::Error> {
    let events: Vec<EventNo> = watched.iter().map(|(event, _)| *event).collect();
    let maps = state.seat_maps.of_all(&events).await?;
    for (event, seen) in watched {
        let Some(map) = maps.get(event) else { continue };
        let known = || seen.channel.look(ToldSeats::plan_version);
        let plan = state.inventories.latest(&seen.event).await.map_or_else(|_| known(), |latest| latest.offer.version);
        let states = show_event::states(state, map, plan);
        let told = seen.channel.tell(|told| {
            told.hear_all(states);
            seats::news(told, |told, delta| {
                let (version, counts) = (delta.version, Some(told.counts()));
                frame::message("delta", Some(version), &CountedDelta { delta, counts })
            })
        });
        if told.is_some() {
            seen.channel.wake().await;
        }
    }
    Ok(())
}
