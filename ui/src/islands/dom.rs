//! The page's elements. The server wrote them; they are changed in their places, and only where something is new.

use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::{Document, Element, Event, EventTarget, HtmlElement};

fn document() -> Option<Document> {
    web_sys::window()?.document()
}

/// An element by its id.
pub fn by_id(id: &str) -> Option<Element> {
    document()?.get_element_by_id(id)
}

/// The elements that a selector finds.
pub fn all(selector: &str) -> Vec<Element> {
    let Some(found) = document().and_then(|document| document.query_selector_all(selector).ok()) else {
        return Vec::new();
    };
    (0..found.length()).filter_map(|place| found.get(place)?.dyn_into().ok()).collect()
}

/// The elements in another one that a selector finds.
pub fn all_in(within: &Element, selector: &str) -> Vec<Element> {
    let Ok(found) = within.query_selector_all(selector) else { return Vec::new() };
    (0..found.length()).filter_map(|place| found.get(place)?.dyn_into().ok()).collect()
}

/// Says something else in an element.
pub fn text(id: &str, text: &str) {
    if let Some(element) = by_id(id)
        && element.text_content().as_deref() != Some(text)
    {
        element.set_text_content(Some(text));
    }
}

/// Writes an element's inside anew. Where the focus was in it, it is on the same seat or act afterwards, else on the
/// first thing that can be pressed, else on the next step: never nowhere.
pub fn html(id: &str, html: &str) {
    let Some(element) = by_id(id) else { return };
    let focused = document().and_then(|document| document.active_element());
    let Some(focused) = focused.filter(|focused| element.contains(Some(focused))) else {
        return element.set_inner_html(html);
    };
    let mark = ["data-seat", "data-act"].into_iter().find(|name| focused.has_attribute(name));
    let mark = mark.and_then(|name| Some(format!("[{name}=\"{}\"]", focused.get_attribute(name)?)));
    element.set_inner_html(html);
    let found = |selector: &str| element.query_selector(selector).ok().flatten();
    match mark.and_then(|mark| found(&mark)).or_else(|| found("a,button")) {
        Some(same) => focus(same),
        None => focus_next_step(),
    }
}

fn focus(element: Element) {
    if let Ok(element) = element.dyn_into::<HtmlElement>() {
        let _cannot_have_it = element.focus();
    }
}

/// The button that stands at the end of everything.
fn focus_next_step() {
    if let Some(next) = all("#next [data-act]").into_iter().next() {
        focus(next);
    }
}

/// Sets an attribute, or takes it away.
pub fn attribute(element: &Element, name: &str, value: Option<&str>) {
    let _names_are_good = match value {
        Some(value) => element.set_attribute(name, value),
        None => element.remove_attribute(name),
    };
}

/// Shows an element or hides it.
pub fn show(id: &str, shown: bool) {
    if let Some(element) = by_id(id) {
        let focused = document().and_then(|document| document.active_element());
        attribute(&element, "hidden", (!shown).then_some(""));
        if !shown && focused.is_some_and(|focused| element.contains(Some(&focused))) {
            focus_next_step();
        }
    }
}

/// The nearest element at or above one that has an attribute, and its value.
pub fn marked(target: Option<EventTarget>, name: &str) -> Option<(Element, String)> {
    let element: Element = target?.dyn_into().ok()?;
    let marked = element.closest(&format!("[{name}]")).ok().flatten()?;
    let value = marked.get_attribute(name)?;
    Some((marked, value))
}

/// Listens as long as the page is there.
pub fn listen(target: &EventTarget, name: &str, act: impl Fn(Event) + 'static) {
    let act = Closure::<dyn Fn(Event)>::new(act);
    let _never_fails = target.add_event_listener_with_callback(name, act.as_ref().unchecked_ref());
    act.forget();
}
