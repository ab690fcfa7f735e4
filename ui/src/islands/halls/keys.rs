//! The hall by keyboard: all that a mouse does.

use super::edit::GRID;
use super::editor::{Editor, Tool};
use crate::islands::dom::{self, listen};
use onsale_core::hall::Spot;
use wasm_bindgen::JsCast;
use web_sys::{EventTarget, HtmlCanvasElement, KeyboardEvent};

/// With the shift key, arrows move so many times as far.
const FAR: f64 = 8.0;
/// How much a key zooms.
const STEP: f64 = 1.3;

/// Listens to the keys of the hall, and to those that hold on the whole page.
pub(super) fn wake(editor: &Editor, canvas: &HtmlCanvasElement) {
    let own = editor.clone();
    listen(canvas, "keydown", move |event| {
        let event: &KeyboardEvent = event.unchecked_ref();
        if on_hall(&own, event) {
            event.prevent_default();
        }
    });
    let own = editor.clone();
    if let Some(root) = dom::by_id(super::ROOT) {
        listen(&root, "keydown", move |event| {
            let event: &KeyboardEvent = event.unchecked_ref();
            if !event.default_prevented() && on_page(&own, event) {
                event.prevent_default();
            }
        });
    }
}

fn is_field(target: Option<EventTarget>) -> bool {
    dom::marked(target, "data-field").is_some()
}

/// Keys with the control key, and letters of tools, wherever nothing is typed.
fn on_page(editor: &Editor, event: &KeyboardEvent) -> bool {
    if is_field(event.target()) {
        return false;
    }
    if event.ctrl_key() || event.meta_key() {
        match (event.key().to_lowercase().as_str(), event.shift_key()) {
            ("z", false) => editor.undo(false),
            ("z", true) | ("y", _) => editor.undo(true),
            ("d", _) => editor.copy(),
            ("a", _) => {
                let all = editor.look(|state| state.hall.parts.iter().map(|part| part.number).collect());
                editor.choose(all);
            }
            ("s", _) => super::save::now(editor),
            _ => return false,
        }
        return true;
    }
    if event.alt_key() {
        return false;
    }
    let tool = match event.key().to_lowercase().as_str() {
        "v" => Tool::Select,
        "p" => Tool::Seats,
        "r" => Tool::Block,
        "c" => Tool::Curved,
        "s" => Tool::Standing,
        "g" => Tool::Stage,
        "l" => Tool::Label,
        "m" => {
            editor.mirror();
            return true;
        }
        "delete" | "backspace" => {
            editor.delete();
            return true;
        }
        _ => return false,
    };
    editor.take_tool(tool);
    editor.focus();
    true
}

/// What the hall itself is told.
fn on_hall(editor: &Editor, event: &KeyboardEvent) -> bool {
    if event.ctrl_key() || event.meta_key() || event.alt_key() {
        return false;
    }
    let (tool, any) = editor.look(|state| (state.tool, !state.chosen.is_empty()));
    let way = match event.key().as_str() {
        "ArrowLeft" => Some((-1.0, 0.0)),
        "ArrowRight" => Some((1.0, 0.0)),
        "ArrowUp" => Some((0.0, -1.0)),
        "ArrowDown" => Some((0.0, 1.0)),
        _ => None,
    };
    if let Some((x, y)) = way {
        let far = if event.shift_key() { FAR } else { 1.0 };
        match tool {
            Tool::Seats => walk(editor, (x, y)),
            _ if any => editor.nudge(Spot::new(x * GRID * far, y * GRID * far)),
            _ => {
                editor.act(|state| state.camera = state.camera.moved(-x * 40.0, -y * 40.0));
                editor.frame();
            }
        }
        return true;
    }
    match event.key().as_str() {
        "Enter" | " " if tool.draws() => {
            let at = editor.middle();
            editor.draw(at, at);
        }
        "Enter" | " " if tool == Tool::Seats => toggle(editor),
        "+" | "=" => editor.zoom(STEP, None),
        "-" => editor.zoom(1.0 / STEP, None),
        "0" => editor.fit(),
        "n" | "N" => editor.step(false),
        "b" | "B" => editor.step(true),
        "Escape" => {
            editor.take_tool(Tool::Select);
            editor.choose(Vec::new());
        }
        _ => return false,
    }
    true
}

/// Goes to the next seat, or to the one in the middle, and says which it is.
fn walk(editor: &Editor, way: (f64, f64)) {
    let middle = editor.middle();
    let said = editor.act(|state| {
        let next = match state.cursor {
            Some(seat) => state.scene.next(seat, way).or(Some(seat)),
            None => state.scene.pick(middle, f64::INFINITY).and_then(|hit| hit.seat),
        };
        state.cursor = next;
        next.and_then(|seat| super::html::spoken(state, seat))
    });
    if let Some(said) = said {
        editor.say(&said);
    }
    editor.frame();
}

/// Chooses the keyboard's seat, or no longer.
fn toggle(editor: &Editor) {
    let seats = editor.look(|state| {
        let mut seats = state.seats.clone();
        if let Some(seat) = state.cursor
            && !seats.remove(&seat)
        {
            seats.insert(seat);
        }
        seats
    });
    let said = editor.look(|state| state.reader.language.hall_chosen(seats.len()));
    editor.choose_seats(seats);
    editor.say(&said);
}
