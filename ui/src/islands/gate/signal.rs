//! What is heard and felt: two short high tones for who may come in, a long low one for who may not.

use std::cell::RefCell;
use web_sys::{AudioContext, OscillatorType};

thread_local! {
    static AUDIO: RefCell<Option<AudioContext>> = const { RefCell::new(None) };
}

/// Wakes the sound: browsers allow it only after a press.
pub(super) fn wake() {
    AUDIO.with_borrow_mut(|audio| {
        if audio.is_none() {
            *audio = AudioContext::new().ok();
        }
        let _stays_silent = audio.as_ref().map(AudioContext::resume);
    });
}

/// Somebody may pass.
pub(super) fn good() {
    tone(880.0, 0.0, 0.09);
    tone(1_175.0, 0.11, 0.12);
    shake(&[60.0]);
}

/// Somebody may not.
pub(super) fn bad() {
    tone(196.0, 0.0, 0.5);
    shake(&[200.0, 80.0, 200.0]);
}

/// One tone after so many seconds, so many seconds long. A device without sound stays silent.
fn tone(hertz: f32, after: f64, seconds: f64) {
    AUDIO.with_borrow(|audio| {
        let Some(audio) = audio else { return };
        let sound = || {
            let (source, volume) = (audio.create_oscillator()?, audio.create_gain()?);
            source.set_type(OscillatorType::Triangle);
            source.frequency().set_value(hertz);
            volume.gain().set_value(0.3);
            source.connect_with_audio_node(&volume)?;
            volume.connect_with_audio_node(&audio.destination())?;
            source.start_with_when(audio.current_time() + after)?;
            source.stop_with_when(audio.current_time() + after + seconds)
        };
        let _silent: Result<(), wasm_bindgen::JsValue> = sound();
    });
}

fn shake(pattern: &[f64]) {
    let pattern: js_sys::Array = pattern.iter().map(|part| wasm_bindgen::JsValue::from_f64(*part)).collect();
    let Some(navigator) = web_sys::window().map(|window| window.navigator()) else { return };
    // Not every phone can.
    if js_sys::Reflect::has(&navigator, &"vibrate".into()).unwrap_or(false) {
        let _stands_still = navigator.vibrate_with_pattern(&pattern);
    }
}
