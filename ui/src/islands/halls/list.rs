//! One's venues and their halls: to draw another one, to bring one in.

use super::{ROOT, html};
use super::{Reader, door, list_html};
use crate::api::{self, Call, Failure, Key, Method};
use crate::browser;
use crate::islands::dom::{self, listen};
use js_sys::Reflect;
use leptos::task::spawn_local;
use onsale_core::api::halls::{HallSummary, NewHall};
use onsale_core::api::page::Page;
use serde::Deserialize;
use serde_json::{Value, json};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, Event, FormData, HtmlFormElement, HtmlInputElement};

/// So many venues are shown; more of them are asked for by no page yet.
const VENUES_MAX: usize = 50;

/// A venue's name and place.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Venue {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) city: String,
}

/// A venue with its halls.
pub(super) struct Listed {
    pub(super) venue: Venue,
    pub(super) halls: Vec<HallSummary>,
}

/// Asks for all of it and shows it.
pub(super) fn begin(reader: Reader) {
    if let Some(root) = dom::by_id(ROOT) {
        listen(&root, "submit", move |event| {
            event.prevent_default();
            sent(reader, &event);
        });
        listen(&root, "change", move |event| brought(reader, &event));
    }
    spawn_local(async move { show(reader).await });
}

async fn show(reader: Reader) {
    match load().await {
        Ok(all) => dom::html(ROOT, &list_html::list(reader, &all, &browser::time_zone())),
        Err(failure) => door::shut(reader, &failure),
    }
}

async fn load() -> Result<Vec<Listed>, Failure> {
    let page: Page<Venue> = api::get_mine(&format!("/api/admin/venues?limit={VENUES_MAX}")).await?;
    let mut all = Vec::with_capacity(page.items.len());
    for venue in page.items {
        let halls: Page<HallSummary> =
            api::get_mine(&format!("/api/admin/venues/{}/halls?limit=100", venue.id)).await?;
        all.push(Listed { venue, halls: halls.items });
    }
    Ok(all)
}

fn sent(reader: Reader, event: &Event) {
    let form = event.target().and_then(|target| target.dyn_into::<HtmlFormElement>().ok());
    let Some(form) = form else { return };
    let Ok(values) = FormData::new_with_form(&form) else { return };
    let value = |name: &str| values.get(name).as_string().unwrap_or_default().trim().to_owned();
    match form.get_attribute("data-form").as_deref() {
        Some("venue") => {
            let number = |name: &str| value(name).replace(',', ".").parse::<f64>().map_or(Value::Null, Value::from);
            let body = json!({
                "name": value("name"), "city": value("city"), "country": value("country").to_uppercase(),
                "timeZone": value("zone"), "latitude": number("latitude"), "longitude": number("longitude"),
            });
            spawn_local(async move {
                match api::effect::<_, Value>(Method::Post, "/api/admin/venues", &body).await {
                    Ok(_) => show(reader).await,
                    Err(failure) => refused(reader, &failure),
                }
            });
        }
        Some(venue) => {
            let path = format!("/api/admin/venues/{venue}/halls");
            let body = NewHall { name: value("name"), plan_id: None };
            spawn_local(async move {
                match api::effect::<_, HallSummary>(Method::Post, &path, &body).await {
                    Ok(made) => open(reader, &made),
                    Err(failure) => refused(reader, &failure),
                }
            });
        }
        None => {}
    }
}

fn open(reader: Reader, hall: &HallSummary) {
    browser::go(&reader.link(&format!("/organiser/halls/{}", hall.hall_id)));
}

fn refused(reader: Reader, failure: &Failure) {
    let html = match failure {
        Failure::SignedOut => return door::shut(reader, failure),
        Failure::Problem { body, .. } if !body.errors.is_empty() => html::refused(reader.language, body),
        failure => html::notice("bad", &failure.words(reader.language), ""),
    };
    dom::html("told", &html);
    browser::focus("told");
}

/// A file was chosen: it becomes a hall of its venue.
fn brought(reader: Reader, event: &Event) {
    let Some((element, venue)) = dom::marked(event.target(), "data-bring") else { return };
    let Ok(input) = element.dyn_into::<HtmlInputElement>() else { return };
    spawn_local(async move {
        let Some((name, text)) = first_file(&input).await else { return };
        input.set_value("");
        match send(&venue, &name, text).await {
            Ok(made) => open(reader, &made),
            Err(Failure::Unreadable) => {
                dom::html("told", &html::notice("bad", reader.language.hall_unreadable(), ""));
                browser::focus("told");
            }
            Err(failure) => refused(reader, &failure),
        }
    });
}

async fn first_file(input: &HtmlInputElement) -> Option<(String, String)> {
    let files = Reflect::get(input, &"files".into()).ok()?;
    let file = Reflect::get(&files, &0.into()).ok().filter(JsValue::is_object)?;
    let name = Reflect::get(&file, &"name".into()).ok()?.as_string()?;
    let text = JsFuture::from(file.dyn_into::<Blob>().ok()?.text()).await.ok()?;
    Some((name, text.as_string()?))
}

async fn send(venue: &str, file: &str, text: String) -> Result<HallSummary, Failure> {
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    let call = if file.to_lowercase().ends_with(".csv") {
        let name = String::from(js_sys::encode_uri_component(stem));
        let path = format!("/api/admin/venues/{venue}/halls/csv?name={name}");
        Call::new(Method::Post, &path).with_text("text/csv", text)
    } else {
        let path = format!("/api/admin/venues/{venue}/halls/pretix");
        Call::new(Method::Post, &path).with_text("application/json", text)
    };
    api::effect_call(&Key::fresh(), call).await?.read()
}
