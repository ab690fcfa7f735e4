//! The map by keyboard: one tab stop, arrows from seat to seat.

use super::html::state_word;
use super::room::{Room, now_ms};
use super::tip;
use crate::seats::{Direction, Look, next_towards, seat_label};
use web_sys::KeyboardEvent;

const STEP: f64 = 1.3;

/// A key on the canvas.
pub(super) fn pressed(room: Room, event: &KeyboardEvent) {
    if event.ctrl_key() || event.meta_key() || event.alt_key() {
        return;
    }
    let key = event.key();
    match key.as_str() {
        "Enter" | " " => {
            if let Some(seat) = room.look(crate::seats::Board::cursor).flatten() {
                room.toggle(seat);
            }
        }
        "+" | "=" => room.step(STEP),
        "-" => room.step(1.0 / STEP),
        "0" => room.fit(),
        key => match Direction::of_key(key) {
            Some(direction) => go(room, direction),
            None => return,
        },
    }
    event.prevent_default();
}

/// The focus went on.
pub(super) fn left(room: Room) {
    room.change(|board| board.set_cursor(None));
    tip::follow(room);
}

fn go(room: Room, direction: Direction) {
    let language = room.language();
    let said = room.change(|board| {
        let next = match board.cursor() {
            Some(seat) => next_towards(&board.plan, seat, direction, |seat| board.look(seat) != Look::Gone),
            // The first press shows where one is.
            None => first(board),
        };
        let seat = next?;
        board.set_cursor(Some(seat));
        board.show(seat, now_ms());
        let row = board.plan.row(seat);
        let mut text = format!(
            "{}, {}, {}",
            board.plan.zone(seat).name,
            language.row_named(&row.label),
            seat_label(language, &board.plan, seat)
        );
        if let Some(word) = state_word(language, board.look(seat)) {
            text.push_str(", ");
            text.push_str(word);
        }
        Some(text)
    });
    if let Some(text) = said.flatten() {
        room.say(text);
        tip::follow(room);
    }
}

/// The reader's own seat, else the free one in the middle of what is seen, else any.
fn first(board: &crate::seats::Board) -> Option<u32> {
    let middle = board.camera().to_plan(board.screen().middle());
    let near =
        |wanted: &dyn Fn(u32) -> bool| board.plan.grid.nearest(board.plan.places(), middle, f32::INFINITY, wanted);
    board
        .choice
        .all()
        .next()
        .or_else(|| near(&|seat| board.can_be_had(seat) && board.filter.lets(&board.plan, seat)))
        .or_else(|| near(&|seat| board.look(seat) != Look::Gone))
}
