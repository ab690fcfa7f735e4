//! The service worker that keeps this page, so that it opens without a network.

use crate::islands::dom;
use leptos::task::spawn_local;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{RegistrationOptions, ServiceWorkerRegistration};

/// What the gateway serves it under, and the pages that it keeps.
const SCRIPT: &str = "/organiser/gate-worker.js";
const SCOPE: &str = "/organiser/events/";

/// Starts it and tells it what this page is made of. Where a browser has none, the page needs a network to open.
pub(super) fn start() {
    spawn_local(async {
        let _needs_a_network = keep().await;
    });
}

async fn keep() -> Result<(), JsValue> {
    let window = web_sys::window().ok_or(JsValue::NULL)?;
    let navigator = window.navigator();
    if !js_sys::Reflect::has(&navigator, &"serviceWorker".into())? {
        return Ok(());
    }
    let workers = navigator.service_worker();
    let options = RegistrationOptions::new();
    options.set_scope(SCOPE);
    JsFuture::from(workers.register_with_options(SCRIPT, &options)).await?;
    let ready: ServiceWorkerRegistration = JsFuture::from(workers.ready()?).await?.dyn_into()?;
    let files = js_sys::Array::new();
    files.push(&JsValue::from_str(&window.location().href()?));
    for (selector, name) in [("link[href^=\"/assets/\"]", "href"), ("script[src^=\"/assets/\"]", "src")] {
        for element in dom::all(selector) {
            files.push(&element.get_attribute(name).unwrap_or_default().into());
        }
    }
    let message = js_sys::Object::new();
    js_sys::Reflect::set(&message, &"files".into(), &files)?;
    match ready.active() {
        Some(worker) => worker.post_message(&message),
        None => Ok(()),
    }
}
