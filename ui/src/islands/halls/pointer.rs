//! The hall by mouse and finger.

use super::edit::{CATCH_PIXELS, GRID};
use super::editor::{Editor, State, Tool};
use super::paint::in_hall;
use crate::islands::dom::listen;
use onsale_core::hall::{Spot, snapped};
use std::collections::BTreeSet;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlCanvasElement, PointerEvent, WheelEvent};

/// A press that moves less than this is a click, in pixels.
const CLICK_REACH: f64 = 4.0;
/// How far from a seat's middle it is still meant, in pixels.
const MOUSE_REACH: f64 = 8.0;
const TOUCH_REACH: f64 = 16.0;
/// A notch of the wheel, as browsers count it in pixels, lines or pages.
const WHEEL: f64 = 0.0016;
const LINE_PIXELS: f64 = 16.0;

/// What the hand is about to do.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) enum Doing {
    #[default]
    Nothing,
    /// Moves the floor.
    Pan,
    /// Carries what is selected; where it is caught, and along which lines.
    Move { by: Spot, caught: (Spot, [bool; 2]) },
    /// Draws a band around what is to be selected.
    Band { from: Spot, to: Spot },
    /// Draws something new.
    Draw { from: Spot, to: Spot },
}

/// Pressed pointers, and where the first of them began.
#[derive(Debug, Default)]
pub(super) struct Hand {
    pressed: Vec<(i32, (f64, f64))>,
    start: (f64, f64),
    moved: f64,
    /// Whether more is selected beside what is.
    adds: bool,
    /// Whether it pressed on what is selected.
    on_own: bool,
}

/// Listens to what is done to the hall.
pub(super) fn wake(editor: &Editor, canvas: &HtmlCanvasElement) {
    let own = editor.clone();
    listen(canvas, "pointerdown", move |event| down(&own, event.unchecked_ref()));
    let own = editor.clone();
    listen(canvas, "pointermove", move |event| moved(&own, event.unchecked_ref()));
    let own = editor.clone();
    listen(canvas, "pointerup", move |event| up(&own, event.unchecked_ref()));
    let own = editor.clone();
    listen(canvas, "pointercancel", move |_| {
        own.act(|state| {
            state.hand.pressed.clear();
            state.doing = Doing::Nothing;
        });
        own.frame();
    });
    let own = editor.clone();
    listen(canvas, "wheel", move |event| wheel(&own, event.unchecked_ref()));
}

fn place(event: &PointerEvent) -> (f64, f64) {
    (f64::from(event.offset_x()), f64::from(event.offset_y()))
}

fn reach(event: &PointerEvent, state: &State) -> f64 {
    let pixels = if event.pointer_type() == "touch" { TOUCH_REACH } else { MOUSE_REACH };
    pixels / state.camera.scale
}

fn down(editor: &Editor, event: &PointerEvent) {
    if event.button() > 1 {
        return;
    }
    if let Some(target) = event.target().and_then(|target| target.dyn_into::<Element>().ok()) {
        let _moves_end_at_the_edge = target.set_pointer_capture(event.pointer_id());
    }
    let at = place(event);
    let pressed = editor.act(|state| {
        state.hand.pressed.retain(|(id, _)| *id != event.pointer_id());
        state.hand.pressed.push((event.pointer_id(), at));
        if state.hand.pressed.len() > 1 {
            // Two fingers pinch, whatever the first was about to do.
            state.hand.moved = f64::INFINITY;
            state.doing = Doing::Pan;
            return None;
        }
        let spot = in_hall(state.camera, at);
        let hit = state.scene.pick(spot, reach(event, state));
        state.hand.start = at;
        state.hand.moved = 0.0;
        state.hand.adds = event.shift_key() || event.ctrl_key() || event.meta_key();
        state.hand.on_own = hit.is_some_and(|hit| state.chosen.contains(&hit.part));
        state.doing = match state.tool {
            _ if event.button() == 1 => Doing::Pan,
            tool if tool.draws() => Doing::Draw { from: spot, to: spot },
            Tool::Select if hit.is_some() => Doing::Move { by: Spot::default(), caught: (spot, [false; 2]) },
            // A finger on the floor moves it; a mouse draws a band.
            _ if event.pointer_type() == "touch" => Doing::Pan,
            _ => Doing::Band { from: spot, to: spot },
        };
        let selects = state.tool == Tool::Select && !state.hand.on_own && !state.hand.adds;
        hit.filter(|_| selects && matches!(state.doing, Doing::Move { .. })).map(|hit| hit.part)
    });
    if let Some(part) = pressed {
        editor.choose(vec![part]);
    }
    editor.frame();
}

fn moved(editor: &Editor, event: &PointerEvent) {
    let now = place(event);
    let paints = editor.act(|state| {
        let own = state.hand.pressed.iter().position(|(id, _)| *id == event.pointer_id());
        let Some(own) = own else { return false };
        let before = std::mem::replace(&mut state.hand.pressed[own].1, now);
        state.hand.moved += (now.0 - before.0).abs() + (now.1 - before.1).abs();
        let other = state.hand.pressed.iter().find(|(id, _)| *id != event.pointer_id()).map(|(_, at)| *at);
        if let Some(other) = other {
            let grown = apart(now, other) / apart(before, other).max(1.0);
            state.camera = state.camera.moved((now.0 - before.0) / 2.0, (now.1 - before.1) / 2.0);
            let middle = (f64::midpoint(now.0, other.0), f64::midpoint(now.1, other.1));
            state.camera = state.camera.zoomed(grown, middle, (0.02, 16.0));
            return true;
        }
        if state.hand.moved < CLICK_REACH {
            return false;
        }
        drag(state, before, now);
        true
    });
    if paints {
        editor.frame();
    }
}

fn drag(state: &mut State, before: (f64, f64), now: (f64, f64)) {
    let (from, to) = (in_hall(state.camera, state.hand.start), in_hall(state.camera, now));
    match &mut state.doing {
        Doing::Nothing => {}
        Doing::Pan => state.camera = state.camera.moved(now.0 - before.0, now.1 - before.1),
        Doing::Band { to: end, .. } | Doing::Draw { to: end, .. } => *end = to,
        Doing::Move { by, caught } => {
            let first = state.chosen.first().and_then(|number| state.hall.part(*number));
            let Some(first) = first else { return };
            let asked = first.at.moved(Spot::new(to.x - from.x, to.y - from.y));
            let (at, lines) = snapped(&state.hall, &state.chosen, asked, GRID, CATCH_PIXELS / state.camera.scale);
            *by = Spot::new(at.x - first.at.x, at.y - first.at.y);
            *caught = (at, lines);
        }
    }
}

fn up(editor: &Editor, event: &PointerEvent) {
    let (doing, is_click, last) = editor.act(|state| {
        let known = state.hand.pressed.iter().any(|(id, _)| *id == event.pointer_id());
        state.hand.pressed.retain(|(id, _)| *id != event.pointer_id());
        let last = state.hand.pressed.is_empty();
        let doing = if last { std::mem::take(&mut state.doing) } else { state.doing.clone() };
        (doing, known && state.hand.moved < CLICK_REACH, last)
    });
    if !last {
        return;
    }
    match doing {
        Doing::Draw { from, to } => {
            let (low, high) = ordered(from, to);
            editor.draw(low, high);
        }
        _ if is_click => clicked(editor, event),
        Doing::Move { by, .. } if by != Spot::default() => {
            let chosen = editor.look(|state| state.chosen.clone());
            editor.edit(None, |hall| hall.shift(&chosen, by));
            editor.show_all();
        }
        Doing::Band { from, to } => banded(editor, ordered(from, to)),
        Doing::Move { .. } | Doing::Pan | Doing::Nothing => {}
    }
    editor.frame();
}

fn clicked(editor: &Editor, event: &PointerEvent) {
    let (hit, tool, adds, on_own) = editor.look(|state| {
        let hit = state.scene.pick(in_hall(state.camera, place(event)), reach(event, state));
        (hit, state.tool, state.hand.adds, state.hand.on_own)
    });
    match (tool, hit) {
        (Tool::Seats, Some(hit)) if hit.seat.is_some() => {
            let seats = editor.look(|state| {
                let mut seats = state.seats.clone();
                if let Some(seat) = hit.seat
                    && !seats.remove(&seat)
                {
                    seats.insert(seat);
                }
                seats
            });
            editor.choose_seats(seats);
        }
        (Tool::Select, Some(hit)) if adds => {
            let chosen = editor.look(|state| {
                let mut chosen = state.chosen.clone();
                chosen.retain(|number| *number != hit.part);
                if !on_own {
                    chosen.push(hit.part);
                }
                chosen
            });
            editor.choose(chosen);
        }
        (_, Some(hit)) => editor.choose(vec![hit.part]),
        (_, None) if !adds => editor.choose(Vec::new()),
        (_, None) => {}
    }
}

fn banded(editor: &Editor, (low, high): (Spot, Spot)) {
    let (tool, adds) = editor.look(|state| (state.tool, state.hand.adds));
    if tool == Tool::Seats {
        let seats: BTreeSet<_> = editor.look(|state| {
            let within = state.scene.seats_within(low, high);
            let before = if adds { state.seats.clone() } else { BTreeSet::new() };
            before.into_iter().chain(within).collect()
        });
        editor.choose_seats(seats);
        return;
    }
    let parts = editor.look(|state| {
        let mut parts = if adds { state.chosen.clone() } else { Vec::new() };
        parts.extend(state.scene.parts_within(low, high));
        parts.sort_unstable();
        parts.dedup();
        parts
    });
    editor.choose(parts);
}

fn wheel(editor: &Editor, event: &WheelEvent) {
    event.prevent_default();
    let unit = if event.delta_mode() == 0 { 1.0 } else { LINE_PIXELS };
    // A pinch on a pad comes as a wheel with the control key, in smaller steps.
    let strength = if event.ctrl_key() { 5.0 } else { 1.0 };
    let turn = (event.delta_y() * unit * strength).clamp(-600.0, 600.0);
    editor.zoom((-turn * WHEEL).exp(), Some((f64::from(event.offset_x()), f64::from(event.offset_y()))));
}

fn ordered(from: Spot, to: Spot) -> (Spot, Spot) {
    (Spot::new(from.x.min(to.x), from.y.min(to.y)), Spot::new(from.x.max(to.x), from.y.max(to.y)))
}

fn apart(a: (f64, f64), b: (f64, f64)) -> f64 {
    (a.0 - b.0).hypot(a.1 - b.1)
}
