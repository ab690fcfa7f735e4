//! The camera: its picture is read by the browser where it can read codes, else here.

use super::page::{self, Shared};
use crate::api::sleep;
use crate::islands::dom;
use js_sys::{Array, Function, Object, Reflect};
use leptos::task::spawn_local;
use std::time::Duration;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    CanvasRenderingContext2d, HtmlCanvasElement, HtmlVideoElement, MediaStream, MediaStreamConstraints,
    MediaStreamTrack,
};

/// How often a picture is looked at.
const EVERY: Duration = Duration::from_millis(150);
/// A picture is looked at in this width: a code that fills a third of it is read.
const WIDTH_MAX: u32 = 720;

/// Turns the camera on, or off when it is on.
pub(super) fn toggle(gate: &Shared) {
    if gate.borrow().camera {
        stop(gate);
        return;
    }
    gate.borrow_mut().camera = true;
    let gate = gate.clone();
    spawn_local(async move {
        match begin().await {
            Ok((video, canvas)) => {
                page::show_camera(&gate, true);
                watch(&gate, &video, &canvas).await;
                end(&video);
            }
            Err(_) => {
                stop(&gate);
                page::warn(gate.borrow().reader.language.gate_camera_refused());
            }
        }
    });
}

fn stop(gate: &Shared) {
    gate.borrow_mut().camera = false;
    page::show_camera(gate, false);
}

async fn begin() -> Result<(HtmlVideoElement, HtmlCanvasElement), JsValue> {
    let window = web_sys::window().ok_or(JsValue::NULL)?;
    let document = window.document().ok_or(JsValue::NULL)?;
    let wanted = Object::new();
    Reflect::set(&wanted, &"facingMode".into(), &"environment".into())?;
    let constraints = MediaStreamConstraints::new();
    constraints.set_video(&wanted);
    let stream = JsFuture::from(window.navigator().media_devices()?.get_user_media_with_constraints(&constraints)?);
    let stream: MediaStream = stream.await?.dyn_into()?;
    let video: HtmlVideoElement = dom::by_id("camera").ok_or(JsValue::NULL)?.dyn_into()?;
    video.set_src_object(Some(&stream));
    JsFuture::from(video.play()?).await?;
    let canvas: HtmlCanvasElement = document.create_element("canvas")?.dyn_into()?;
    Ok((video, canvas))
}

fn end(video: &HtmlVideoElement) {
    if let Some(stream) = video.src_object() {
        for track in stream.get_tracks().iter() {
            track.unchecked_into::<MediaStreamTrack>().stop();
        }
    }
    video.set_src_object(None);
}

/// Looks until the camera is turned off.
async fn watch(gate: &Shared, video: &HtmlVideoElement, canvas: &HtmlCanvasElement) {
    let reader = own_reader().await;
    while gate.borrow().camera {
        let code = match &reader {
            Some(reader) => read_by_browser(reader, video).await,
            None => read_here(video, canvas).ok().flatten(),
        };
        if let Some(code) = code {
            page::seen_by_camera(gate, code);
        }
        sleep(EVERY).await;
    }
}

/// The browser's reader of codes, where it has one.
async fn own_reader() -> Option<JsValue> {
    let made: Function = Reflect::get(&js_sys::global(), &"BarcodeDetector".into()).ok()?.dyn_into().ok()?;
    let formats: Function = Reflect::get(&made, &"getSupportedFormats".into()).ok()?.dyn_into().ok()?;
    let formats = JsFuture::from(formats.call0(&made).ok()?.unchecked_into::<js_sys::Promise>()).await.ok()?;
    let qr = JsValue::from_str("qr_code");
    if !formats.unchecked_into::<Array>().includes(&qr, 0) {
        return None;
    }
    let options = Object::new();
    Reflect::set(&options, &"formats".into(), &Array::of1(&qr)).ok()?;
    Reflect::construct(&made, &Array::of1(&options)).ok()
}

async fn read_by_browser(reader: &JsValue, video: &HtmlVideoElement) -> Option<String> {
    let detect: Function = Reflect::get(reader, &"detect".into()).ok()?.dyn_into().ok()?;
    let found = detect.call1(reader, video).ok()?.unchecked_into::<js_sys::Promise>();
    let found: Array = JsFuture::from(found).await.ok()?.unchecked_into();
    Reflect::get(&found.get(0), &"rawValue".into()).ok()?.as_string()
}

fn read_here(video: &HtmlVideoElement, canvas: &HtmlCanvasElement) -> Result<Option<String>, JsValue> {
    let (wide, high) = (video.video_width(), video.video_height());
    if wide == 0 || high == 0 {
        return Ok(None);
    }
    let width = wide.min(WIDTH_MAX);
    let height = high * width / wide;
    canvas.set_width(width);
    canvas.set_height(height);
    // Each picture is read back: the browser is told, so that it does not draw it where reading is slow.
    let often = Object::new();
    Reflect::set(&often, &"willReadFrequently".into(), &JsValue::TRUE)?;
    let brush = canvas.get_context_with_context_options("2d", &often)?.ok_or(JsValue::NULL)?;
    let brush: CanvasRenderingContext2d = brush.dyn_into()?;
    let (w, h) = (f64::from(width), f64::from(height));
    brush.draw_image_with_html_video_element_and_dw_and_dh(video, 0.0, 0.0, w, h)?;
    let pixels = brush.get_image_data(0.0, 0.0, w, h)?.data();
    Ok(read(&pixels, width as usize, height as usize))
}

/// The text of a code in a picture of four bytes a pixel.
#[cfg(feature = "gate")]
fn read(pixels: &[u8], width: usize, height: usize) -> Option<String> {
    // Green is most of what eyes and sensors call brightness.
    let mut picture = rqrr::PreparedImage::prepare_from_greyscale(width, height, |x, y| {
        pixels.get((y * width + x) * 4 + 1).copied().unwrap_or(u8::MAX)
    });
    picture.detect_grids().iter().find_map(|grid| grid.decode().ok()).map(|(_, text)| text)
}

/// The server looks at no pictures.
#[cfg(not(feature = "gate"))]
fn read(_pixels: &[u8], _width: usize, _height: usize) -> Option<String> {
    None
}
