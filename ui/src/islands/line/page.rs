//! The page's elements, as far as the waiting room changes them.

use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::{Document, Element, Event, EventTarget, HtmlElement, VisibilityState};

fn document() -> Option<Document> {
    web_sys::window()?.document()
}

/// Writes a block anew. Where the focus was in it, it is on the same act afterwards, else on the first one.
pub(super) fn write(id: &str, html: &str) {
    let Some(element) = document().and_then(|document| document.get_element_by_id(id)) else { return };
    let focused = document().and_then(|document| document.active_element());
    let Some(focused) = focused.filter(|focused| element.contains(Some(focused))) else {
        return element.set_inner_html(html);
    };
    let act = focused.get_attribute("data-act");
    element.set_inner_html(html);
    let found = |selector: &str| element.query_selector(selector).ok().flatten();
    let same = act.and_then(|act| found(&format!("[data-act=\"{act}\"]")));
    if let Some(next) = same.or_else(|| found("a,button"))
        && let Ok(next) = next.dyn_into::<HtmlElement>()
    {
        let _cannot_have_it = next.focus();
    }
}

/// Says something politely.
pub(super) fn say(text: &str) {
    if let Some(element) = document().and_then(|document| document.get_element_by_id("line-say")) {
        element.set_text_content(Some(text));
    }
}

/// Names the page.
pub(super) fn title(text: &str) {
    if let Some(document) = document() {
        document.set_title(text);
    }
}

/// Whether nobody looks.
pub(super) fn is_hidden() -> bool {
    document().is_some_and(|document| document.visibility_state() == VisibilityState::Hidden)
}

/// Hears of something for as long as the page lives.
pub(super) fn listen(target: &EventTarget, kind: &str, heard: impl Fn(Event) + 'static) {
    let heard = Closure::<dyn Fn(Event)>::new(heard);
    let _never_fails = target.add_event_listener_with_callback(kind, heard.as_ref().unchecked_ref());
    heard.forget();
}

/// Hears when the page is shown or hidden.
pub(super) fn on_shown(heard: impl Fn() + 'static) {
    if let Some(document) = document() {
        listen(&document, "visibilitychange", move |_| heard());
    }
}

/// What the form that an event is of does.
pub(super) fn form_of(event: &Event) -> Option<String> {
    let element: Element = event.target()?.dyn_into().ok()?;
    element.closest("[data-form]").ok().flatten()?.get_attribute("data-form")
}
