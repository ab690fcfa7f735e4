//! The map by mouse and finger.

use super::{House, tip};
use crate::browser::now_ms;
use std::cell::RefCell;
use wasm_bindgen::JsCast;
use web_sys::{Element, PointerEvent, WheelEvent};

/// What is listened to, beside the wheel.
pub(crate) const EVENTS: [&str; 5] = ["pointerdown", "pointermove", "pointerup", "pointercancel", "pointerleave"];

/// One of these happened.
pub(crate) fn act(house: impl House, name: &str, event: &PointerEvent) {
    match name {
        "pointerdown" => down(house, event),
        "pointermove" => moved(house, event),
        "pointerup" => up(house, event),
        "pointercancel" => cancelled(event),
        _ => left(house),
    }
}

/// A press that moves farther than this is no click, in pixels.
const CLICK_REACH: f64 = 7.0;
/// How far from a seat's middle it is still meant.
const MOUSE_REACH: f64 = 9.0;
const TOUCH_REACH: f64 = 14.0;
/// Two taps within so many milliseconds and pixels are one double tap.
const DOUBLE_MS: f64 = 300.0;
const DOUBLE_REACH: f64 = 30.0;
/// A notch of the wheel, as browsers count it in pixels, lines or pages.
const WHEEL: f64 = 0.0016;
const LINE_PIXELS: f64 = 16.0;
const PAGE_PIXELS: f64 = 400.0;

#[derive(Default)]
struct Gesture {
    /// Pressed pointers and where they are.
    pressed: Vec<(i32, (f64, f64))>,
    moved: f64,
    /// The last tap: when and where.
    tap: Option<(f64, (f64, f64))>,
}

thread_local! {
    // There is one map on a page and one hand on it.
    static GESTURE: RefCell<Gesture> = RefCell::new(Gesture::default());
}

fn place(event: &PointerEvent) -> (f64, f64) {
    (f64::from(event.offset_x()), f64::from(event.offset_y()))
}

fn is_touch(event: &PointerEvent) -> bool {
    event.pointer_type() == "touch"
}

/// Pressed.
fn down(house: impl House, event: &PointerEvent) {
    if event.button() > 0 {
        return;
    }
    if let Some(target) = event.target().and_then(|target| target.dyn_into::<Element>().ok()) {
        let _moves_end_at_the_edge = target.set_pointer_capture(event.pointer_id());
    }
    GESTURE.with_borrow_mut(|gesture| {
        gesture.pressed.retain(|(id, _)| *id != event.pointer_id());
        gesture.pressed.push((event.pointer_id(), place(event)));
        gesture.moved = if gesture.pressed.len() > 1 { f64::INFINITY } else { 0.0 };
    });
    if is_touch(event) && house.change(|board| board.hover(None)) == Some(true) {
        tip::follow(house);
    }
}

/// Moved: drags, pinches, or looks.
fn moved(house: impl House, event: &PointerEvent) {
    let now = place(event);
    let step = GESTURE.with_borrow_mut(|gesture| {
        let own = gesture.pressed.iter().position(|(id, _)| *id == event.pointer_id())?;
        let before = std::mem::replace(&mut gesture.pressed[own].1, now);
        gesture.moved += (now.0 - before.0).abs() + (now.1 - before.1).abs();
        let other = gesture.pressed.iter().find(|(id, _)| *id != event.pointer_id()).map(|(_, at)| *at);
        Some((before, other, gesture.moved))
    });
    match step {
        None if is_touch(event) => {}
        None => hover(house, now),
        Some((before, Some(other), _)) => {
            let (from, to) = (apart(before, other), apart(now, other));
            let (middle_before, middle) = (between(before, other), between(now, other));
            house.change(|board| {
                board.pan(middle.0 - middle_before.0, middle.1 - middle_before.1);
                if from > 1.0 {
                    board.zoom(to / from, middle);
                }
            });
        }
        // A hand that trembles is no drag.
        Some((_, None, moved)) if moved < CLICK_REACH => {}
        Some((before, None, _)) => {
            house.change(|board| board.pan(now.0 - before.0, now.1 - before.1));
        }
    }
}

fn hover(house: impl House, at: (f64, f64)) {
    let news = house.look(|board| {
        let seat = board.pick(at, MOUSE_REACH);
        (seat != board.hovered()).then_some(seat)
    });
    if let Some(Some(seat)) = news {
        house.change(|board| board.hover(seat));
        tip::follow(house);
    }
}

/// Let go: a click chooses; a tap comes closer while seats are too small for a finger.
fn up(house: impl House, event: &PointerEvent) {
    let at = place(event);
    let tapped = GESTURE.with_borrow_mut(|gesture| {
        let known = gesture.pressed.iter().any(|(id, _)| *id == event.pointer_id());
        gesture.pressed.retain(|(id, _)| *id != event.pointer_id());
        let is_click = known && gesture.pressed.is_empty() && gesture.moved < CLICK_REACH;
        if !is_click {
            return None;
        }
        let now = now_ms();
        let double = gesture.tap.is_some_and(|(when, place)| now - when < DOUBLE_MS && apart(place, at) < DOUBLE_REACH);
        gesture.tap = (!double).then_some((now, at));
        Some(double)
    });
    let Some(double) = tapped else { return };
    let reach = if is_touch(event) { TOUCH_REACH } else { MOUSE_REACH };
    let too_small = is_touch(event)
        && house.look(|board| board.camera().closer_for_touch(board.plan.pitch).is_some()) == Some(true);
    let seat = house.look(|board| board.pick(at, reach)).flatten();
    match seat {
        _ if too_small => {
            house.change(|board| board.come_closer(at, now_ms()));
        }
        Some(seat) => {
            house.press(seat);
            tip::follow(house);
        }
        None if double && is_touch(event) => {
            house.change(|board| board.come_closer(at, now_ms()));
        }
        None => {}
    }
}

/// The browser took the gesture away.
fn cancelled(event: &PointerEvent) {
    GESTURE.with_borrow_mut(|gesture| gesture.pressed.retain(|(id, _)| *id != event.pointer_id()));
}

/// The pointer left the map.
fn left(house: impl House) {
    if house.change(|board| board.hover(None)) == Some(true) {
        tip::follow(house);
    }
}

/// The wheel zooms at the pointer; two fingers on a pad do both.
pub(crate) fn wheel(house: impl House, event: &WheelEvent) {
    event.prevent_default();
    let unit = match event.delta_mode() {
        1 => LINE_PIXELS,
        2 => PAGE_PIXELS,
        _ => 1.0,
    };
    // A pinch on a pad comes as a wheel with the control key, in smaller steps.
    let strength = if event.ctrl_key() { 5.0 } else { 1.0 };
    let turn = (event.delta_y() * unit * strength).clamp(-600.0, 600.0);
    let at = (f64::from(event.offset_x()), f64::from(event.offset_y()));
    house.change(|board| board.zoom((-turn * WHEEL).exp(), at));
}

fn apart(a: (f64, f64), b: (f64, f64)) -> f64 {
    (a.0 - b.0).hypot(a.1 - b.1)
}

fn between(a: (f64, f64), b: (f64, f64)) -> (f64, f64) {
    (f64::midpoint(a.0, b.0), f64::midpoint(a.1, b.1))
}
