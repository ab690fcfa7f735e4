//! What the waiting room knows while it is awake, and its one clock: each second it shows what is due, and asks what is.

use super::html::{self, Joining, Mood, Place};
use super::scene::{Own, Scene, Seen};
use super::spoken::News;
use super::{join, live, page};
use crate::api::{self, Call, Failure, Method, line, session};
use crate::browser;
use crate::islands::dom;
use crate::islands::stream::Followed;
use crate::language::Language;
use chrono::{DateTime, TimeDelta, Utc};
use js_sys::{Date, Math};
use leptos::prelude::set_interval;
use leptos::task::spawn_local;
use onsale_core::api::queue::{JoinedQueue, QueueState, QueueStatus, QueueView};
use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;
use web_sys::Element;

const TICK: Duration = Duration::from_secs(1);
/// The number is spoken so often.
const SPOKEN_EVERY_MS: f64 = 60_000.0;
/// Who has no place hears of the line by the stream; without it, so often.
const LOOK_MS: f64 = 15_000.0;
/// After an answer that did not come.
const AGAIN_MS: f64 = 4_000.0;
/// What concerns everybody is not asked by all in the same moment.
const SPREAD_MS: f64 = 3_000.0;
/// Whose stream ended asks within it.
const DEAF_MS: f64 = 10_000.0;
/// Leaving is asked for twice within it.
const SURE_MS: f64 = 6_000.0;

struct State {
    place: Place,
    seen: Seen,
    token: Option<String>,
    mood: Mood,
    /// How far this computer's calendar is behind the server's.
    behind: TimeDelta,
    heard_at: DateTime<Utc>,
    due_ms: f64,
    asking: bool,
    /// Whether the line's events come in.
    hears: bool,
    /// The stream that is followed, and as whose.
    follows: Option<(u32, Followed)>,
    written: Vec<String>,
    scene: Option<Scene>,
    news: News,
    spoken_ms: f64,
    leaving_until_ms: f64,
}

/// The waiting room. Cheap to clone.
#[derive(Clone)]
pub(super) struct Room(Rc<RefCell<State>>);

/// Comes alive in what the server wrote.
pub(super) fn wake(root: &Element, place: Place, seen: Seen, now: DateTime<Utc>) {
    let event = place.event.clone();
    // The cookie's place is the newest; who signed in instead of a sum has one that no cookie knows.
    let token = match &seen.own {
        // Nothing is asked about a place that was given up.
        Some(own) if own.status.state == QueueState::Left => None,
        Some(own) => Some(own.token.clone()),
        None => line::place(&event),
    };
    line::keep_place(&event, token.as_deref());
    let mood = Mood { awake: true, signed_in: session::remembered().is_some(), ..Mood::default() };
    let room = Room(Rc::new(RefCell::new(State {
        news: News::of(&seen.view),
        due_ms: if token.is_some() { 0.0 } else { Date::now() + LOOK_MS },
        place,
        seen,
        token,
        mood,
        behind: now - browser::now(),
        heard_at: now,
        asking: false,
        hears: false,
        follows: None,
        written: Vec::new(),
        scene: None,
        spoken_ms: Date::now(),
        leaving_until_ms: 0.0,
    })));
    let pressed = room.clone();
    dom::listen(root, "submit", move |event| {
        let Some((_, form)) = dom::marked(event.target(), "data-form") else { return };
        event.prevent_default();
        match form.as_str() {
            "join" => pressed.join(),
            _ => pressed.leave(),
        }
    });
    let shown = room.clone();
    page::on_shown(move || {
        // A phone that slept is told at once.
        if !browser::is_hidden() {
            shown.ask_now();
        }
    });
    let ticking = room.clone();
    set_interval(move || ticking.tick(), TICK);
    room.tick();
}

impl Room {
    pub(super) fn event(&self) -> String {
        self.0.borrow().place.event.clone()
    }

    pub(super) fn language(&self) -> Language {
        self.0.borrow().place.language
    }

    /// Follows the line as who has their position, or as nobody; while it is not known which, not at all.
    fn follow(&self) {
        let (event, position, before) = {
            let mut state = self.0.borrow_mut();
            let position = match (&state.seen.own, &state.token) {
                (Some(own), _) => own.status.position,
                (None, None) => Some(0),
                (None, Some(_)) => None,
            };
            let Some(position) = position else { return };
            if state.follows.as_ref().is_some_and(|(followed, _)| *followed == position) {
                return;
            }
            (state.place.event.clone(), position, state.follows.take())
        };
        if let Some((_, before)) = before {
            before.end();
        }
        let followed = live::follow(self, &event, position);
        self.0.borrow_mut().follows = Some((position, followed));
    }

    fn tick(&self) {
        self.follow();
        let now_ms = Date::now();
        let is_due = {
            let mut state = self.0.borrow_mut();
            if state.mood.leaving && now_ms > state.leaving_until_ms {
                state.mood.leaving = false;
            }
            !state.asking && now_ms >= state.due_ms
        };
        if is_due {
            self.ask();
        }
        self.paint();
    }

    /// Asks with the next tick.
    pub(super) fn ask_now(&self) {
        self.0.borrow_mut().due_ms = 0.0;
        self.tick();
    }

    fn ask(&self) {
        let (event, token) = {
            let mut state = self.0.borrow_mut();
            state.asking = true;
            (state.place.event.clone(), state.token.clone())
        };
        let room = self.clone();
        spawn_local(async move {
            match token {
                Some(token) => {
                    let told = line::status(&event, &token).await;
                    room.own_told(token, told);
                }
                None => {
                    let told = api::get::<QueueView>(&format!("/api/queue/{event}")).await;
                    room.line_told(told);
                }
            }
            room.paint();
        });
    }

    fn own_told(&self, token: String, told: Result<QueueStatus, Failure>) {
        match told {
            Ok(status) => {
                let mut state = self.0.borrow_mut();
                let hearing = status.ask_again_hearing_seconds.filter(|_| state.hears);
                let again = f64::from(hearing.unwrap_or(status.ask_again_seconds));
                state.answered(again * 1_000.0 * (0.9 + Math::random() / 5.0));
                // Left meanwhile and joined anew: this is another place's answer.
                if state.token.as_deref() == Some(token.as_str()) {
                    state.seen.told(token, status);
                }
            }
            Err(failure) if failure.code() == Some("malformed") => {
                // Of another installation, or too old: no place is behind it.
                let mut state = self.0.borrow_mut();
                line::keep_place(&state.place.event, None);
                (state.token, state.seen.own) = (None, None);
                state.answered(0.0);
            }
            Err(failure) => self.failed(&failure),
        }
    }

    fn line_told(&self, told: Result<QueueView, Failure>) {
        match told {
            Ok(view) => {
                let mut state = self.0.borrow_mut();
                state.seen.take(view);
                // A place that could not be looked up is the server's to tell, by the cookie.
                state.answered(LOOK_MS);
                if state.seen.unsure {
                    drop(state);
                    browser::replace(&format!("/events/{}/queue", self.event()));
                }
            }
            Err(failure) => self.failed(&failure),
        }
    }

    fn failed(&self, failure: &Failure) {
        // The line was taken away: there is nothing to wait for.
        if failure.code() == Some("not_found") {
            return browser::replace(&format!("/events/{}", self.event()));
        }
        let mut state = self.0.borrow_mut();
        state.asking = false;
        state.mood.silent_since = Some(state.heard_at);
        state.due_ms = Date::now() + AGAIN_MS * (0.75 + Math::random() / 2.0);
    }

    /// News of the stream.
    pub(super) fn heard(&self, view: QueueView) {
        {
            let mut state = self.0.borrow_mut();
            state.hears = true;
            let is_called = state.seen.take(view);
            if is_called {
                state.due_ms = state.due_ms.min(Date::now() + Math::random() * SPREAD_MS);
            }
            if state.token.is_none() {
                state.due_ms = Date::now() + LOOK_MS;
                state.heard_at = state.now();
                state.mood.silent_since = None;
            }
        }
        self.paint();
    }

    /// Nothing is heard any more: it asks instead, not everybody at once.
    pub(super) fn deaf(&self) {
        let mut state = self.0.borrow_mut();
        state.hears = false;
        state.due_ms = state.due_ms.min(Date::now() + Math::random() * DEAF_MS);
    }

    fn join(&self) {
        let is_at_it = matches!(self.0.borrow().mood.joining, Joining::Asking | Joining::Solving(_));
        if !is_at_it {
            spawn_local(join::join(self.clone()));
        }
    }

    /// Shows what joining is at.
    pub(super) fn joining(&self, at: Joining) {
        self.0.borrow_mut().mood.joining = at;
        self.paint();
    }

    /// Has a place from now on.
    pub(super) fn joined(&self, joined: JoinedQueue) {
        {
            let mut state = self.0.borrow_mut();
            line::keep_place(&state.place.event, Some(&joined.queue_token));
            state.token = Some(joined.queue_token.clone());
            state.mood.joining = Joining::Not;
            state.seen.has_joined(joined);
        }
        self.ask_now();
    }

    /// Pressed twice, it leaves.
    fn leave(&self) {
        let (event, token) = {
            let mut state = self.0.borrow_mut();
            if !state.mood.leaving {
                state.mood.leaving = true;
                state.leaving_until_ms = Date::now() + SURE_MS;
                drop(state);
                return self.paint();
            }
            state.mood.leaving = false;
            (state.place.event.clone(), state.token.clone())
        };
        let Some(token) = token else { return };
        let room = self.clone();
        spawn_local(async move {
            let call = Call::new(Method::Post, &format!("/api/queue/{event}/leave"));
            match line::send(&call.with_header("x-queue-token", token)).await {
                Ok(_) => {
                    line::keep_admission(&event, None);
                    line::keep_place(&event, None);
                    let mut state = room.0.borrow_mut();
                    state.token = None;
                    if let Some(Own { status, .. }) = &mut state.seen.own {
                        status.state = QueueState::Left;
                    }
                    state.due_ms = Date::now() + LOOK_MS;
                }
                Err(failure) => page::say(&failure.words(room.language())),
            }
            room.paint();
        });
    }

    /// Writes what changed, and says what matters.
    fn paint(&self) {
        let mut state = self.0.borrow_mut();
        let state = &mut *state;
        let now = state.now();
        let scene = Scene::of(&state.seen, now);
        let blocks = html::blocks(&state.place, &state.seen, &state.mood, now);
        for (nth, (id, html)) in blocks.iter().enumerate() {
            if state.written.get(nth) != Some(html) {
                dom::html(id, html);
            }
        }
        state.written = blocks.into_iter().map(|(_, html)| html).collect();
        let language = state.place.language;
        let heading = html::heading(language, &state.seen, scene);
        let news = News::of(&state.seen.view);
        let said = news.since(&state.news, language);
        state.news = news;
        if state.scene.replace(scene).is_some_and(|before| before != scene) {
            page::say(heading);
            page::title(&format!("{heading} · Onsale"));
        } else if let Some(said) = said {
            page::say(&said);
        } else if scene == Scene::Waiting && Date::now() - state.spoken_ms > SPOKEN_EVERY_MS {
            state.spoken_ms = Date::now();
            let wait = state.seen.own.as_ref().and_then(|own| own.status.wait).filter(|_| !state.seen.view.paused);
            let wait = wait.map(|wait| language.wait_range(wait.from_seconds, wait.to_seconds));
            page::say(&language.people_ahead(state.seen.ahead(), wait.as_deref()));
        }
    }
}

impl State {
    fn now(&self) -> DateTime<Utc> {
        browser::now() + self.behind
    }

    /// An answer came; the next question is due then.
    fn answered(&mut self, after_ms: f64) {
        self.asking = false;
        self.mood.silent_since = None;
        self.heard_at = self.now();
        self.due_ms = Date::now() + after_ms;
    }
}
