//! The page at the gate: reads codes, says at once whether somebody may come in, and goes on without a network.
//!
//! With a network the service is asked; without one, or when it does not answer soon, the device decides by the signed
//! list (`onsale_core::gate`), keeps the scan in the browser's database and sends it later. Nothing of anybody's is
//! written by the server: the page is a shell that a service worker keeps.

mod camera;
mod decide;
mod html;
mod kept;
mod page;
mod signal;
mod store;
mod sync;
mod worker;

use crate::browser::with_language;
use crate::language::Language;
use leptos::prelude::*;

/// Where everything stands.
const ROOT: &str = "gate-page";

/// A reader's language and how links keep it.
#[derive(Debug, Clone, Copy)]
struct Reader {
    language: Language,
    /// Whether the address names the language.
    chosen: bool,
}

impl Reader {
    /// An address of ours in the reader's language.
    fn link(self, path: &str) -> String {
        if self.chosen { with_language(path, self.language) } else { path.to_owned() }
    }
}

/// The gate of one event.
#[island]
pub fn GateRoom(
    /// The reader's language.
    language: Language,
    /// Whether the address names the language.
    chosen: bool,
    /// The event.
    event: String,
    /// The key that tickets and lists are signed by.
    ticket_key: String,
) -> impl IntoView {
    let reader = Reader { language, chosen };
    let written = html::frame(reader, &event);
    Effect::new(move |_| page::begin(reader, &event, &ticket_key));
    view! { <div class="gate stack" id=ROOT inner_html=written></div> }
}
