//! What a map is made of, and the canvas it is painted on.

use super::House;
use crate::api::Failure;
use crate::seats::{Plan, Screen};
use js_sys::{ArrayBuffer, Uint8Array};
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{HtmlCanvasElement, ResizeObserver, Response};

/// The plan's bytes are read as they come: an arena's are megabytes, which as text would be copied twice.
pub(crate) async fn plan(event: &str) -> Result<Plan, Failure> {
    let fetched = async {
        let window = web_sys::window().ok_or(JsValue::NULL)?;
        let response = JsFuture::from(window.fetch_with_str(&format!("/api/events/{event}/plan"))).await?;
        let response: Response = response.dyn_into()?;
        if !response.ok() {
            return Err(JsValue::NULL);
        }
        let buffer: ArrayBuffer = JsFuture::from(response.array_buffer()?).await?.dyn_into()?;
        Ok(Uint8Array::new(&buffer).to_vec())
    };
    let bytes = fetched.await.map_err(|_: JsValue| Failure::Lost)?;
    Plan::read(&bytes).map_err(|_| Failure::Unreadable)
}

/// The map's room on the page, as it is now, less what covers it above and below, in pixels.
pub(crate) fn screen_of(canvas: &HtmlCanvasElement, covered: (f64, f64)) -> Screen {
    Screen {
        width: f64::from(canvas.client_width().max(1)),
        height: f64::from(canvas.client_height().max(1)),
        top: covered.0,
        bottom: covered.1,
    }
}

/// Whether the reader asked for less movement.
pub(crate) fn wants_stillness() -> bool {
    media("(prefers-reduced-motion: reduce)").is_some_and(|query| query.matches())
}

fn media(query: &str) -> Option<web_sys::MediaQueryList> {
    web_sys::window()?.match_media(query).ok().flatten()
}

/// The canvas follows its size and the page's light as long as the page is there.
pub(crate) fn follow_page(house: impl House, canvas: &HtmlCanvasElement) {
    let sized = canvas.clone();
    let resized = Closure::<dyn Fn()>::new(move || house.resized(&sized));
    if let Ok(observer) = ResizeObserver::new(resized.as_ref().unchecked_ref()) {
        observer.observe(canvas);
    }
    resized.forget();
    let relit = Closure::<dyn Fn()>::new(move || house.relit());
    if let Some(query) = media("(prefers-color-scheme: dark)") {
        query.set_onchange(Some(relit.as_ref().unchecked_ref()));
    }
    relit.forget();
}
