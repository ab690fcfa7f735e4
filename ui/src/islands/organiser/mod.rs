//! What organisers see: their events, an event's map and orders as they change, and one order.
//!
//! The server writes nothing of theirs: a page comes with a shape of what is awaited, and what fills it is asked for
//! with the session. Pieces are HTML of the files that end so, written into their places; figures and rows
//! change where they stand and never move. What is watched is one bundle, the counter
//! another, one order and the books a third.

#[cfg(any(feature = "ssr", feature = "counter"))]
mod counter;
#[cfg(any(feature = "ssr", feature = "counter"))]
mod counter_html;
#[cfg(any(feature = "ssr", feature = "organisers"))]
mod dashboard;
mod door;
#[cfg(any(feature = "ssr", feature = "organisers"))]
mod events;
#[cfg(any(feature = "ssr", feature = "orders", feature = "organisers"))]
mod facts;
#[cfg(any(feature = "ssr", feature = "organisers"))]
mod figures;
#[cfg(any(feature = "ssr", feature = "counter", feature = "organisers"))]
mod hall;
#[cfg(any(feature = "ssr", feature = "counter", feature = "organisers"))]
mod hall_html;
#[cfg(any(feature = "ssr", feature = "organisers"))]
mod house_html;
#[cfg(any(feature = "ssr", feature = "organisers"))]
mod html;
#[cfg(any(feature = "ssr", feature = "organisers"))]
mod line;
#[cfg(any(feature = "ssr", feature = "organisers"))]
mod line_chart;
#[cfg(any(feature = "ssr", feature = "organisers"))]
mod line_html;
#[cfg(any(feature = "ssr", feature = "organisers"))]
mod listing;
#[cfg(any(feature = "ssr", feature = "orders", feature = "organisers"))]
mod looks;
#[cfg(any(feature = "ssr", feature = "orders"))]
mod order;
#[cfg(any(feature = "ssr", feature = "orders"))]
mod order_acts;
#[cfg(any(feature = "ssr", feature = "orders"))]
mod order_steps;
#[cfg(any(feature = "ssr", feature = "orders", feature = "organisers"))]
mod order_words;
#[cfg(any(feature = "ssr", feature = "organisers"))]
mod orders;
#[cfg(any(feature = "ssr", feature = "organisers"))]
mod orders_html;
#[cfg(any(feature = "ssr", feature = "orders"))]
mod reports;
#[cfg(any(feature = "ssr", feature = "organisers"))]
mod sales;

use crate::islands::desk::Reader;
use crate::language::Language;
use leptos::prelude::*;

/// Where everything stands.
const ROOT: &str = "organiser";

fn place(reader: Reader, heading: &'static str) -> impl IntoView {
    view! { <div class="adm stack" id=ROOT inner_html=door::waiting(reader.language, heading)></div> }
}

/// The events of whoever is signed in.
#[cfg(any(feature = "ssr", feature = "organisers"))]
#[island]
pub fn OrganiserEvents(
    /// The reader's language.
    language: Language,
    /// Whether the address names the language.
    chosen: bool,
) -> impl IntoView {
    let reader = Reader { language, chosen };
    Effect::new(move |_| events::begin(reader));
    place(reader, language.your_events())
}

/// One event: figures, map, orders.
#[cfg(any(feature = "ssr", feature = "organisers"))]
#[island]
pub fn OrganiserEvent(
    /// The reader's language.
    language: Language,
    /// Whether the address names the language.
    chosen: bool,
    /// The event.
    event: String,
) -> impl IntoView {
    let reader = Reader { language, chosen };
    Effect::new(move |_| dashboard::begin(reader, &event));
    place(reader, language.live_sales())
}

/// The counter of one event: seats on the map, sold for cash or by invoice, kept back or released.
#[cfg(any(feature = "ssr", feature = "counter"))]
#[island]
pub fn OrganiserCounter(
    /// The reader's language.
    language: Language,
    /// Whether the address names the language.
    chosen: bool,
    /// The event.
    event: String,
) -> impl IntoView {
    let reader = Reader { language, chosen };
    Effect::new(move |_| counter::begin(reader, &event));
    place(reader, language.counter())
}

/// The books of one event, and who comes.
#[cfg(any(feature = "ssr", feature = "orders"))]
#[island]
pub fn OrganiserReports(
    /// The reader's language.
    language: Language,
    /// Whether the address names the language.
    chosen: bool,
    /// The event.
    event: String,
) -> impl IntoView {
    let reader = Reader { language, chosen };
    Effect::new(move |_| reports::begin(reader, &event));
    place(reader, language.reports())
}

/// One order of an event.
#[cfg(any(feature = "ssr", feature = "orders"))]
#[island]
pub fn OrganiserOrder(
    /// The reader's language.
    language: Language,
    /// Whether the address names the language.
    chosen: bool,
    /// The event.
    event: String,
    /// The order.
    order: String,
) -> impl IntoView {
    let reader = Reader { language, chosen };
    Effect::new(move |_| order::begin(reader, &event, &order));
    place(reader, language.order_word())
}
