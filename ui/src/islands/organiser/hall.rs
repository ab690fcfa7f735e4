//! The map of an event as those see it who sell it: watched, with what is sold in ink; or sold from, at the counter.

use super::{Reader, hall_html};
use crate::api::{self, sleep};
use crate::browser::now_ms;
use crate::islands::dom::{self, listen};
use crate::islands::house::load::{follow_page, plan, screen_of, wants_stillness};
use crate::islands::house::tip::{self, Tip};
use crate::islands::house::{self, House, live, pointer};
use crate::seats::paint::Painter;
use crate::seats::{Board, Change, Lens, SeatNo, seat_label};
use leptos::prelude::*;
use leptos::task::spawn_local;
use onsale_core::api::events::SeatStates;
use std::rc::Rc;
use std::time::Duration;
use wasm_bindgen::JsCast;
use web_sys::{HtmlCanvasElement, WheelEvent};

/// How much nearer a button brings the map.
const STEP: f64 = 1.5;
/// What covers the map above and below, in pixels.
const COVERED: (f64, f64) = (52.0, 4.0);
/// How long until the plan is asked for again, and how often.
const AGAIN: Duration = Duration::from_secs(3);
const TRIES_MAX: u32 = 5;

/// What is done when the map is there, and when something else is chosen on it.
pub(super) type OnPick = Rc<dyn Fn(Hall)>;

struct State {
    /// Where seats are chosen: the counter.
    on_pick: Option<OnPick>,
    event: String,
    board: Board,
    painter: Option<Painter>,
    scheduled: bool,
    tip: Option<Tip>,
}

/// The hall, in a form that each part can have.
#[derive(Clone, Copy)]
pub(super) struct Hall {
    reader: Reader,
    state: StoredValue<State, LocalStorage>,
}

/// Shows the map and follows it; seats can be chosen on it where that is heard.
pub(super) fn begin(reader: Reader, event: &str, on_pick: Option<OnPick>) {
    let canvas = dom::by_id("map").and_then(|canvas| canvas.dyn_into::<HtmlCanvasElement>().ok());
    let Some(canvas) = canvas else { return };
    let event = event.to_owned();
    // A task has no owner; this one lasts as long as the page.
    let owner = Owner::new();
    spawn_local(async move {
        for _ in 0..TRIES_MAX {
            let states = format!("/api/events/{event}/seats");
            let (plan, states) = futures::join!(plan(&event), api::get::<SeatStates>(&states));
            if let (Ok(plan), Ok(states)) = (plan, states) {
                let board = Board::new(plan, None, screen_of(&canvas, COVERED));
                let hall = owner.with(|| Hall::new(reader, event.clone(), board, &canvas, on_pick.clone()));
                hall.told(&hall.change(|board| board.snapshot(&states, now_ms())).unwrap_or_default());
                hall.wake(&canvas, &event);
                hall.picked();
                std::mem::forget(owner);
                return;
            }
            dom::text("coming", reader.language.map_failed());
            sleep(AGAIN).await;
        }
    });
}

impl Hall {
    fn new(
        reader: Reader,
        event: String,
        mut board: Board,
        canvas: &HtmlCanvasElement,
        on_pick: Option<OnPick>,
    ) -> Self {
        board.lens = if on_pick.is_some() { Lens::Counter } else { Lens::Organiser };
        board.still = wants_stillness();
        let mut painter = Painter::new(canvas.clone(), &board, reader.language);
        if let Some(painter) = &mut painter {
            painter.resize(&mut board);
        }
        let state = State { on_pick, event, board, painter, scheduled: false, tip: None };
        Self { reader, state: StoredValue::new_local(state) }
    }

    fn wake(self, canvas: &HtmlCanvasElement, event: &str) {
        self.paint();
        dom::show("coming", false);
        house::wake(self, canvas);
        // The page scrolls over the map, unless the reader means the map.
        let own = canvas.clone();
        listen(canvas, "wheel", move |event| {
            let event: &WheelEvent = event.unchecked_ref();
            if event.ctrl_key() || document().active_element().as_ref() == Some(own.as_ref()) {
                pointer::wheel(self, event);
            }
        });
        for button in dom::all(".org-house [data-act]") {
            let act = button.get_attribute("data-act").unwrap_or_default();
            listen(&button, "click", move |_| match act.as_str() {
                "in" => self.step(STEP),
                "out" => self.step(1.0 / STEP),
                _ => self.fit(),
            });
        }
        follow_page(self, canvas);
        live::follow(self, event);
    }

    fn update<T>(self, write: impl FnOnce(&mut State) -> T) -> Option<T> {
        self.state.try_update_value(write)
    }

    /// Tells the counter what is chosen now.
    fn picked(self) {
        let on_pick = self.state.try_with_value(|state| state.on_pick.clone()).flatten();
        if let Some(on_pick) = on_pick {
            on_pick(self);
        }
    }

    /// Paints with the browser's next frame.
    fn frame(self) {
        if self.update(|state| !std::mem::replace(&mut state.scheduled, true)) == Some(true) {
            request_animation_frame(move || self.paint());
        }
    }

    fn paint(self) {
        let more = self.update(|state| {
            state.scheduled = false;
            Some(state.painter.as_mut()?.paint(&mut state.board, now_ms()))
        });
        tip::follow(self);
        if more.flatten() == Some(true) {
            self.frame();
        }
    }
}

impl House for Hall {
    fn look<T>(self, read: impl FnOnce(&Board) -> T) -> Option<T> {
        self.state.try_with_value(|state| read(&state.board))
    }

    fn change<T>(self, write: impl FnOnce(&mut Board) -> T) -> Option<T> {
        let outcome = self.update(|state| write(&mut state.board));
        self.frame();
        outcome
    }

    /// Where nothing is chosen, a finger has no other way to look at a seat.
    fn press(self, seat: SeatNo) {
        let chooses = self.state.try_with_value(|state| state.on_pick.is_some()) == Some(true);
        if chooses && self.change(|board| board.toggle(seat)) == Some(Ok(())) {
            self.picked();
        } else {
            self.change(|board| board.hover(Some(seat)));
        }
    }

    fn first(board: &Board) -> Option<SeatNo> {
        board.nearest_to_middle(|seat| board.lens == Lens::Organiser || board.can_be_had(seat))
    }

    fn spoken(self, board: &Board, seat: SeatNo) -> String {
        let language = self.reader.language;
        let row = language.row_named(&board.plan.row(seat).label);
        let label = seat_label(language, &board.plan, seat);
        format!("{}, {row}, {label}, {}", board.plan.zone(seat).name, hall_html::seat_state(language, board, seat))
    }

    fn tip(self, board: &Board, seat: SeatNo) -> String {
        hall_html::tip(self.reader.language, board, seat)
    }

    fn swap_tip(self, tip: Option<Tip>) -> Option<Option<Tip>> {
        self.update(|state| (state.tip != tip).then(|| std::mem::replace(&mut state.tip, tip))).flatten()
    }

    fn say(self, text: String) {
        dom::text("say", &text);
    }

    fn told(self, change: &Change) {
        if change.outdated {
            dom::text("coming", self.reader.language.plan_changed());
            dom::show("coming", true);
        }
        if !change.lost.is_empty() {
            self.picked();
        }
        self.frame();
    }

    /// The figures say whether the page is up to date.
    fn set_live(self, _live: bool) {}

    fn resync(self) {
        let event = self.state.try_with_value(|state| state.event.clone()).unwrap_or_default();
        spawn_local(async move {
            if let Ok(states) = api::get::<SeatStates>(&format!("/api/events/{event}/seats")).await {
                self.told(&self.change(|board| board.snapshot(&states, now_ms())).unwrap_or_default());
            }
        });
    }

    fn resized(self, canvas: &HtmlCanvasElement) {
        let screen = screen_of(canvas, COVERED);
        self.update(|state| {
            state.board.resize(screen);
            if let Some(painter) = &mut state.painter {
                painter.resize(&mut state.board);
            }
        });
        self.paint();
    }

    fn relit(self) {
        self.update(|state| {
            if let Some(painter) = &mut state.painter {
                painter.relight(&mut state.board);
            }
        });
        self.frame();
    }
}
