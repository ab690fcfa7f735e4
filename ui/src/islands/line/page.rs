//! What the waiting room does to its page beside its blocks.

use crate::islands::dom::{by_id, listen};

/// Says something politely, also when it was said before.
pub(super) fn say(text: &str) {
    if let Some(element) = by_id("line-say") {
        element.set_text_content(Some(text));
    }
}

/// Names the page.
pub(super) fn title(text: &str) {
    if let Some(document) = web_sys::window().and_then(|window| window.document()) {
        document.set_title(text);
    }
}

/// Hears when the page is shown or hidden.
pub(super) fn on_shown(heard: impl Fn() + 'static) {
    if let Some(document) = web_sys::window().and_then(|window| window.document()) {
        listen(&document, "visibilitychange", move |_| heard());
    }
}
