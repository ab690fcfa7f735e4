//! Choosing seats: the map, the prices that filter it, the list that does all it does, and the tray.
//!
//! The server writes the whole room (`routes/seats.rs`); here it comes alive in its places. [`room::Room`] is what
//! the parts share: the [`Board`](crate::seats::Board), its painter, and what is held.

mod as_house;
mod best;
mod countdown;
mod hold;
pub(crate) mod html;
mod kept;
mod list;
mod load;
mod notice;
mod room;
mod tray;

use super::dom::{self, listen};
use super::house::{self, House, pointer};
use crate::language::Language;
use leptos::html::Div;
use leptos::prelude::*;
use room::{Room, Standing};
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlCanvasElement, HtmlInputElement};

/// How much nearer a button brings the map.
const STEP: f64 = 1.5;
/// How many seats are asked for at first.
pub(crate) const USUAL: u32 = 2;

/// The room as the server wrote it. It is no argument of the island, so it does not travel twice.
#[derive(Debug, Clone)]
pub struct AsWritten(pub String);

/// The room of an event's seats, from its header to the button that pays.
#[island]
pub fn SeatRoom(
    /// The reader's language.
    language: Language,
    /// Whether the address names the language, so that links keep it.
    chosen: bool,
    /// The event.
    event: String,
    /// The most tickets one account may have; 0 where nobody counts.
    max: u32,
    /// The section that the list shows, from 0.
    section: u32,
    /// The row of it, from 0.
    row: u32,
) -> impl IntoView {
    let written = use_context::<AsWritten>().map(|written| written.0).unwrap_or_default();
    let room = Room::new((language, chosen), event, max, (section, row));
    let root = NodeRef::<Div>::new();
    Effect::new(move |_| {
        if let Some(root) = root.get() {
            wake(room, &root);
        }
    });
    view! { <div class="room-root" node_ref=root inner_html=written></div> }
}

fn wake(room: Room, root: &Element) {
    let Some(canvas) = dom::by_id("map").and_then(|canvas| canvas.dyn_into::<HtmlCanvasElement>().ok()) else {
        return;
    };
    let standing = dom::all(".standing").into_iter().filter_map(|kind| {
        let value = |name: &str| kind.get_attribute(name);
        let (code, name) = (value("data-type")?, value("data-name")?);
        Some(Standing { code, name, minor: value("data-minor")?.parse().ok()?, wanted: 0 })
    });
    let standing = standing.collect();
    room.update(|state| {
        state.standing = standing;
        state.quantity = USUAL.min(state.max.unwrap_or(USUAL));
    });
    listen(root, "click", move |event| pressed(room, &event));
    listen(root, "change", move |event| changed(room, &event));
    house::wake(room, &canvas);
    listen(&canvas, "wheel", move |event| pointer::wheel(room, event.unchecked_ref()));
    load::begin(room, canvas);
}

/// Something in the room was pressed: the elements say what they are for.
fn pressed(room: Room, event: &Event) {
    if let Some(seat) = number(event, "data-seat") {
        room.toggle(seat);
        return;
    }
    if let Some(category) = number(event, "data-category") {
        room.filter(|filter| filter.toggle(u8::try_from(category).unwrap_or(u8::MAX)));
        return;
    }
    let Some((element, act)) = dom::marked(event.target(), "data-act") else { return };
    match act.as_str() {
        "in" => room.step(STEP),
        "out" => room.step(1.0 / STEP),
        "fit" => room.fit(),
        "sheet" => {
            let open = element.get_attribute("aria-expanded").as_deref() == Some("true");
            dom::attribute(&element, "aria-expanded", Some(if open { "false" } else { "true" }));
        }
        "fewer" => best::change_quantity(room, false),
        "more" => best::change_quantity(room, true),
        "best" => best::find(room),
        "hold" => hold::hold(room),
        "back" => hold::give_all_back(room),
        "remedy" => notice::act(room),
        "dismiss" => notice::show(room, None),
        "one-fewer" | "one-more" => {
            if let Some(place) = number(event, "data-standing") {
                tray::want_standing(room, place as usize, act == "one-more");
            }
        }
        _ => {}
    }
}

fn number(event: &Event, name: &str) -> Option<u32> {
    dom::marked(event.target(), name)?.1.parse().ok()
}

fn changed(room: Room, event: &Event) {
    let Some(element) = event.target().and_then(|target| target.dyn_into::<Element>().ok()) else { return };
    match element.id().as_str() {
        "sec" => list::section_chosen(room),
        "rw" => list::row_chosen(room),
        "sf" => {
            let only = element.dyn_into::<HtmlInputElement>().is_ok_and(|input| input.checked());
            room.filter(|filter| filter.set_accessible(only));
        }
        _ => {}
    }
}
