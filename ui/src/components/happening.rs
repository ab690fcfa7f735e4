//! What a ticket or a hold is for, in short: the day, the title, the hour and the place.

use super::date_plate;
use crate::format::Moment;
use crate::language::Language;
use leptos::prelude::*;
use onsale_core::api::events::EventDetail;

/// The day on its plate with the title beside it; the id where nobody knows the event.
pub fn happening(language: Language, id: &str, event: Option<&EventDetail>) -> impl IntoView + use<> {
    let known = event.map(|event| &event.summary);
    let starts = known.map(|event| Moment::at(language, event.starts_at, &event.venue.time_zone));
    let place = known
        .zip(starts.as_ref())
        .map(|(event, starts)| format!("{} · {}, {}", starts.time(), event.venue.name, event.venue.city));
    let name = known.map_or_else(|| id.to_owned(), |event| event.name.clone());
    view! {
        {starts.as_ref().map(date_plate)}
        <div class="grow">
            <h2 class="t2">{name}</h2>
            <p class="soft small">{place}</p>
        </div>
    }
}
