//! What is known of the seat under the pointer or the keyboard, beside it.

use super::House;
use crate::islands::dom;
use crate::seats::{Board, SeatNo};

/// The tip's width, and its height as far as placing it goes, in pixels.
const WIDTH: f64 = 220.0;
const HEIGHT: f64 = 84.0;
const MARGIN: f64 = 8.0;

/// Of which seat, in which state, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tip {
    seat: SeatNo,
    look: crate::seats::Look,
    x: i32,
    y: i32,
}

/// The keyboard's seat before the mouse's.
fn of(board: &Board) -> Option<Tip> {
    let seat = board.cursor().or(board.hovered())?;
    let (x, y) = board.camera().to_screen(board.plan.at(seat));
    let screen = board.screen();
    let room = board.camera().disc(board.plan.pitch).max(12.0) / 2.0 + 10.0;
    let above = y - room - HEIGHT;
    let x = (x - WIDTH / 2.0).clamp(MARGIN, (screen.width - WIDTH - MARGIN).max(MARGIN));
    let y = if above > MARGIN { above } else { y + room };
    #[expect(clippy::cast_possible_truncation, reason = "a place on the screen")]
    Some(Tip { seat, look: board.look(seat), x: x as i32, y: y as i32 })
}

/// Shows what is pointed at, where it is now.
pub(crate) fn follow(house: impl House) {
    let tip = house.look(of).flatten();
    let Some(before) = house.swap_tip(tip) else { return };
    let Some(element) = dom::by_id("tip") else { return };
    if let Some(Tip { seat, look, x, y }) = tip {
        if before.is_none_or(|before| (before.seat, before.look) != (seat, look)) {
            let text = house.look(|board| house.tip(board, seat)).unwrap_or_default();
            element.set_inner_html(&text);
        }
        dom::attribute(&element, "style", Some(&format!("transform:translate({x}px,{y}px)")));
    }
    dom::attribute(&element, "hidden", tip.is_none().then_some(""));
}
