//! The line as it moves, while somebody looks at the page.

use super::room::Room;
use crate::islands::stream::{self, Followed, News, Topic};
use onsale_core::api::queue::QueueView;

/// What the messages are called; each says all there is to know of the line.
const LINE: &str = "line";

/// Follows an event's line from now on, as whoever joined at this position; 0 where nobody did.
pub(super) fn follow(room: &Room, event: &str, position: u32) -> Followed {
    let query = if position > 0 { format!("?position={position}") } else { String::new() };
    let topic = Topic { path: format!("/api/queue/{event}/live{query}"), kinds: &[LINE], whole: Some(LINE) };
    let room = room.clone();
    stream::follow_for_now(topic, move |news| match news {
        News::Told { data, .. } => {
            if let Ok(view) = serde_json::from_str::<QueueView>(data) {
                room.heard(view);
            }
        }
        News::Lost => room.deaf(),
        // The room asks as soon as it is looked at again.
        News::Stands(_) | News::Shown => {}
    })
}
