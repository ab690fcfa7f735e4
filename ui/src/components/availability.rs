//! How full a house is: ten dots and a word.

use crate::format::{Moment, count};
use crate::language::Language;
use chrono::{DateTime, Utc};
use leptos::prelude::*;
use onsale_core::api::events::{EventStatus, EventSummary};

/// A word on how full it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// What is said.
    pub text: String,
    /// The badge's colour, by its class.
    pub class: &'static str,
    /// Filled dots of ten.
    pub dots: i64,
}

/// What is true about an event's places now.
pub fn word(language: Language, event: &EventSummary, now: DateTime<Utc>) -> Word {
    let places = event.availability;
    let dots = if places.capacity > 0 {
        ((places.available.max(0) * 10 + places.capacity - 1) / places.capacity).min(10)
    } else {
        0
    };
    let (text, class) = if event.status == EventStatus::Cancelled {
        (language.cancelled().to_owned(), "badge bad")
    } else if event.on_sale_at > now {
        let opens = Moment::at(language, event.on_sale_at, &event.venue.time_zone);
        let when = if opens.is_day_of(now) { opens.time() } else { format!("{} {}", opens.day(), opens.month()) };
        (language.on_sale_from(&when), "badge info")
    } else if places.sold_out {
        (language.sold_out().to_owned(), "badge bad")
    } else if places.available <= 0 {
        (language.all_held().to_owned(), "badge warn")
    } else if places.available * 10 <= places.capacity {
        (language.last(&count(language, places.available), places.available), "badge warn")
    } else if places.available * 2 >= places.capacity {
        (language.many().to_owned(), "badge good")
    } else {
        (language.left(&count(language, places.available)), "badge good")
    };
    Word { text, class, dots }
}

/// The dots and the word.
pub fn availability(word: Word) -> impl IntoView {
    view! {
        <span class="avail">
            <span class="meter" style=format!("--n:{}", word.dots)></span>
            <span class=word.class>{word.text}</span>
        </span>
    }
}
