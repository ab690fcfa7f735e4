//! The page's elements. The server wrote them; they are changed in their places, and only where something is new.

use wasm_bindgen::JsCast;
use web_sys::{Document, Element, HtmlElement};

fn document() -> Option<Document> {
    web_sys::window()?.document()
}

/// An element by its id.
pub(crate) fn by_id(id: &str) -> Option<Element> {
    document()?.get_element_by_id(id)
}

/// The elements that a selector finds.
pub(crate) fn all(selector: &str) -> Vec<Element> {
    let Some(found) = document().and_then(|document| document.query_selector_all(selector).ok()) else {
        return Vec::new();
    };
    (0..found.length()).filter_map(|place| found.get(place)?.dyn_into().ok()).collect()
}

/// Says something else in an element.
pub(crate) fn text(id: &str, text: &str) {
    if let Some(element) = by_id(id)
        && element.text_content().as_deref() != Some(text)
    {
        element.set_text_content(Some(text));
    }
}

/// Writes an element's inside anew. Where the focus was on one of its seats, it is on the same one afterwards.
pub(crate) fn html(id: &str, html: &str) {
    let Some(element) = by_id(id) else { return };
    let focused = document().and_then(|document| document.active_element());
    let focused = focused.filter(|focused| element.contains(Some(focused)));
    let mark = focused.and_then(|focused| {
        let name = ["data-seat", "data-act"].into_iter().find(|name| focused.has_attribute(name))?;
        Some(format!("[{name}=\"{}\"]", focused.get_attribute(name)?))
    });
    element.set_inner_html(html);
    let same = mark.and_then(|mark| element.query_selector(&mark).ok().flatten());
    if let Some(same) = same.and_then(|same| same.dyn_into::<HtmlElement>().ok()) {
        let _cannot_have_it = same.focus();
    }
}

/// Sets an attribute, or takes it away.
pub(crate) fn attribute(element: &Element, name: &str, value: Option<&str>) {
    let _names_are_good = match value {
        Some(value) => element.set_attribute(name, value),
        None => element.remove_attribute(name),
    };
}

/// Shows an element or hides it.
pub(crate) fn show(id: &str, shown: bool) {
    if let Some(element) = by_id(id) {
        attribute(&element, "hidden", (!shown).then_some(""));
    }
}

/// The nearest element at or above one that has an attribute, and its value.
pub(crate) fn marked(target: Option<web_sys::EventTarget>, name: &str) -> Option<(Element, String)> {
    let element: Element = target?.dyn_into().ok()?;
    let marked = element.closest(&format!("[{name}]")).ok().flatten()?;
    let value = marked.get_attribute(name)?;
    Some((marked, value))
}
