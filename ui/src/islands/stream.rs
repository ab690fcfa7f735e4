//! What the server tells as it happens: one stream a browser for the same address, shared over its tabs, none while
//! nobody looks.
//!
//! The tabs queue for a lock (Web Locks), which a browser takes back from a tab that ends, however it ends. Who has it
//! opens the stream and hands each message on by a `BroadcastChannel`. A tab that comes says so and is told how things
//! stand; one that nobody looks at leaves the queue after a while, or at once when another comes, or when the browser
//! may put it to sleep.

use super::dom::listen;
use crate::browser::is_hidden;
use js_sys::{Date, Function, Math, Promise, Reflect};
use leptos::prelude::set_timeout;
use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{BroadcastChannel, EventSource, EventTarget, MessageEvent};

/// Who looks at another tab for a moment finds all as it was.
const HIDDEN_FOR: Duration = Duration::from_secs(10);
/// The browser tries again by itself, with the last version it has, so often; then we do, slower and slower.
const OWN_TRIES: u32 = 3;
const PAUSE_MS: (f64, f64) = (1_000.0, 30_000.0);
/// What tabs say to each other beside the stream's messages, which are a kind, a line's end and the data.
const COMES: &str = "comes";
const LOST: &str = "lost";
const STANDS: &str = "stands ";

/// A stream of the server's.
#[derive(Debug, Clone)]
pub(crate) struct Topic {
    /// Its address.
    pub(crate) path: String,
    /// What its messages are called.
    pub(crate) kinds: &'static [&'static str],
    /// Those of its messages that say all there is to know: whoever comes late is given the last.
    pub(crate) whole: Option<&'static str>,
}

/// What a tab hears.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum News<'a> {
    /// A message.
    Told {
        /// What it is called.
        kind: &'a str,
        /// What it says.
        data: &'a str,
    },
    /// The last message had this id. It was before this tab came.
    Stands(&'a str),
    /// Nothing is heard for now.
    Lost,
    /// The page is looked at again: what was told meanwhile was not heard.
    Shown,
}

struct Stream {
    topic: Topic,
    hear: Rc<dyn Fn(News<'_>)>,
    channel: Option<BroadcastChannel>,
    source: Option<EventSource>,
    /// The source's listeners, which must live as long as it does.
    listeners: Vec<Closure<dyn Fn(MessageEvent)>>,
    on_error: Option<Closure<dyn Fn()>>,
    /// Gives the lock back.
    release: Option<Function>,
    /// Whether the stream is this tab's to have.
    leads: bool,
    /// Whether this tab has the lock or waits for it.
    is_in: bool,
    /// Counts the times that it came; what was begun before is over.
    turn: u32,
    failed: u32,
    /// When nobody looked any more, in milliseconds since 1970.
    hidden_ms: Option<f64>,
    /// What whoever comes is told.
    last: Option<String>,
    /// Nobody here follows it any more.
    is_over: bool,
}

type Shared = Rc<RefCell<Stream>>;

/// A stream that is followed until it is said so.
#[cfg(any(feature = "ssr", feature = "line"))]
pub(crate) struct Followed(Shared);

#[cfg(any(feature = "ssr", feature = "line"))]
impl Followed {
    /// Hears no more of it.
    pub(crate) fn end(self) {
        leave(&self.0);
        let mut stream = self.0.borrow_mut();
        stream.is_over = true;
        if let Some(channel) = stream.channel.take() {
            channel.close();
        }
    }
}

/// Follows a stream from now on.
#[cfg(any(feature = "ssr", feature = "counter", feature = "organisers", feature = "room"))]
pub(crate) fn follow(topic: Topic, hear: impl Fn(News<'_>) + 'static) {
    begin(topic, hear);
}

/// The same until it is said that it is enough.
#[cfg(any(feature = "ssr", feature = "line"))]
pub(crate) fn follow_for_now(topic: Topic, hear: impl Fn(News<'_>) + 'static) -> Followed {
    Followed(begin(topic, hear))
}

fn begin(topic: Topic, hear: impl Fn(News<'_>) + 'static) -> Shared {
    let name = lock_name(&topic);
    let stream = Shared::new(RefCell::new(Stream {
        // Without locks each tab has a stream of its own, and nothing to share.
        channel: locks().and_then(|_| BroadcastChannel::new(&name).ok()),
        topic,
        hear: Rc::new(hear),
        source: None,
        listeners: Vec::new(),
        on_error: None,
        release: None,
        leads: false,
        is_in: false,
        turn: 0,
        failed: 0,
        hidden_ms: None,
        last: None,
        is_over: false,
    }));
    if let Some(channel) = &stream.borrow().channel {
        let own = stream.clone();
        let heard = Closure::<dyn Fn(MessageEvent)>::new(move |message: MessageEvent| {
            if let Some(text) = message.data().as_string() {
                take(&own, &text);
            }
        });
        channel.set_onmessage(Some(heard.as_ref().unchecked_ref()));
        heard.forget();
    }
    follow_page(&stream);
    if !is_hidden() {
        come(&stream);
    }
    stream
}

/// The page is shown and hidden, put to sleep and woken, with a network and without.
fn follow_page(stream: &Shared) {
    let Some(window) = web_sys::window() else { return };
    let on = |target: &EventTarget, name: &str, act: fn(&Shared)| {
        let own = stream.clone();
        listen(target, name, move |_| act(&own));
    };
    on(&window, "pagehide", leave);
    on(&window, "pageshow", looked_at);
    on(&window, "offline", |stream| hear(stream, News::Lost));
    on(&window, "online", |stream| {
        let turn = stream.borrow().turn;
        open(stream, turn);
    });
    if let Some(document) = window.document() {
        on(&document, "visibilitychange", |stream| if is_hidden() { hidden(stream) } else { looked_at(stream) });
        on(&document, "freeze", leave);
    }
}

fn hear(stream: &Shared, news: News<'_>) {
    let hear = Some(stream.borrow()).filter(|stream| !stream.is_over).map(|stream| stream.hear.clone());
    if let Some(hear) = hear {
        hear(news);
    }
}

/// Says something to the other tabs.
fn say(stream: &Shared, text: &str) {
    if let Some(channel) = &stream.borrow().channel {
        let _nobody_listens = channel.post_message(&text.into());
    }
}

fn hidden(stream: &Shared) {
    let since = Date::now();
    stream.borrow_mut().hidden_ms = Some(since);
    let own = stream.clone();
    let later = move || {
        // Unless it was looked at meanwhile.
        let is_still = own.borrow().hidden_ms.is_some_and(|hidden| (hidden - since).abs() < f64::EPSILON);
        if is_still {
            leave(&own);
        }
    };
    set_timeout(later, HIDDEN_FOR);
}

fn looked_at(stream: &Shared) {
    if is_hidden() || stream.borrow().is_over {
        return;
    }
    let hidden_ms = stream.borrow_mut().hidden_ms.take();
    // A page that was asleep left nothing, and its stream may have ended without a word.
    if hidden_ms.is_some_and(|since| Date::now() - since > HIDDEN_FOR.as_secs_f64() * 1_000.0) {
        leave(stream);
    }
    if !stream.borrow().is_in {
        hear(stream, News::Shown);
        come(stream);
    }
}

/// Waits to have the stream, and hears it from whoever has it until then.
fn come(stream: &Shared) {
    let (turn, name) = {
        let mut stream = stream.borrow_mut();
        stream.is_in = true;
        stream.turn += 1;
        stream.failed = 0;
        (stream.turn, lock_name(&stream.topic))
    };
    say(stream, COMES);
    let own = stream.clone();
    let granted = Closure::once_into_js(move || {
        // The lock is kept until the promise is kept.
        Promise::new(&mut |resolve, _| {
            if own.borrow().turn == turn {
                own.borrow_mut().release = Some(resolve);
                lead(&own, turn);
            } else {
                let _given_back = resolve.call0(&JsValue::NULL);
            }
        })
    });
    if request_lock(&name, &granted).is_none() {
        lead(stream, turn);
    }
}

fn lead(stream: &Shared, turn: u32) {
    stream.borrow_mut().leads = true;
    open(stream, turn);
}

fn lock_name(topic: &Topic) -> String {
    format!("onsale.live {}", topic.path)
}

/// `navigator.locks`, where the browser and the address have it.
fn locks() -> Option<JsValue> {
    let navigator = web_sys::window()?.navigator();
    Reflect::get(&navigator, &"locks".into()).ok().filter(JsValue::is_object)
}

/// `navigator.locks.request(name, granted)`.
fn request_lock(name: &str, granted: &JsValue) -> Option<()> {
    let locks = locks()?;
    let request: Function = Reflect::get(&locks, &"request".into()).ok()?.dyn_into().ok()?;
    request.call2(&locks, &name.into(), granted).ok()?;
    Some(())
}

/// Opens the stream, where it is this tab's to have and not open.
fn open(stream: &Shared, turn: u32) {
    let topic = {
        let stream = stream.borrow();
        if stream.turn != turn || !stream.leads || stream.source.is_some() {
            return;
        }
        stream.topic.clone()
    };
    let Ok(source) = EventSource::new(&topic.path) else { return };
    let listeners = topic.kinds.iter().map(|kind| {
        let (own, whole) = (stream.clone(), topic.whole);
        let heard = Closure::<dyn Fn(MessageEvent)>::new(move |message: MessageEvent| {
            let Some(data) = message.data().as_string() else { return };
            let text = format!("{kind}\n{data}");
            {
                let mut stream = own.borrow_mut();
                stream.failed = 0;
                let is_whole = whole == Some(*kind);
                stream.last = if is_whole { Some(text.clone()) } else { stands(&message.last_event_id()) };
            }
            say(&own, &text);
            hear(&own, News::Told { kind, data: &data });
        });
        let _never_fails = source.add_event_listener_with_callback(kind, heard.as_ref().unchecked_ref());
        heard
    });
    let listeners = listeners.collect();
    let own = stream.clone();
    let failed = Closure::<dyn Fn()>::new(move || has_failed(&own, turn));
    source.set_onerror(Some(failed.as_ref().unchecked_ref()));
    let mut stream = stream.borrow_mut();
    (stream.source, stream.listeners, stream.on_error) = (Some(source), listeners, Some(failed));
}

/// What is said of messages that are told one after another.
fn stands(id: &str) -> Option<String> {
    (!id.is_empty()).then(|| format!("{STANDS}{id}"))
}

/// Takes what another tab said.
fn take(stream: &Shared, text: &str) {
    match text {
        COMES => is_asked(stream),
        LOST => hear(stream, News::Lost),
        _ => match (text.split_once('\n'), text.strip_prefix(STANDS)) {
            (Some((kind, data)), _) => hear(stream, News::Told { kind, data }),
            (None, Some(id)) => hear(stream, News::Stands(id)),
            (None, None) => {}
        },
    }
}

/// Another tab came: it is told how things stand, or has the stream itself where nobody looks here.
fn is_asked(stream: &Shared) {
    if is_hidden() {
        return leave(stream);
    }
    let last = stream.borrow().last.clone().filter(|_| stream.borrow().source.is_some());
    if let Some(last) = last {
        say(stream, &last);
    }
}

fn has_failed(stream: &Shared, turn: u32) {
    say(stream, LOST);
    hear(stream, News::Lost);
    let failed = {
        let mut stream = stream.borrow_mut();
        stream.failed += 1;
        let closed = stream.source.as_ref().is_none_or(|source| source.ready_state() == EventSource::CLOSED);
        if !closed && stream.failed < OWN_TRIES {
            return;
        }
        stream.close();
        stream.failed
    };
    // Not all at the same moment, when a gateway was restarted.
    let pause = (PAUSE_MS.0 * f64::from(1_u32 << failed.min(10))).min(PAUSE_MS.1) * (0.5 + Math::random() / 2.0);
    let own = stream.clone();
    set_timeout(move || open(&own, turn), Duration::from_secs_f64(pause / 1_000.0));
}

/// No stream, and another tab may have it.
fn leave(stream: &Shared) {
    let mut stream = stream.borrow_mut();
    (stream.is_in, stream.leads) = (false, false);
    stream.turn += 1;
    stream.close();
    if let Some(release) = stream.release.take() {
        let _given_back = release.call0(&JsValue::NULL);
    }
}

impl Stream {
    fn close(&mut self) {
        if let Some(source) = self.source.take() {
            source.close();
        }
        self.last = None;
    }
}
