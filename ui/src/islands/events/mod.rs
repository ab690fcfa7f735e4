//! Preparing an event: all that can be said of it in one form, its dates, and what can be done with it.
//!
//! [`form`] writes a draft as fields and [`read`] reads it from them, [`refused`] finds the field that the API means,
//! [`acts`] is what is asked for before it is done, [`publish`] what follows a publication, [`dates`] are the days of a
//! series, and [`preview`] is the page as buyers would see it.

mod acts;
mod acts_html;
mod dates;
mod editor;
mod form;
mod preview;
mod publish;
mod read;
mod refused;
mod rows;

use crate::islands::desk::{Reader, page::place};
use crate::language::Language;
use leptos::prelude::*;

/// The kinds of event that pages have a word for.
const KINDS: [&str; 12] = [
    "concert",
    "classical",
    "club",
    "comedy",
    "dance",
    "family",
    "festival",
    "jazz",
    "musical",
    "opera",
    "sport",
    "theatre",
];

/// An event's form; of one that is not drafted yet, where `event` is empty.
#[island]
pub fn EventEditor(
    /// The reader's language.
    language: Language,
    /// Whether the address names the language.
    chosen: bool,
    /// The event.
    event: String,
) -> impl IntoView {
    let heading = if event.is_empty() { language.ev_new() } else { language.ev_edit() };
    place(Reader { language, chosen }, heading, move |desk| editor::begin(desk, &event))
}

/// A draft as buyers would see it.
#[island]
pub fn EventPreview(
    /// The reader's language.
    language: Language,
    /// Whether the address names the language.
    chosen: bool,
    /// The event.
    event: String,
) -> impl IntoView {
    place(Reader { language, chosen }, language.ev_preview(), move |desk| preview::begin(desk, &event))
}
