//! What the page asks for when it wakes.

use super::notice::Notice;
use super::room::{Room, now_ms};
use super::{dom, hold, kept, list, notice};
use crate::api;
use crate::browser;
use crate::islands::house::live;
use crate::islands::house::load::{follow_page, plan};
use crate::seats::link;
use leptos::task::spawn_local;
use onsale_core::api::events::SeatStates;
use std::time::Duration;
use web_sys::HtmlCanvasElement;

/// What covers the map above and below, in pixels: buttons and the key.
pub(super) const COVERED: (f64, f64) = (60.0, 40.0);
/// How long until the plan is asked for again, and how often.
const AGAIN: Duration = Duration::from_secs(3);
const TRIES_MAX: u32 = 5;

/// Asks for plan and states at once, shows them, and follows what happens.
pub(super) fn begin(room: Room, canvas: HtmlCanvasElement) {
    spawn_local(async move { api::line::beat(&room.event()).await });
    spawn_local(async move {
        if show_map(room, &canvas).await {
            hold::restore(room, kept::of(&room.event())).await;
        }
    });
}

/// Whether the map is there.
async fn show_map(room: Room, canvas: &HtmlCanvasElement) -> bool {
    let event = room.event();
    let states_path = format!("/api/events/{event}/seats");
    for _ in 0..TRIES_MAX {
        let (plan, states) = futures::join!(plan(&event), api::get::<SeatStates>(&states_path));
        if let (Ok(plan), Ok(states)) = (plan, states) {
            room.has_plan(plan, canvas.clone());
            let change = room.change(|board| board.snapshot(&states, now_ms())).unwrap_or_default();
            room.paint();
            mark_drawn(canvas);
            room.told(&change);
            dom::show("coming", false);
            list::begin(room);
            follow_page(room, canvas);
            open_link(room);
            live::follow(room, &event);
            return true;
        }
        dom::text("coming", room.language().map_failed());
        api::sleep(AGAIN).await;
    }
    false
}

/// Asks for all states again.
pub(super) fn resync(room: Room) {
    spawn_local(async move {
        if let Ok(states) = api::get::<SeatStates>(&format!("/api/events/{}/seats", room.event())).await {
            let change = room.change(|board| board.snapshot(&states, now_ms())).unwrap_or_default();
            room.told(&change);
        }
    });
}

/// What the address names is chosen, as far as it is free.
fn open_link(room: Room) {
    let Some(value) = browser::parameter(link::SEATS) else { return };
    let unknown = room.change(|board| {
        let (seats, unknown) = link::decoded(&board.plan, &value);
        board.choose_instead(&seats);
        unknown
    });
    // What is held for this reader looks taken until the hold is known.
    if kept::of(&room.event()).is_none() {
        hold::drop_lost(room);
    }
    if unknown.is_some_and(|unknown| unknown > 0) {
        notice::show(room, Some(&Notice::info(room.language().link_gone().to_owned())));
    }
    room.settle();
}

/// For whoever measures: when the map was drawn first.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "milliseconds since the page was opened")]
fn mark_drawn(canvas: &HtmlCanvasElement) {
    let _only_measured = canvas.set_attribute("data-drawn", &(now_ms() as u32).to_string());
}
