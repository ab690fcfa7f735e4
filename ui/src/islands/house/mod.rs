//! A map of seats on a page: by mouse, finger and keyboard, with what is pointed at, live. What a page makes of a
//! press is its own: it is the page's [`House`].

pub(crate) mod keys;
pub(crate) mod live;
pub(crate) mod load;
pub(crate) mod pointer;
pub(crate) mod tip;

use crate::browser::now_ms;
use crate::islands::dom::listen;
use crate::seats::{Board, Change, SeatNo};
use tip::Tip;
use wasm_bindgen::JsCast;
use web_sys::HtmlCanvasElement;

/// A page with a map, as the parts of the map see it. Cheap to copy.
pub(crate) trait House: Copy + 'static {
    /// Looks at the board; nothing before the plan has come.
    fn look<T>(self, read: impl FnOnce(&Board) -> T) -> Option<T>;
    /// Changes the board and paints it.
    fn change<T>(self, write: impl FnOnce(&mut Board) -> T) -> Option<T>;
    /// A seat was pressed.
    fn press(self, seat: SeatNo);
    /// Where the keyboard begins.
    fn first(board: &Board) -> Option<SeatNo>;
    /// What is spoken of a seat.
    fn spoken(self, board: &Board, seat: SeatNo) -> String;
    /// What is shown of a seat beside it, as HTML.
    fn tip(self, board: &Board, seat: SeatNo) -> String;
    /// The tip before, if it is another one now.
    fn swap_tip(self, tip: Option<Tip>) -> Option<Option<Tip>>;
    /// Says something politely.
    fn say(self, text: String);
    /// The seats' states changed.
    fn told(self, change: &Change);
    /// Whether they are followed as they change.
    fn set_live(self, live: bool);
    /// Asks for all states again.
    fn resync(self);
    /// The canvas has another size.
    fn resized(self, canvas: &HtmlCanvasElement);
    /// The page is lit otherwise.
    fn relit(self);

    /// Comes nearer by a factor, or goes away.
    fn step(self, factor: f64) {
        self.change(|board| board.step(factor, now_ms()));
    }

    /// Shows all of it.
    fn fit(self) {
        self.change(|board| board.fit(now_ms()));
    }
}

/// Listens to what is done to the map.
pub(crate) fn wake(house: impl House, canvas: &HtmlCanvasElement) {
    listen(canvas, "keydown", move |event| keys::pressed(house, event.unchecked_ref()));
    listen(canvas, "blur", move |_| keys::left(house));
    for name in pointer::EVENTS {
        listen(canvas, name, move |event| pointer::act(house, name, event.unchecked_ref()));
    }
}
