//! What the parts of the page share. Whatever changes the board ends in [`Room::settle`] or [`Room::told`], which
//! bring page, address and canvas up to date.

use super::load::COVERED;
use super::notice::{self, Notice};
use super::{dom, tray};
use crate::browser;
pub(super) use crate::browser::now_ms;
use crate::format::{count, money};
use crate::islands::house::load::{screen_of, wants_stillness};
use crate::islands::house::tip::{self, Tip};
use crate::language::Language;
use crate::seats::paint::Painter;
use crate::seats::{Board, Change, Filter, Look, Plan, Refused, SeatNo, link, seat_name};
use leptos::prelude::*;
use onsale_core::{Money, ReservationId};
use web_sys::HtmlCanvasElement;

/// A hold of the reader's.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Holding {
    pub(super) id: ReservationId,
    /// When it ends, by this page's clock.
    pub(super) ends_ms: f64,
    pub(super) total: Money,
    /// Standing tickets in it, by their name in the API.
    pub(super) tickets: Vec<(String, u32)>,
}

/// A kind of standing ticket, and how many are wanted and not held yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Standing {
    pub(super) code: String,
    pub(super) name: String,
    /// The all-in price, in minor units.
    pub(super) minor: i64,
    pub(super) wanted: u32,
}

/// What the room is doing that the reader waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Busy {
    Holding,
    Finding,
    GivingBack,
}

/// All that changes.
pub(super) struct State {
    pub(super) event: String,
    pub(super) max: Option<u32>,
    board: Option<Board>,
    painter: Option<Painter>,
    scheduled: bool,
    live: bool,
    said: String,
    notice: Option<Notice>,
    tip: Option<Tip>,
    pub(super) holding: Option<Holding>,
    pub(super) busy: Option<Busy>,
    pub(super) seconds: i64,
    pub(super) standing: Vec<Standing>,
    pub(super) section: u32,
    pub(super) row: u32,
    /// How many seats are asked for.
    pub(super) quantity: u32,
    /// What was written last, by the element's id, so that the same is not written again.
    written: Vec<(&'static str, String)>,
}

/// Everything, in a form that each part can have.
#[derive(Clone, Copy)]
pub(super) struct Room {
    language: Language,
    chosen: bool,
    state: StoredValue<State, LocalStorage>,
}

impl Room {
    pub(super) fn new((language, chosen): (Language, bool), event: String, max: u32, list: (u32, u32)) -> Self {
        let state = State {
            event,
            max: (max > 0).then_some(max),
            board: None,
            painter: None,
            scheduled: false,
            live: true,
            said: String::new(),
            notice: None,
            tip: None,
            holding: None,
            busy: None,
            seconds: 0,
            standing: Vec::new(),
            section: list.0,
            row: list.1,
            quantity: 0,
            written: Vec::new(),
        };
        Self { language, chosen, state: StoredValue::new_local(state) }
    }

    // What is known

    pub(super) fn language(self) -> Language {
        self.language
    }

    /// Reads what is known.
    pub(super) fn with<T>(self, read: impl FnOnce(&State) -> T) -> T {
        self.state.with_value(read)
    }

    /// Changes what is known; nothing where the page is gone.
    pub(super) fn update<T>(self, write: impl FnOnce(&mut State) -> T) -> Option<T> {
        self.state.try_update_value(write)
    }

    pub(super) fn event(self) -> String {
        self.with(|state| state.event.clone())
    }

    pub(super) fn hold_id(self) -> Option<ReservationId> {
        self.with(|state| state.holding.as_ref().map(|holding| holding.id))
    }

    pub(super) fn is_busy(self) -> bool {
        self.with(|state| state.busy.is_some())
    }

    /// An address of ours in the reader's language.
    pub(super) fn link(self, path: &str) -> String {
        let separator = if path.contains('?') { '&' } else { '?' };
        if self.chosen { format!("{path}{separator}lang={}", self.language.tag()) } else { path.to_owned() }
    }

    /// Looks at the board; nothing before the plan has come.
    pub(super) fn look<T>(self, read: impl FnOnce(&Board) -> T) -> Option<T> {
        self.with(|state| state.board.as_ref().map(read))
    }

    /// Changes the board and paints it; what else shows it is told by [`Room::settle`].
    pub(super) fn change<T>(self, write: impl FnOnce(&mut Board) -> T) -> Option<T> {
        let outcome = self.update(|state| state.board.as_mut().map(write)).flatten();
        self.frame();
        outcome
    }

    pub(super) fn notice(self) -> Option<Notice> {
        self.with(|state| state.notice.clone())
    }

    /// Whether it is another one than before.
    pub(super) fn set_notice(self, notice: Option<&Notice>) -> bool {
        let news = self.with(|state| state.notice.as_ref() != notice);
        self.update(|state| state.notice = notice.cloned());
        news
    }

    /// The tip before, if it is another one now.
    pub(super) fn swap_tip(self, tip: Option<Tip>) -> Option<Option<Tip>> {
        self.update(|state| (state.tip != tip).then(|| std::mem::replace(&mut state.tip, tip))).flatten()
    }

    /// Says something politely.
    pub(super) fn say(self, text: String) {
        // The same words again are spoken only when something changes.
        let again = self.with(|state| state.said == text);
        let text = if again { format!("{text}\u{a0}") } else { text };
        dom::text("say", &text);
        self.update(|state| state.said = text);
    }

    /// Writes an element's inside, unless the same was written last.
    pub(super) fn write(self, id: &'static str, html: &str) {
        let news = self.update(|state| {
            let known = state.written.iter_mut().find(|(known, _)| *known == id);
            match known {
                Some((_, before)) if *before == html => false,
                Some((_, before)) => {
                    html.clone_into(before);
                    true
                }
                None => {
                    state.written.push((id, html.to_owned()));
                    true
                }
            }
        });
        if news == Some(true) {
            dom::html(id, html);
        }
    }

    // Waking

    /// The plan has come.
    pub(super) fn has_plan(self, plan: Plan, canvas: HtmlCanvasElement) {
        let max = self.with(|state| state.max);
        let mut board = Board::new(plan, max, screen_of(&canvas, COVERED));
        board.still = wants_stillness();
        let mut painter = Painter::new(canvas, &board, self.language);
        if let Some(painter) = &mut painter {
            painter.resize(&mut board);
        }
        self.update(|state| (state.board, state.painter) = (Some(board), painter));
    }

    pub(super) fn set_live(self, live: bool) {
        if self.update(|state| std::mem::replace(&mut state.live, live) != live) == Some(true) {
            let words = if live { self.language.free_live() } else { self.language.free_not_live() };
            dom::text("live-words", words);
            if let Some(count) = dom::by_id("livecount") {
                dom::attribute(
                    &count,
                    "class",
                    Some(if live { "livecount small num" } else { "livecount small num paused" }),
                );
            }
        }
    }

    /// The map has other room on the page.
    pub(super) fn resized(self, canvas: &HtmlCanvasElement) {
        let screen = screen_of(canvas, COVERED);
        self.update(|state| {
            if let (Some(board), painter) = (&mut state.board, &mut state.painter) {
                board.resize(screen);
                if let Some(painter) = painter {
                    painter.resize(board);
                }
            }
        });
        self.paint();
    }

    /// The page is lit otherwise.
    pub(super) fn relit(self) {
        self.update(|state| {
            if let (Some(board), Some(painter)) = (&mut state.board, &mut state.painter) {
                painter.relight(board);
            }
        });
        self.frame();
    }

    // Painting

    /// Paints with the browser's next frame.
    pub(super) fn frame(self) {
        let free = self.update(|state| state.board.is_some() && !std::mem::replace(&mut state.scheduled, true));
        if free == Some(true) {
            request_animation_frame(move || self.paint());
        }
    }

    /// Paints now.
    pub(super) fn paint(self) {
        let more = self.update(|state| {
            state.scheduled = false;
            let (board, painter) = (state.board.as_mut()?, state.painter.as_mut()?);
            Some(painter.paint(board, now_ms()))
        });
        tip::follow(self);
        if more.flatten() == Some(true) {
            self.frame();
        }
    }

    // Telling

    /// The seats' states changed.
    pub(super) fn told(self, change: &Change) {
        if !change.lost.is_empty() {
            super::hold::tell_lost(self, &change.wanted, &change.lost);
            self.settle();
        } else if !change.seats.is_empty() {
            super::list::write(self);
        }
        self.count();
        if change.outdated {
            notice::show(self, Some(&Notice::plan_changed(self.language)));
        }
        self.frame();
    }

    /// How many are left, of each price and in all.
    fn count(self) {
        let free = self.look(|board| {
            let categories = 0..u8::try_from(board.plan.categories.len()).unwrap_or(u8::MAX);
            categories.map(|category| i64::from(board.states.free_of(category))).collect::<Vec<_>>()
        });
        let Some(free) = free else { return };
        dom::text("free", &count(self.language, free.iter().sum()));
        for (element, free) in dom::all("#cats .left").into_iter().zip(free) {
            let text = self.language.left_of(&count(self.language, free));
            if element.text_content().as_deref() != Some(text.as_str()) {
                element.set_text_content(Some(&text));
            }
        }
    }

    /// What is the reader's own changed: tray, list, address and canvas follow.
    pub(super) fn settle(self) {
        tray::write(self);
        super::list::write(self);
        self.show_address();
        tip::follow(self);
        self.frame();
    }

    /// Changes what the reader wants to see.
    pub(super) fn filter(self, change: impl FnOnce(&mut Filter)) {
        self.change(|board| board.filter(change));
        for (category, button) in (0..).zip(dom::all("#cats .price")) {
            let pressed = self.look(|board| board.filter.has(category)) == Some(true);
            dom::attribute(&button, "aria-pressed", Some(if pressed { "true" } else { "false" }));
        }
    }

    /// The address names what is chosen, so that a reload or a friend finds it.
    fn show_address(self) {
        let chosen = self.look(|board| link::encoded(&board.plan, board.choice.chosen().iter().copied()));
        let Some(chosen) = chosen else { return };
        let path = format!("/events/{}/seats", self.event());
        let path = if chosen.is_empty() { path } else { format!("{path}?{}={chosen}", link::SEATS) };
        browser::show_address(&self.link(&path));
    }

    /// Chooses a seat or gives it back, and says so.
    pub(super) fn toggle(self, seat: SeatNo) {
        let language = self.language;
        let Some(look) = self.look(|board| board.look(seat)) else { return };
        if look == Look::Mine {
            super::hold::give_back(self, seat);
            return;
        }
        let refused = self.change(|board| board.toggle(seat)).and_then(Result::err);
        let said = self.look(|board| {
            let name = seat_name(language, &board.plan, seat);
            match refused {
                None if look == Look::Chosen => language.given_back(&name),
                None => language.chosen(&name, &money(language, board.plan.price(seat))),
                Some(Refused::Held) => language.someone_decides_now().to_owned(),
                Some(Refused::Gone) => language.seat_gone().to_owned(),
                Some(Refused::Full(most)) => language.the_most(most),
            }
        });
        let said = said.unwrap_or_default();
        if refused.is_some() {
            notice::show(self, Some(&Notice::info(said)));
        } else {
            if self.notice().is_some_and(|notice| notice.is_passing()) {
                notice::show(self, None);
            }
            self.say(said);
        }
        super::list::follow(self, seat);
        self.settle();
    }
}
