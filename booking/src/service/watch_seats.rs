//! Watches an event's seats: one look for all who watch, deltas made once and shared.

use crate::domain::inventory::Inventory;
use crate::service::seat_map::SeatMap;
use crate::state::State;
use axum::response::sse::Event;
use futures::{Stream, StreamExt, stream};
use onsale_core::EventId;
use onsale_core::api::events::{SeatDelta, SeatStates};
use onsale_platform::problem::Problem;
use parking_lot::Mutex;
use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::broadcast;

/// How often a watched event is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// How many deltas a slow reader may be behind before it gets a snapshot.
const BEHIND_MAX: usize = 64;

/// A delta, written once for all who watch.
#[derive(Debug, Clone)]
struct Written {
    from: i64,
    version: i64,
    json: Arc<str>,
}

/// The events that somebody watches. Cheap to clone.
#[derive(Clone, Default)]
pub struct Watched(Arc<Mutex<HashMap<i32, broadcast::Sender<Written>>>>);

/// The stream of an event's seats, from what the client has.
pub async fn watch(
    state: &State,
    event: &EventId,
    last: Option<i64>,
) -> Result<impl Stream<Item = Result<Event, Infallible>> + use<>, Problem> {
    let inventory = state.inventories.latest(event).await?;
    // What a look-out compares with is read first, then its readers join, then each reads a snapshot: so nothing falls
    // between them, and what falls into two is said twice.
    let begin = look(state, inventory.event_no).await?;
    let receiver = subscribe(state, &inventory, begin);
    let snapshot = snapshot(state, &inventory).await?;
    let has_it = last == Some(snapshot.version);
    let first = (!has_it).then(|| message("snapshot", snapshot.version, &json(&snapshot)));
    let (state, seen) = (state.clone(), snapshot.version);
    let deltas =
        stream::unfold((receiver, state, inventory, seen), |(mut receiver, state, inventory, seen)| async move {
            loop {
                match receiver.recv().await {
                    Ok(delta) if delta.version < seen => {}
                    // A hold's end changes seats without a version; what comes twice says the same twice.
                    Ok(delta) if delta.from <= seen => {
                        let sent = message("delta", delta.version, &delta.json);
                        return Some((sent, (receiver, state, inventory, delta.version)));
                    }
                    Ok(_) | Err(broadcast::error::RecvError::Lagged(_)) => {
                        let fresh = snapshot_again(&state, &inventory).await?;
                        let sent = message("snapshot", fresh.version, &json(&fresh));
                        return Some((sent, (receiver, state, inventory, fresh.version)));
                    }
                    Err(broadcast::error::RecvError::Closed) => return None,
                }
            }
        });
    Ok(stream::iter(first).chain(deltas).map(Ok))
}

fn message(name: &str, version: i64, json: &str) -> Event {
    Event::default().event(name).id(version.to_string()).data(json)
}

fn json(states: &SeatStates) -> String {
    serde_json::to_string(states).unwrap_or_default()
}

async fn snapshot(state: &State, inventory: &Inventory) -> Result<SeatStates, Problem> {
    crate::service::show_event::seats(state, &inventory.offer.event_id).await
}

async fn snapshot_again(state: &State, inventory: &Inventory) -> Option<SeatStates> {
    snapshot(state, inventory).await.ok()
}

/// An event's seats and the digits that are told of them.
type Look = (Arc<SeatMap>, String);

async fn look(state: &State, event_no: i32) -> Result<Look, sqlx::Error> {
    let map = state.seat_maps.of(event_no).await?;
    let digits = map.digits(state.clock.now());
    Ok((map, digits))
}

/// Joins those who watch the event; the first of them starts the look-out, from what was seen just before.
fn subscribe(state: &State, inventory: &Arc<Inventory>, begin: Look) -> broadcast::Receiver<Written> {
    let mut watched = state.watched.0.lock();
    if let Some(sender) = watched.get(&inventory.event_no) {
        return sender.subscribe();
    }
    let (sender, receiver) = broadcast::channel(BEHIND_MAX);
    watched.insert(inventory.event_no, sender.clone());
    let (looking, event_no) = (state.clone(), inventory.event_no);
    state.shutdown.spawn("watch-seats", async move {
        look_out(&looking, event_no, &sender, begin).await;
    });
    receiver
}

/// Looks until nobody watches any more.
async fn look_out(state: &State, event_no: i32, sender: &broadcast::Sender<Written>, begin: Look) {
    let mut last = begin;
    while state.shutdown.sleep(LOOK_EVERY).await {
        if sender.receiver_count() == 0 && is_abandoned(state, event_no, sender) {
            return;
        }
        let Ok(now) = look(state, event_no).await else { continue };
        if let Some(delta) = delta(&last, &now) {
            // Nobody may be there just now: then the next one begins with a snapshot.
            let _nobody = sender.send(delta);
        }
        last = now;
    }
    // The streams end with their sender.
    state.watched.0.lock().remove(&event_no);
}

/// Under the lock that subscribers take, so that nobody joins a look-out that has ended.
fn is_abandoned(state: &State, event_no: i32, sender: &broadcast::Sender<Written>) -> bool {
    let mut watched = state.watched.0.lock();
    if sender.receiver_count() > 0 {
        return false;
    }
    watched.remove(&event_no);
    true
}

fn delta((before, known): &Look, (after, digits): &Look) -> Option<Written> {
    let changes: Vec<(u32, u8)> = (0..)
        .zip(known.bytes().zip(digits.bytes()))
        .filter(|(_, (old, new))| old != new)
        .map(|(seat, (_, new))| (seat, new - b'0'))
        .collect();
    if changes.is_empty() && before.counter.version == after.counter.version {
        return None;
    }
    let delta = SeatDelta { from: before.counter.version, version: after.counter.version, changes };
    let json = serde_json::to_string(&delta).ok()?.into();
    Some(Written { from: before.counter.version, version: after.counter.version, json })
}
