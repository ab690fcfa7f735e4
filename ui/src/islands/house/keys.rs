//! The map by keyboard: one tab stop, arrows from seat to seat.

use super::{House, tip};
use crate::browser::now_ms;
use crate::seats::{Direction, next_towards};
use web_sys::KeyboardEvent;

const STEP: f64 = 1.3;

/// A key on the canvas.
pub(crate) fn pressed(house: impl House, event: &KeyboardEvent) {
    if event.ctrl_key() || event.meta_key() || event.alt_key() {
        return;
    }
    let key = event.key();
    match key.as_str() {
        "Enter" | " " => {
            if let Some(seat) = house.look(crate::seats::Board::cursor).flatten() {
                house.press(seat);
            }
        }
        "+" | "=" => house.step(STEP),
        "-" => house.step(1.0 / STEP),
        "0" => house.fit(),
        key => match Direction::of_key(key) {
            Some(direction) => go(house, direction),
            None => return,
        },
    }
    event.prevent_default();
}

/// The focus went on.
pub(crate) fn left(house: impl House) {
    house.change(|board| board.set_cursor(None));
    tip::follow(house);
}

fn go<H: House>(house: H, direction: Direction) {
    let said = house.change(|board| {
        let next = match board.cursor() {
            Some(seat) => next_towards(&board.plan, seat, direction, |seat| board.tells_of(seat)),
            // The first press shows where one is.
            None => H::first(board),
        };
        let seat = next?;
        board.set_cursor(Some(seat));
        board.show(seat, now_ms());
        Some(house.spoken(board, seat))
    });
    if let Some(text) = said.flatten() {
        house.say(text);
        tip::follow(house);
    }
}
