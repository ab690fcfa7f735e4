//! Halls: the list of them by venue, and the editor in which they are drawn.
//!
//! The server writes a shape of the page; what is the organiser's own is asked for with the session. The editor's model
//! is `onsale_core::hall`: what is done here is a pure change of it, painted on a canvas and saved by itself.

mod door;
mod edit;
mod editor;
mod fields;
mod html;
mod inspector;
mod keys;
mod list;
mod list_html;
mod paint;
mod pointer;
mod save;
mod scene;
mod stamps;

use crate::islands::desk::Reader;
use crate::language::Language;
use leptos::prelude::*;

/// Where everything stands.
const ROOT: &str = "halls";

/// The halls of whoever is signed in, by venue.
#[island]
pub fn OrganiserHalls(
    /// The reader's language.
    language: Language,
    /// Whether the address names the language.
    chosen: bool,
) -> impl IntoView {
    let reader = Reader { language, chosen };
    Effect::new(move |_| list::begin(reader));
    view! { <div class="adm stack" id=ROOT inner_html=list_html::waiting(language)></div> }
}

/// The editor of one hall.
#[island]
pub fn HallEditor(
    /// The reader's language.
    language: Language,
    /// Whether the address names the language.
    chosen: bool,
    /// The hall.
    hall: String,
) -> impl IntoView {
    let reader = Reader { language, chosen };
    Effect::new(move |_| editor::begin(reader, &hall));
    view! { <div class="edit-all" id=ROOT inner_html=html::shell(reader)></div> }
}
