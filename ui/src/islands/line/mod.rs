//! The waiting room: the server writes it and forms work it; awake, it joins by itself, hears how the line moves, and
//! asks where one's own place is when that may have changed.

pub mod check;
pub(crate) mod html;
mod join;
mod live;
mod page;
mod room;
pub mod scene;
mod spoken;
mod winding;

use chrono::{DateTime, Utc};
pub use html::Place;
use leptos::html::Div;
use leptos::prelude::*;
pub use scene::{Own, Refused, Seen};

/// The room as the server wrote it. It is no argument of the island, so it does not travel twice.
#[derive(Debug, Clone)]
pub struct WrittenLine(pub String);

impl WrittenLine {
    /// Writes it.
    #[must_use]
    pub fn of(place: &Place, seen: &Seen, now: DateTime<Utc>) -> Self {
        Self(html::written(place, seen, now))
    }
}

/// The line of an event and one's own place in it.
#[island]
pub fn LineRoom(
    /// The event and the reader.
    place: Place,
    /// What was known when the page was made.
    seen: Seen,
    /// When that was.
    now: DateTime<Utc>,
) -> impl IntoView {
    let written = use_context::<WrittenLine>().map(|written| written.0).unwrap_or_default();
    let root = NodeRef::<Div>::new();
    let known = StoredValue::new(Some((place, seen)));
    Effect::new(move |_| {
        let known = known.try_update_value(Option::take).flatten();
        if let (Some(root), Some((place, seen))) = (root.get(), known) {
            room::wake(&root, place, seen, now);
        }
    });
    view! { <div class="line-root" node_ref=root inner_html=written></div> }
}
