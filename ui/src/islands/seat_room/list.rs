//! The list: sections, rows, seats. It does everything that the map does; before a script, the server wrote it.

use super::room::{Room, now_ms};
use super::{dom, html};
use crate::seats::{Board, SeatNo};
use std::ops::Range;
use wasm_bindgen::JsCast;
use web_sys::HtmlSelectElement;

/// The seats of a section's row, by their places.
fn row_of(board: &Board, section: u32, row: u32) -> Option<Range<SeatNo>> {
    let zone = board.plan.zones.get(section as usize)?;
    let row = zone.rows.start.checked_add(row).filter(|row| zone.rows.contains(row))?;
    Some(board.plan.rows.get(row as usize)?.seats.clone())
}

fn place(room: Room) -> (u32, u32) {
    room.with(|state| (state.section, state.row))
}

/// Writes the seats of the row that is shown.
pub(super) fn write(room: Room) {
    let (section, row) = place(room);
    let chips = room.look(|board| {
        let seats = row_of(board, section, row).unwrap_or(0..0);
        html::chips(room.language(), &board.plan, seats, |seat| board.look(seat))
    });
    if let Some(chips) = chips {
        room.write("sl", &chips);
    }
}

/// Writes sections and rows, once the plan has come.
pub(super) fn begin(room: Room) {
    let (section, row) = place(room);
    let written = room
        .look(|board| (html::sections(&board.plan, section), html::rows(room.language(), &board.plan, section, row)));
    if let Some((sections, rows)) = written {
        room.write("sec", &sections);
        room.write("rw", &rows);
    }
    write(room);
}

/// Another section was chosen.
pub(super) fn section_chosen(room: Room) {
    let section = chosen("sec");
    room.update(|state| (state.section, state.row) = (section, 0));
    let rows = room.look(|board| html::rows(room.language(), &board.plan, section, 0));
    room.write("rw", &rows.unwrap_or_default());
    go_there(room);
}

/// Another row was chosen.
pub(super) fn row_chosen(room: Room) {
    let row = chosen("rw");
    room.update(|state| state.row = row);
    go_there(room);
}

/// The list shows the row of a seat.
pub(super) fn follow(room: Room, seat: SeatNo) {
    let there = room.look(|board| {
        let row = board.plan.row_no(seat);
        let section = board.plan.rows[row as usize].zone;
        (section, row - board.plan.zones[section as usize].rows.start)
    });
    if let Some((section, row)) = there.filter(|there| *there != place(room)) {
        room.update(|state| (state.section, state.row) = (section, row));
        begin(room);
    }
}

/// The map looks where the list is.
fn go_there(room: Room) {
    let (section, row) = place(room);
    room.change(|board| {
        if let Some(row) = row_of(board, section, row).filter(|row| !row.is_empty()) {
            board.show(row.start + (row.end - row.start) / 2, now_ms());
        }
    });
    write(room);
}

/// What is chosen in a list of options.
fn chosen(id: &str) -> u32 {
    let select = dom::by_id(id).and_then(|element| element.dyn_into::<HtmlSelectElement>().ok());
    select.and_then(|select| u32::try_from(select.selected_index()).ok()).unwrap_or(0)
}
