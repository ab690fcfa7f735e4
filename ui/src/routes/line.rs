//! The waiting room of an event: as it stands for whoever asks, by the cookie of their device.

use crate::islands::line::{LineRoom, Place, Seen, WrittenLine};
use crate::shell::{Page, line_document};
use leptos::prelude::*;
use onsale_core::EventId;
use onsale_core::api::events::EventDetail;

/// Without a place, the page without a script is asked for again so often.
const LOOK_SECONDS: u32 = 15;

/// The page of an event's line. The event may be missing while search is away: the line goes on without its name.
#[must_use]
pub fn line(page: &Page, id: &EventId, event: Option<&EventDetail>, seen: Seen) -> String {
    let language = page.language;
    let place = Place {
        language,
        chosen: page.chosen,
        event: id.to_string(),
        zone: event.map_or_else(|| "UTC".to_owned(), |event| event.summary.venue.time_zone.clone()),
        seats: event.is_none_or(|event| event.reserved_seating),
    };
    let title = title(language.line_title(), event);
    let again = seen.own.as_ref().map_or(LOOK_SECONDS, |own| own.status.ask_again_seconds.max(2));
    line_document(page, &title, Some(again), event.map(|event| &event.summary), || {
        provide_context(WrittenLine::of(&place, &seen, page.now));
        view! { <LineRoom place=place seen=seen now=page.now/> }
    })
}

/// What a page about an event's line is called.
pub(super) fn title(what: &str, event: Option<&EventDetail>) -> String {
    match event {
        Some(event) => format!("{what}: {} · Onsale", event.summary.name),
        None => format!("{what} · Onsale"),
    }
}
