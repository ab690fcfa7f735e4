//! What happens to the seats, as it happens.

use super::House;
use crate::browser::now_ms;
use crate::islands::stream::{self, News, Topic};
use onsale_core::api::events::{SeatDelta, SeatStates};

/// Follows an event's seats from now on.
pub(crate) fn follow(house: impl House, event: &str) {
    let path = format!("/api/events/{event}/live");
    // A snapshot is not all there is once something changed.
    let topic = Topic { path, kinds: &["snapshot", "delta"], whole: None };
    stream::follow(topic, move |news| match news {
        News::Told { kind, data } => take(house, kind, data),
        News::Stands(version) => {
            house.set_live(true);
            if house.look(|board| board.states.version().to_string() != version) == Some(true) {
                house.resync();
            }
        }
        News::Lost => house.set_live(false),
        News::Shown => house.resync(),
    });
}

/// Takes a message to the board.
fn take(house: impl House, kind: &str, data: &str) {
    let now = now_ms();
    let change = match kind {
        "snapshot" => serde_json::from_str::<SeatStates>(data)
            .ok()
            .and_then(|told| house.change(|board| board.snapshot(&told, now))),
        "delta" => {
            serde_json::from_str::<SeatDelta>(data).ok().and_then(|told| house.change(|board| board.delta(&told, now)))
        }
        _ => None,
    };
    let Some(change) = change else { return };
    house.set_live(true);
    if change.missed {
        house.resync();
    }
    house.told(&change);
}
