//! The page in the browser: its address, its title, where to go.

use crate::language::Language;
use chrono::{DateTime, Utc};
use js_sys::{Function, Reflect};
use leptos::prelude::document;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, HtmlAnchorElement, Storage, Url, UrlSearchParams, VisibilityState};

/// The part of an address that leads back after signing in.
pub const NEXT: &str = "next";

/// The time by this computer's clock.
#[expect(clippy::cast_possible_truncation, reason = "milliseconds since 1970 are far below 2^53")]
pub fn now() -> DateTime<Utc> {
    DateTime::from_timestamp_millis(js_sys::Date::now() as i64).unwrap_or_default()
}

/// This page's clock: milliseconds since it was opened.
pub fn now_ms() -> f64 {
    web_sys::window().and_then(|window| window.performance()).map_or(0.0, |clock| clock.now())
}

/// A value of the page's address.
pub fn parameter(name: &str) -> Option<String> {
    let search = web_sys::window()?.location().search().ok()?;
    UrlSearchParams::new_with_str(&search).ok()?.get(name).filter(|value| !value.is_empty())
}

/// A page of ours in the language that this page's address names, if it names one.
pub fn link(path: &str) -> String {
    match parameter("lang").and_then(|tag| Language::of_tag(&tag)) {
        Some(language) if path.starts_with('/') && !path.contains("lang=") => with_language(path, language),
        _ => path.to_owned(),
    }
}

/// The same page in a language that its address names.
pub(crate) fn with_language(path: &str, language: Language) -> String {
    let (path, fragment) = path.split_once('#').map_or((path, None), |(path, fragment)| (path, Some(fragment)));
    let separator = if path.contains('?') { '&' } else { '?' };
    let fragment = fragment.map(|fragment| format!("#{fragment}")).unwrap_or_default();
    format!("{path}{separator}lang={}{fragment}", language.tag())
}

/// Goes on to another page; the page before stays in the history.
pub fn go(path: &str) {
    if let Some(window) = web_sys::window() {
        let _stays_here = window.location().assign(&link(path));
    }
}

/// Goes on without leaving this page in the history, as a form does that is done.
pub fn replace(path: &str) {
    if let Some(window) = web_sys::window() {
        let _stays_here = window.location().replace(&link(path));
    }
}

/// Shows another address for this page, so that a reload or a link finds what is shown now.
pub fn show_address(path: &str) {
    let history = web_sys::window().and_then(|window| window.history().ok());
    if let Some(history) = history {
        let _shown_or_not = history.replace_state_with_url(&JsValue::NULL, "", Some(path));
    }
}

/// What this browser keeps for all tabs; nothing where that is forbidden.
pub fn local_storage() -> Option<Storage> {
    web_sys::window()?.local_storage().ok().flatten()
}

/// What this tab keeps over a reload; nothing where that is forbidden.
pub fn session_storage() -> Option<Storage> {
    web_sys::window()?.session_storage().ok().flatten()
}

/// Whether nobody looks at the page.
pub fn is_hidden() -> bool {
    let document = web_sys::window().and_then(|window| window.document());
    document.is_some_and(|document| document.visibility_state() == VisibilityState::Hidden)
}

/// Where to go after signing in: what the address says, if it is a page of ours.
pub fn next() -> String {
    let origin = web_sys::window().and_then(|window| window.location().origin().ok()).unwrap_or_default();
    let asked = parameter(NEXT).unwrap_or_default();
    let own = Url::new_with_base(&asked, &origin).ok().filter(|url| url.origin() == origin && asked.starts_with('/'));
    own.map_or_else(|| "/".to_owned(), |url| format!("{}{}{}", url.pathname(), url.search(), url.hash()))
}

/// The address of a page that leads back to this one.
pub fn with_way_back(path: &str) -> String {
    let location = web_sys::window().map(|window| window.location());
    let here = location.and_then(|place| Some(format!("{}{}", place.pathname().ok()?, place.search().ok()?)));
    link(&format!("{path}?{NEXT}={}", String::from(js_sys::encode_uri_component(&here.unwrap_or_default()))))
}

/// Hands a file to the reader, as a link to it would.
pub fn save(file: &Blob, name: &str) -> Result<(), JsValue> {
    let url = Url::create_object_url_with_blob(file)?;
    let link: HtmlAnchorElement = document().create_element("a")?.dyn_into()?;
    link.set_href(&url);
    link.set_download(name);
    link.click();
    Url::revoke_object_url(&url)
}

/// Starts the title with “Error:”, or ends that.
pub fn mark_title(language: Language, wrong: bool) {
    let prefix = language.error_prefix();
    let title = document().title();
    let plain = title.strip_prefix(prefix).unwrap_or(&title);
    document().set_title(&if wrong { format!("{prefix}{plain}") } else { plain.to_owned() });
}

/// This computer's time zone by its IANA name.
pub fn time_zone() -> String {
    let found = || {
        let intl = Reflect::get(&js_sys::global(), &"Intl".into()).ok()?;
        let format: Function = Reflect::get(&intl, &"DateTimeFormat".into()).ok()?.dyn_into().ok()?;
        let made = format.call0(&JsValue::UNDEFINED).ok()?;
        let options: Function = Reflect::get(&made, &"resolvedOptions".into()).ok()?.dyn_into().ok()?;
        Reflect::get(&options.call0(&made).ok()?, &"timeZone".into()).ok()?.as_string()
    };
    found().unwrap_or_else(|| "UTC".to_owned())
}

/// Moves the focus to an element.
pub fn focus(id: &str) {
    let element = document().get_element_by_id(id).and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok());
    if let Some(element) = element {
        let _cannot_have_it = element.focus();
    }
}

/// Lets the page's link that is marked for it lead back to the same place as this page does.
pub fn hand_on_way_back() {
    let link = document().query_selector("a[data-hands-on]").ok().flatten();
    let (Some(link), Some(next)) = (link, parameter(NEXT)) else { return };
    let path = link.get_attribute("href").unwrap_or_default();
    let separator = if path.contains('?') { '&' } else { '?' };
    let next = String::from(js_sys::encode_uri_component(&next));
    let _still_leads_somewhere = link.set_attribute("href", &format!("{path}{separator}{NEXT}={next}"));
}
