//! What the parts of the page share.

use super::load;
use super::notice::Notice;
use super::tip::Tip;
use super::tray::Card;
use crate::browser;
use crate::format::{count, money};
use crate::language::Language;
use crate::seats::paint::Painter;
use crate::seats::{Board, Change, Plan, SeatNo, link, seat_name};
use leptos::prelude::*;
use onsale_core::{EventId, Money, ReservationId};
use serde::{Deserialize, Serialize};
use web_sys::HtmlCanvasElement;

/// What the page knows of the event before the plan has come. It travels in the page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RoomEvent {
    /// The event.
    pub id: EventId,
    /// What it is called.
    pub title: String,
    /// When, by the clocks of the place.
    pub when: String,
    /// Venue and city.
    pub place: String,
    /// The venue alone.
    pub venue: String,
    /// The most tickets one account may have.
    pub max: Option<u32>,
    /// The price categories, the dearest first.
    pub prices: Vec<PriceTag>,
    /// The standing tickets.
    pub standing: Vec<StandingTag>,
    /// The section of the list that the page shows, from 0.
    pub section: u32,
    /// The row of it, from 0.
    pub row: u32,
}

/// A price category of the legend.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriceTag {
    /// Its name in the API.
    pub code: String,
    /// What buyers read.
    pub name: String,
    /// Its letter.
    pub letter: String,
    /// The all-in price.
    pub price: Money,
}

/// A standing ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StandingTag {
    /// Its name in the API.
    pub code: String,
    /// What buyers read.
    pub name: String,
    /// The all-in price.
    pub price: Money,
}

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

/// What the room is doing that the reader waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Busy {
    Holding,
    Finding,
    GivingBack,
}

pub(super) struct Inner {
    pub(super) board: Board,
    painter: Option<Painter>,
    scheduled: bool,
}

/// Everything, in a form that each part can have.
#[derive(Clone, Copy)]
pub struct Room {
    event: StoredValue<RoomEvent>,
    language: Language,
    chosen: bool,
    inner: StoredValue<Option<Inner>, LocalStorage>,
    ready: RwSignal<bool>,
    failed: RwSignal<bool>,
    live: RwSignal<bool>,
    free: RwSignal<Vec<u32>>,
    cards: RwSignal<Vec<Card>>,
    list_turn: RwSignal<u32>,
    filter_turn: RwSignal<u32>,
    tip: RwSignal<Option<Tip>>,
    said: RwSignal<String>,
    pub(super) notice: RwSignal<Option<Notice>>,
    pub(super) holding: RwSignal<Option<Holding>>,
    pub(super) seconds: RwSignal<i64>,
    pub(super) busy: RwSignal<Option<Busy>>,
    pub(super) wanted_standing: RwSignal<Vec<u32>>,
    pub(super) section: RwSignal<u32>,
    pub(super) row: RwSignal<u32>,
}

/// This page's clock: milliseconds since it was opened.
pub(super) fn now_ms() -> f64 {
    web_sys::window().and_then(|window| window.performance()).map_or(0.0, |clock| clock.now())
}

impl Room {
    pub(super) fn new(language: Language, chosen: bool, event: RoomEvent) -> Self {
        Self {
            language,
            chosen,
            inner: StoredValue::new_local(None),
            ready: RwSignal::new(false),
            failed: RwSignal::new(false),
            live: RwSignal::new(true),
            free: RwSignal::new(Vec::new()),
            cards: RwSignal::new(Vec::new()),
            list_turn: RwSignal::new(0),
            filter_turn: RwSignal::new(0),
            tip: RwSignal::new(None),
            said: RwSignal::new(String::new()),
            notice: RwSignal::new(None),
            holding: RwSignal::new(None),
            seconds: RwSignal::new(0),
            busy: RwSignal::new(None),
            wanted_standing: RwSignal::new(vec![0; event.standing.len()]),
            section: RwSignal::new(event.section),
            row: RwSignal::new(event.row),
            event: StoredValue::new(event),
        }
    }

    // What is known

    pub(super) fn language(self) -> Language {
        self.language
    }

    pub(super) fn event<T>(self, read: impl FnOnce(&RoomEvent) -> T) -> T {
        self.event.with_value(read)
    }

    pub(super) fn id(self) -> EventId {
        self.event(|event| event.id.clone())
    }

    pub(super) fn has_standing(self) -> bool {
        self.event(|event| !event.standing.is_empty())
    }

    pub(super) fn map_label(self) -> String {
        self.event(|event| self.language.map_label(&event.venue))
    }

    /// An address of ours in the reader's language.
    pub(super) fn link(self, path: &str) -> String {
        let separator = if path.contains('?') { '&' } else { '?' };
        if self.chosen { format!("{path}{separator}lang={}", self.language.tag()) } else { path.to_owned() }
    }

    pub(super) fn is_ready(self) -> bool {
        self.ready.get()
    }

    pub(super) fn is_live(self) -> bool {
        self.live.get()
    }

    pub(super) fn said(self) -> String {
        self.said.get()
    }

    pub(super) fn is_holding(self) -> bool {
        self.holding.with(Option::is_some)
    }

    pub(super) fn seconds(self) -> Signal<i64> {
        self.seconds.into()
    }

    pub(super) fn cards(self) -> RwSignal<Vec<Card>> {
        self.cards
    }

    pub(super) fn tip(self) -> RwSignal<Option<Tip>> {
        self.tip
    }

    /// Read by what depends on the state of the list's seats.
    pub(super) fn follow_list(self) {
        self.list_turn.track();
        self.ready.track();
    }

    pub(super) fn follow_filter(self) {
        self.filter_turn.track();
        self.ready.track();
    }

    /// What stands where the map will be.
    pub(super) fn coming(self) -> &'static str {
        if self.failed.get() { self.language.map_failed() } else { self.language.map_coming() }
    }

    /// How many are free in all; a dash until that is known.
    pub(super) fn free_text(self) -> String {
        self.free.with(|free| match free.as_slice() {
            [] => "–".to_owned(),
            free => count(self.language, free.iter().map(|count| i64::from(*count)).sum()),
        })
    }

    /// How many are free of a category; nothing until that is known.
    pub(super) fn free_of(self, category: usize) -> Option<String> {
        self.free.with(|free| free.get(category).map(|free| count(self.language, i64::from(*free))))
    }

    /// Looks at the board; nothing before the plan has come.
    pub(super) fn look<T>(self, read: impl FnOnce(&Board) -> T) -> Option<T> {
        self.inner.with_value(|inner| inner.as_ref().map(|inner| read(&inner.board)))
    }

    /// Changes the board and paints it; what else shows it is told by [`Room::settle`].
    pub(super) fn change<T>(self, write: impl FnOnce(&mut Board) -> T) -> Option<T> {
        let outcome = self.inner.try_update_value(|inner| inner.as_mut().map(|inner| write(&mut inner.board)));
        self.frame();
        outcome.flatten()
    }

    pub(super) fn say(self, text: String) {
        // The same words again are spoken only when something changes.
        let again = self.said.with_untracked(|said| *said == text);
        self.said.set(if again { format!("{text}\u{a0}") } else { text });
    }

    // Waking

    /// The plan has come.
    pub(super) fn has_plan(self, plan: Plan, canvas: HtmlCanvasElement) {
        let max = self.event(|event| event.max);
        let mut board = Board::new(plan, max, load::screen_of(&canvas));
        board.still = load::wants_stillness();
        let mut painter = Painter::new(canvas, &board, self.language.stage());
        if let Some(painter) = &mut painter {
            painter.resize(&mut board);
        }
        self.inner.set_value(Some(Inner { board, painter, scheduled: false }));
    }

    pub(super) fn is_shown(self) {
        self.ready.set(true);
        self.failed.set(false);
    }

    pub(super) fn has_failed(self) {
        self.failed.set(true);
    }

    pub(super) fn set_live(self, live: bool) {
        if self.live.get_untracked() != live {
            self.live.set(live);
        }
    }

    /// The map has other room on the page.
    pub(super) fn resized(self, canvas: &HtmlCanvasElement) {
        let screen = load::screen_of(canvas);
        self.inner.update_value(|inner| {
            if let Some(inner) = inner {
                inner.board.resize(screen);
                if let Some(painter) = &mut inner.painter {
                    painter.resize(&mut inner.board);
                }
            }
        });
        self.paint();
    }

    /// The page is lit otherwise.
    pub(super) fn relit(self) {
        self.inner.update_value(|inner| {
            if let Some(Inner { board, painter: Some(painter), .. }) = inner {
                painter.relight(board);
            }
        });
        self.frame();
    }

    // Painting

    /// Paints with the browser's next frame.
    pub(super) fn frame(self) {
        let free = self.inner.try_update_value(|inner| {
            inner.as_mut().is_some_and(|inner| !std::mem::replace(&mut inner.scheduled, true))
        });
        if free == Some(true) {
            request_animation_frame(move || self.paint());
        }
    }

    /// Paints now.
    pub(super) fn paint(self) {
        let more = self.inner.try_update_value(|inner| {
            let Inner { board, painter, scheduled } = inner.as_mut()?;
            *scheduled = false;
            Some(painter.as_mut()?.paint(board, now_ms()))
        });
        self.move_tip();
        if more.flatten() == Some(true) {
            self.frame();
        }
    }

    fn move_tip(self) {
        if self.tip.with_untracked(Option::is_some) {
            let moved = self.look(|board| Tip::of(self.language, board)).flatten();
            if self.tip.with_untracked(|tip| *tip != moved) {
                self.tip.set(moved);
            }
        }
    }

    /// The tip is that of the seat under the pointer or the keyboard.
    pub(super) fn point_out(self) {
        let tip = self.look(|board| Tip::of(self.language, board)).flatten();
        if self.tip.with_untracked(|known| *known != tip) {
            self.tip.set(tip);
        }
    }

    pub(super) fn step(self, factor: f64) {
        self.change(|board| board.step(factor, now_ms()));
    }

    pub(super) fn fit(self) {
        self.change(|board| board.fit(now_ms()));
    }

    // Telling

    /// The seats' states changed.
    pub(super) fn told(self, change: &Change) {
        let in_list = self.look(|board| {
            let row = super::list::row_of(board, self.section.get_untracked(), self.row.get_untracked());
            row.is_some_and(|row| change.seats.iter().any(|seat| row.contains(seat)))
        });
        if in_list == Some(true) {
            self.list_turn.update(|turn| *turn = turn.wrapping_add(1));
        }
        self.count();
        if !change.lost.is_empty() {
            super::hold::tell_lost(self, &change.wanted, &change.lost);
            self.settle();
        }
        if change.outdated {
            self.notice.set(Some(Notice::plan_changed(self.language)));
        }
        self.frame();
    }

    fn count(self) {
        let free = self.look(|board| {
            let categories = 0..u8::try_from(board.plan.categories.len()).unwrap_or(u8::MAX);
            categories.map(|category| board.states.free_of(category)).collect::<Vec<_>>()
        });
        if let Some(free) = free
            && self.free.with_untracked(|known| *known != free)
        {
            self.free.set(free);
        }
    }

    /// What is the reader's own changed: tray, list, address and canvas follow.
    pub(super) fn settle(self) {
        self.cards.set(self.look(|board| Card::of(self.language, board)).unwrap_or_default());
        self.list_turn.update(|turn| *turn = turn.wrapping_add(1));
        self.show_address();
        self.point_out();
        self.frame();
    }

    pub(super) fn filter(self, change: impl FnOnce(&mut crate::seats::Filter)) {
        self.change(|board| board.filter(change));
        self.filter_turn.update(|turn| *turn = turn.wrapping_add(1));
    }

    /// The address names what is chosen, so that a reload or a friend finds it.
    fn show_address(self) {
        let chosen = self.look(|board| link::encoded(&board.plan, board.choice.chosen().iter().copied()));
        let Some(chosen) = chosen else { return };
        let path = format!("/events/{}/seats", self.id());
        let path = if chosen.is_empty() { path } else { format!("{path}?{}={chosen}", link::SEATS) };
        browser::show_address(&self.link(&path));
    }

    /// Chooses a seat or gives it back, and says so.
    pub(super) fn toggle(self, seat: SeatNo) {
        use crate::seats::{Look, Refused};
        let language = self.language;
        let Some(look) = self.look(|board| board.look(seat)) else { return };
        if look == Look::Mine {
            super::hold::give_back(self, seat);
            return;
        }
        let refused = self.change(|board| board.toggle(seat)).and_then(Result::err);
        let said = self.look(|board| {
            let name = seat_name(language, &board.plan, seat);
            let price = money(language, board.plan.price(seat));
            match refused {
                None if look == Look::Chosen => language.given_back(&name),
                None => language.chosen(&name, &price),
                Some(Refused::Held) => language.someone_decides_now().to_owned(),
                Some(Refused::Gone) => language.seat_gone().to_owned(),
                Some(Refused::Full(most)) => language.the_most(most),
            }
        });
        let said = said.unwrap_or_default();
        if matches!(refused, Some(Refused::Full(_) | Refused::Held)) {
            self.notice.set(Some(Notice::info(said.clone())));
        } else if self.notice.with_untracked(|notice| notice.as_ref().is_some_and(Notice::is_passing)) {
            self.notice.set(None);
        }
        self.say(said);
        self.settle();
    }
}
