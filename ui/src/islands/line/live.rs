//! The line as it moves: a stream while somebody looks at the page.

use super::room::Room;
use crate::browser;
use onsale_core::api::queue::QueueView;
use std::cell::RefCell;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::{EventSource, MessageEvent};

/// A stream and who hears it, who must live as long as it does.
type Open = (EventSource, Closure<dyn Fn(MessageEvent)>);

thread_local! {
    static OPEN: RefCell<Option<Open>> = const { RefCell::new(None) };
}

/// Opens the stream where there is none, or it ended: the browser repairs a connection, but no refusal.
pub(super) fn open(room: &Room, event: &str) {
    let is_open =
        OPEN.with_borrow(|open| open.as_ref().is_some_and(|(source, _)| source.ready_state() != EventSource::CLOSED));
    if is_open || browser::is_hidden() {
        return;
    }
    let Ok(source) = EventSource::new(&format!("/api/queue/{event}/live")) else { return };
    let room = room.clone();
    let heard = Closure::<dyn Fn(MessageEvent)>::new(move |message: MessageEvent| {
        let text = message.data().as_string().unwrap_or_default();
        if let Ok(view) = serde_json::from_str::<QueueView>(&text) {
            room.heard(view);
        }
    });
    let _never_fails = source.add_event_listener_with_callback("line", heard.as_ref().unchecked_ref());
    close();
    OPEN.set(Some((source, heard)));
}

/// Ends it.
pub(super) fn close() {
    if let Some((source, _)) = OPEN.take() {
        source.close();
    }
}
