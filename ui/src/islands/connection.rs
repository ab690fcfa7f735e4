//! Says when the reader is offline, and when that is over.

use crate::components::IntoFresh;
use crate::language::Language;
use leptos::ev;
use leptos::prelude::*;
use std::time::Duration;

const BACK_SHOWN_FOR: Duration = Duration::from_secs(4);

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Online,
    Offline,
    Back,
}

/// A bar under the header while there is no connection.
#[island]
pub fn Connection(
    /// The reader's language.
    language: Language,
) -> impl IntoView {
    let state = RwSignal::new(State::Online);
    Effect::new(move |_| {
        if !window().navigator().on_line() {
            state.set(State::Offline);
        }
        let off = window_event_listener(ev::offline, move |_| state.set(State::Offline));
        let on = window_event_listener(ev::online, move |_| {
            state.set(State::Back);
            set_timeout(
                move || state.update(|state| *state = if *state == State::Back { State::Online } else { *state }),
                BACK_SHOWN_FOR,
            );
        });
        on_cleanup(move || {
            off.remove();
            on.remove();
        });
    });
    let text = move || match state.get() {
        State::Online => None,
        State::Offline => Some(language.offline()),
        State::Back => Some(language.back_online()),
    };
    view! { <div class="bar" role="status">{move || text().map(|text| view! { <p>{text}</p> }.fresh())}</div> }
}
