//! The organiser's control of a line: looks at it every few seconds, and does what was asked and answered.

use super::line_chart::{self, SHOWN};
use super::line_html::{self, Ask, Filled};
use super::{Reader, looks};
use crate::api::{self, Call, Failure, Method, session};
use crate::browser;
use crate::islands::dom::{self, listen};
use chrono::{DateTime, Utc};
use js_sys::Date;
use leptos::task::spawn_local;
use onsale_core::api::queue::{
    AdmitQueue, PutQueueRoom, QueueAct, QueueHistory, QueueMode, QueuePulse, QueueRoom, QueueSignals, SharedDevice,
};
use serde::Serialize;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Event, FormData, HtmlFormElement};

/// Signals change slowly: they are asked for once in so many looks.
const SIGNALS_EVERY: u32 = 12;
/// Points that a chart keeps; more are not seen.
const PULSES_MAX: usize = 1_000;
/// The last of the blocks, behind those that every look may change.
const SIGNALS: usize = 3;

struct State {
    reader: Reader,
    event: String,
    zone: String,
    room: Option<QueueRoom>,
    pulses: Vec<QueuePulse>,
    ask: Option<Ask>,
    busy: bool,
    written: [String; SIGNALS + 1],
}

#[derive(Clone)]
struct Control(Rc<RefCell<State>>);

/// Shows an event's line and keeps it true.
pub(super) fn begin(reader: Reader, event: &str, zone: &str) {
    let control = Control(Rc::new(RefCell::new(State {
        reader,
        event: event.to_owned(),
        zone: zone.to_owned(),
        room: None,
        pulses: Vec::new(),
        ask: None,
        busy: false,
        written: Default::default(),
    })));
    if let Some(section) = dom::by_id("line") {
        let pressed = control.clone();
        listen(&section, "click", move |event| pressed.pressed(&event));
        let sent = control.clone();
        listen(&section, "submit", move |event| {
            event.prevent_default();
            sent.answered(&event);
        });
    }
    spawn_local(async move { control.follow().await });
}

impl Control {
    async fn follow(&self) {
        let mut looks = 0;
        loop {
            if self.look(looks % SIGNALS_EVERY == 0).await == Err(Failed::ForGood) {
                return;
            }
            looks += 1;
            looks::next_look().await;
        }
    }

    fn path(&self, rest: &str) -> String {
        format!("/api/admin/events/{}/queue{rest}", self.0.borrow().event)
    }

    async fn look(&self, signals: bool) -> Result<(), Failed> {
        match api::get_mine::<QueueRoom>(&self.path("")).await {
            Ok(room) => self.0.borrow_mut().room = Some(room),
            Err(failure) if failure.code() == Some("not_found") => self.0.borrow_mut().room = None,
            Err(Failure::SignedOut) => return Err(Failed::ForGood),
            Err(failure) if failure.code() == Some("forbidden") => return Err(Failed::ForGood),
            Err(_) => {
                let language = self.0.borrow().reader.language;
                dom::text("line-said", language.line_unknown());
                return Err(Failed::ForNow);
            }
        }
        dom::text("line-said", "");
        let has_line = self.0.borrow().room.is_some();
        if has_line {
            self.look_at_history().await;
            if signals && let Ok(found) = api::get_mine::<QueueSignals>(&self.path("/signals")).await {
                self.paint_signals(&found.items);
            }
        }
        self.paint();
        Ok(())
    }

    /// What somebody opened stays open while nothing is new.
    fn paint_signals(&self, devices: &[SharedDevice]) {
        let mut state = self.0.borrow_mut();
        let html = line_html::signals(state.reader.language, devices);
        if state.written[SIGNALS] != html {
            dom::html("line-signals", &html);
            state.written[SIGNALS] = html;
        }
    }

    /// What was measured since the last look.
    async fn look_at_history(&self) {
        let last = self.0.borrow().pulses.last().map(|pulse| pulse.at);
        let since = last.unwrap_or_else(|| browser::now() - SHOWN);
        let path = self.path(&format!("/history?since={}", since.to_rfc3339_opts(chrono::SecondsFormat::Micros, true)));
        let Ok(history) = api::get_mine::<QueueHistory>(&path).await else { return };
        let mut state = self.0.borrow_mut();
        let news = history.items.into_iter().filter(|pulse| last.is_none_or(|last| pulse.at > last));
        state.pulses.extend(news);
        let beyond = state.pulses.len().saturating_sub(PULSES_MAX);
        state.pulses.drain(..beyond);
    }

    /// Writes what changed; a form that somebody fills in stays as it is.
    fn paint(&self) {
        let mut state = self.0.borrow_mut();
        let State { reader, room, zone, ask, pulses, .. } = &*state;
        let language = reader.language;
        let is_on = line_html::is_on(room.as_ref());
        let now = pulses.last().map_or_else(browser::now, |pulse| pulse.at);
        let asked = ask.map_or("", Ask::name);
        let fresh = [
            ("line-state", line_html::state(language, room.as_ref(), zone)),
            ("line-chart", if is_on { line_chart::charts(language, pulses, zone, now) } else { String::new() }),
            ("line-ask", line_html::ask(language, *ask, room.as_ref(), &filled(room.as_ref()))),
        ];
        for (nth, (id, html)) in fresh.into_iter().enumerate() {
            // What is asked changes with the question alone: what was typed is not written over.
            let mark = if id == "line-ask" { asked.to_owned() } else { html.clone() };
            if state.written[nth] != mark {
                dom::html(id, &html);
                state.written[nth] = mark;
            }
        }
    }

    fn pressed(&self, event: &Event) {
        let Some((_, act)) = dom::marked(event.target(), "data-act") else { return };
        let ask = match act.strip_prefix("line-") {
            Some("back") => None,
            Some(name) => match Ask::of_name(name) {
                Some(ask) => Some(ask),
                None => return,
            },
            None => return,
        };
        self.0.borrow_mut().ask = ask;
        self.paint();
        browser::focus(ask.map_or("line-h", Ask::field));
    }

    /// A question was answered: it is done.
    fn answered(&self, event: &Event) {
        let form = event.target().and_then(|target| target.dyn_into::<HtmlFormElement>().ok());
        let Some(form) = form else { return };
        let ask = form.get_attribute("data-line").and_then(|name| Ask::of_name(&name));
        let (Some(ask), Ok(values)) = (ask, FormData::new_with_form(&form)) else { return };
        let language = self.0.borrow().reader.language;
        let call = match self.call(ask, &values) {
            Ok(call) => call,
            Err(wrong) => return dom::text("line-wrong", wrong),
        };
        if std::mem::replace(&mut self.0.borrow_mut().busy, true) {
            return;
        }
        let control = self.clone();
        spawn_local(async move {
            // Once: letting people in twice is not letting them in.
            let outcome = match session::send(&call).await {
                Ok(answer) => answer.read::<QueueRoom>(),
                Err(failure) => Err(failure),
            };
            control.0.borrow_mut().busy = false;
            match outcome {
                Ok(room) => {
                    let mut state = control.0.borrow_mut();
                    (state.room, state.ask) = (Some(room), None);
                    drop(state);
                    control.paint();
                    browser::focus("line-h");
                }
                Err(failure) => dom::text("line-wrong", &failure.words(language)),
            }
        });
    }

    /// The call that an answer stands for, or what is wrong with it.
    fn call(&self, ask: Ask, values: &FormData) -> Result<Call, &'static str> {
        let language = self.0.borrow().reader.language;
        let value = |name: &str| values.get(name).as_string().unwrap_or_default().trim().to_owned();
        let message = Some(value("message")).filter(|message| !message.is_empty());
        let post = |name: &str| Call::new(Method::Post, &self.path(&format!("/{name}")));
        match ask {
            Ask::Pause | Ask::Resume | Ask::Close => {
                with(post(ask.name()), &QueueAct { message }, language.enter_count())
            }
            Ask::Admit => {
                let count = value("count").parse().ok().filter(|count| (1..=10_000).contains(count));
                let count = count.ok_or(language.enter_count())?;
                with(post(ask.name()), &AdmitQueue { count }, language.enter_count())
            }
            Ask::Set => {
                let times = time(&value("opens")).zip(time(&value("starts"))).filter(|(opens, starts)| opens <= starts);
                let (opens_at, starts_at) = times.ok_or(language.enter_times())?;
                // An input knows no microseconds, and a start that is past may not change.
                let view = self.0.borrow().room.as_ref().map(|room| (room.view.opens_at, room.view.starts_at));
                let (opens_at, starts_at) = view.map_or((opens_at, starts_at), |(opened, started)| {
                    (same_or(opens_at, opened), same_or(starts_at, started))
                });
                let minutes = value("minutes").parse::<i32>().ok().filter(|minutes| (1..=60).contains(minutes));
                let rate = value("rate").replace(',', ".");
                let fixed_rate = match rate.as_str() {
                    "" => None,
                    text => Some(text.parse().ok().filter(|rate| *rate >= 0.01).ok_or(language.enter_rate())?),
                };
                let wanted = PutQueueRoom {
                    mode: QueueMode::from_name(&value("mode")).unwrap_or(QueueMode::Off),
                    opens_at,
                    starts_at,
                    admission_seconds: Some(minutes.ok_or(language.enter_minutes())? * 60),
                    challenge_bits: value("bits").parse().ok().filter(|bits| *bits > 0),
                    fixed_rate,
                    message,
                };
                with(Call::new(Method::Put, &self.path("")), &wanted, language.enter_times())
            }
        }
    }
}

/// Why a look found nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Failed {
    ForNow,
    ForGood,
}

fn with<B: Serialize>(call: Call, body: &B, wrong: &'static str) -> Result<Call, &'static str> {
    call.with_body(body).map_err(|_| wrong)
}

/// The times of the settings by this computer's clock: those that are, or the next full hour and the one after.
fn filled(room: Option<&QueueRoom>) -> Filled {
    let hour = 3_600_000;
    let next = (browser::now().timestamp_millis() / hour + 1) * hour;
    let (opens, starts) = room.map_or((next, next + hour), |room| {
        (room.view.opens_at.timestamp_millis(), room.view.starts_at.timestamp_millis())
    });
    Filled { opens: local(opens), starts: local(starts) }
}

/// As an input for a date and a time takes it. Seconds that were set stay, since a start that is past may not change.
#[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 are far below 2^53")]
fn local(at_ms: i64) -> String {
    let date = Date::new(&JsValue::from_f64(at_ms as f64));
    let ahead_ms = date.get_timezone_offset() * 60_000.0;
    let shown = Date::new(&JsValue::from_f64(at_ms as f64 - ahead_ms));
    let text = String::from(shown.to_iso_string());
    let text = text.trim_end_matches('Z');
    text.strip_suffix(":00.000").unwrap_or(text).to_owned()
}

/// What was there, where it is the same as far as an input tells.
fn same_or(typed: DateTime<Utc>, there: DateTime<Utc>) -> DateTime<Utc> {
    if typed.timestamp_millis() == there.timestamp_millis() { there } else { typed }
}

/// What such an input says, by this computer's clock.
#[expect(clippy::cast_possible_truncation, reason = "milliseconds since 1970 are far below 2^53")]
fn time(text: &str) -> Option<DateTime<Utc>> {
    let ms = Date::parse(text);
    if ms.is_nan() { None } else { DateTime::from_timestamp_millis(ms as i64) }
}
