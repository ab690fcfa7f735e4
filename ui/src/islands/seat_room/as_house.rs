//! What the map does in this room: a press chooses a seat or gives it back.

use super::html::{self, state_word};
use super::load;
use super::room::Room;
use crate::islands::house::House;
use crate::islands::house::tip::Tip;
use crate::seats::{Board, Change, Look, SeatNo, seat_label};
use web_sys::HtmlCanvasElement;

impl House for Room {
    fn look<T>(self, read: impl FnOnce(&Board) -> T) -> Option<T> {
        self.look(read)
    }

    fn change<T>(self, write: impl FnOnce(&mut Board) -> T) -> Option<T> {
        self.change(write)
    }

    fn press(self, seat: SeatNo) {
        self.toggle(seat);
    }

    /// The reader's own seat, else the free one in the middle of what is seen, else any.
    fn first(board: &Board) -> Option<SeatNo> {
        board
            .choice
            .all()
            .next()
            .or_else(|| board.nearest_to_middle(|seat| board.can_be_had(seat) && board.filter.lets(&board.plan, seat)))
            .or_else(|| board.nearest_to_middle(|seat| board.look(seat) != Look::Gone))
    }

    fn spoken(self, board: &Board, seat: SeatNo) -> String {
        let language = self.language();
        let row = language.row_named(&board.plan.row(seat).label);
        let mut text = format!("{}, {row}, {}", board.plan.zone(seat).name, seat_label(language, &board.plan, seat));
        if let Some(word) = state_word(language, board.look(seat)) {
            text.push_str(", ");
            text.push_str(word);
        }
        text
    }

    fn tip(self, board: &Board, seat: SeatNo) -> String {
        html::tip(self.language(), board, seat)
    }

    fn swap_tip(self, tip: Option<Tip>) -> Option<Option<Tip>> {
        self.swap_tip(tip)
    }

    fn say(self, text: String) {
        self.say(text);
    }

    fn told(self, change: &Change) {
        self.told(change);
    }

    fn set_live(self, live: bool) {
        self.set_live(live);
    }

    fn resync(self) {
        load::resync(self);
    }

    fn resized(self, canvas: &HtmlCanvasElement) {
        self.resized(canvas);
    }

    fn relit(self) {
        self.relit();
    }
}
