//! An event in a list.

use super::{availability, date_plate, poster, word};
use crate::format::{Moment, money};
use crate::shell::Page;
use leptos::prelude::*;
use onsale_core::api::events::EventSummary;

/// The card: date, title, place, how full it is, and what a ticket costs at least.
pub fn card(page: &Page, event: &EventSummary) -> impl IntoView + use<> {
    let language = page.language;
    let starts = Moment::at(language, event.starts_at, &event.venue.time_zone);
    let place = format!("{} · {} · {}", event.venue.name, event.venue.city, starts.time());
    let price = format!("{} {}", language.from(), money(language, event.price_range.min));
    view! {
        <li class="ev">
            <a href=page.link(&format!("/events/{}", event.id))>
                {poster(event.id.as_str(), false)}
                {date_plate(&starts)}
                <h3>{event.name.clone()}</h3>
                <p class="soft small">{place}</p>
                <p class="foot-l">
                    {availability(word(language, event, page.now))}
                    <b class="num">{price}</b>
                </p>
            </a>
        </li>
    }
}
