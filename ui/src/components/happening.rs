//! What a ticket or a hold is for, in short: the day, the title, the hour and the place.

use super::{Fresh, IntoFresh, date_plate};
use crate::format::Moment;
use crate::language::Language;
use chrono::{DateTime, Utc};
use leptos::prelude::*;
use serde::Deserialize;

/// What a buyer's pages say of an event: a part of `GET /api/events/{id}`, so that a browser needs no code for the rest.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Happening {
    /// The title.
    pub name: String,
    /// When it begins.
    pub starts_at: DateTime<Utc>,
    /// Where.
    pub venue: Place,
    /// What can be bought.
    pub ticket_types: Vec<KindName>,
    /// How it is sold.
    pub sale: Sale,
}

/// How it is sold.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Sale {
    /// Whether one may pay by bank transfer.
    #[serde(default)]
    pub bank_transfers: bool,
}

/// Where it is.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Place {
    /// The house.
    pub name: String,
    /// The city.
    pub city: String,
    /// Its IANA time zone.
    pub time_zone: String,
}

/// What a kind of ticket is called.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct KindName {
    /// Its short word.
    pub ticket_type: String,
    /// What buyers read.
    pub name: String,
    /// The seat category it is for.
    #[serde(default)]
    pub category: Option<String>,
}

/// The day on its plate with the title beside it; the id where nobody knows the event.
pub fn happening(language: Language, id: &str, known: Option<&Happening>) -> Fresh {
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
    .fresh()
}
