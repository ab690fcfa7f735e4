//! What happens to the seats, as it happens: one stream a browser, shared over its tabs, none while nobody looks.
//!
//! The tabs of an event queue for a lock (Web Locks). Who has it opens the stream and hands each message on by a
//! `BroadcastChannel`. A tab that is hidden leaves the queue; one that comes back asks for all states first.

use super::{House, now_ms};
use crate::browser::is_hidden;
use js_sys::{Function, Math, Promise, Reflect};
use leptos::prelude::set_timeout;
use onsale_core::api::events::{SeatDelta, SeatStates};
use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{BroadcastChannel, EventSource, MessageEvent};

/// What the stream sends.
const KINDS: [&str; 2] = ["snapshot", "delta"];
/// The browser tries again by itself, with the last version it has, so often; then we do, slower and slower.
const OWN_TRIES: u32 = 3;
const PAUSE_MS: (f64, f64) = (1_000.0, 30_000.0);

#[derive(Default)]
struct Stream {
    path: String,
    source: Option<EventSource>,
    channel: Option<BroadcastChannel>,
    /// Gives the lock back.
    release: Option<Function>,
    /// Counts the times that the page was shown; what was begun before is over.
    turn: u32,
    failed: u32,
    /// The source's listeners, which must live as long as it does.
    listeners: Vec<Closure<dyn Fn(MessageEvent)>>,
    on_error: Option<Closure<dyn Fn()>>,
}

type Shared = Rc<RefCell<Stream>>;

/// Follows an event's seats from now on.
pub(crate) fn follow(house: impl House, event: &str) {
    let stream = Shared::new(RefCell::new(Stream { path: format!("/api/events/{event}/live"), ..Stream::default() }));
    let name = format!("onsale.live.{event}");
    if let Ok(channel) = BroadcastChannel::new(&name) {
        let heard = Closure::<dyn Fn(MessageEvent)>::new(move |message: MessageEvent| {
            if let Some(text) = message.data().as_string()
                && let Some((kind, data)) = text.split_once('\n')
            {
                take(house, kind, data);
            }
        });
        channel.set_onmessage(Some(heard.as_ref().unchecked_ref()));
        heard.forget();
        stream.borrow_mut().channel = Some(channel);
    }
    let (shown, lock) = (stream.clone(), name.clone());
    let changed = move || {
        if is_hidden() {
            leave(&shown);
        } else {
            house.resync();
            queue(house, &shown, &lock);
        }
    };
    let changed = Closure::<dyn Fn()>::new(changed);
    if let Some(document) = web_sys::window().and_then(|window| window.document()) {
        let _never_hidden =
            document.add_event_listener_with_callback("visibilitychange", changed.as_ref().unchecked_ref());
    }
    changed.forget();
    // A lost network is known before the stream ends.
    let lost = Closure::<dyn Fn()>::new(move || house.set_live(false));
    if let Some(window) = web_sys::window() {
        let _never_told = window.add_event_listener_with_callback("offline", lost.as_ref().unchecked_ref());
    }
    lost.forget();
    if !is_hidden() {
        queue(house, &stream, &name);
    }
}

/// Opens the stream once this tab is the one that has it.
fn queue(house: impl House, stream: &Shared, name: &str) {
    let turn = {
        let mut stream = stream.borrow_mut();
        stream.turn += 1;
        stream.failed = 0;
        stream.turn
    };
    let (own, waiting) = (stream.clone(), stream.clone());
    let granted = Closure::once_into_js(move || {
        // The lock is kept until the promise is kept.
        Promise::new(&mut |resolve, _| {
            if own.borrow().turn == turn {
                own.borrow_mut().release = Some(resolve);
                open(house, &own, turn);
            } else {
                let _given_back = resolve.call0(&JsValue::NULL);
            }
        })
    });
    if request_lock(name, &granted).is_none() {
        // A browser without locks has a stream a tab.
        open(house, &waiting, turn);
    }
}

/// `navigator.locks.request(name, granted)`.
fn request_lock(name: &str, granted: &JsValue) -> Option<()> {
    let navigator = web_sys::window()?.navigator();
    let locks = Reflect::get(&navigator, &"locks".into()).ok().filter(JsValue::is_object)?;
    let request: Function = Reflect::get(&locks, &"request".into()).ok()?.dyn_into().ok()?;
    request.call2(&locks, &name.into(), granted).ok()?;
    Some(())
}

fn open(house: impl House, stream: &Shared, turn: u32) {
    let Ok(source) = EventSource::new(&stream.borrow().path) else { return };
    let mut listeners = Vec::new();
    for kind in KINDS {
        let own = stream.clone();
        let heard = Closure::<dyn Fn(MessageEvent)>::new(move |message: MessageEvent| {
            let Some(data) = message.data().as_string() else { return };
            own.borrow_mut().failed = 0;
            take(house, kind, &data);
            if let Some(channel) = &own.borrow().channel {
                let _nobody_listens = channel.post_message(&format!("{kind}\n{data}").into());
            }
        });
        let _never_fails = source.add_event_listener_with_callback(kind, heard.as_ref().unchecked_ref());
        listeners.push(heard);
    }
    let own = stream.clone();
    let failed = Closure::<dyn Fn()>::new(move || has_failed(house, &own, turn));
    source.set_onerror(Some(failed.as_ref().unchecked_ref()));
    let mut stream = stream.borrow_mut();
    stream.source = Some(source);
    stream.listeners = listeners;
    stream.on_error = Some(failed);
}

fn has_failed(house: impl House, stream: &Shared, turn: u32) {
    house.set_live(false);
    let (closed, failed) = {
        let mut stream = stream.borrow_mut();
        stream.failed += 1;
        (stream.source.as_ref().is_none_or(|source| source.ready_state() == EventSource::CLOSED), stream.failed)
    };
    if !closed && failed < OWN_TRIES {
        return;
    }
    if let Some(source) = stream.borrow_mut().source.take() {
        source.close();
    }
    // Not all at the same moment, when a gateway was restarted.
    let pause = (PAUSE_MS.0 * f64::from(1_u32 << failed.min(10))).min(PAUSE_MS.1) * (0.5 + Math::random() / 2.0);
    let own = stream.clone();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "half a minute at most")]
    let pause = Duration::from_millis(pause as u64);
    set_timeout(
        move || {
            if own.borrow().turn == turn {
                open(house, &own, turn);
            }
        },
        pause,
    );
}

/// The page is hidden: no stream, and another tab may have it.
fn leave(stream: &Shared) {
    let mut stream = stream.borrow_mut();
    stream.turn += 1;
    if let Some(source) = stream.source.take() {
        source.close();
    }
    if let Some(release) = stream.release.take() {
        let _given_back = release.call0(&JsValue::NULL);
    }
}

/// Takes a message to the board.
fn take(house: impl House, kind: &str, data: &str) {
    let now = now_ms();
    let change = match kind {
        "snapshot" => serde_json::from_str::<SeatStates>(data)
            .ok()
            .and_then(|told| house.change(|board| board.snapshot(&told, now))),
        "delta" => {
            serde_json::from_str::<SeatDelta>(data).ok().and_then(|told| house.change(|board| board.delta(&told, now)))
        }
        _ => None,
    };
    let Some(change) = change else { return };
    house.set_live(true);
    if change.missed {
        house.resync();
    }
    house.told(&change);
}
