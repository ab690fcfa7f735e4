//! Choosing seats: the map, the prices that filter it, the list that does all it does, and the tray.
//!
//! [`Room`] is what the parts share: the [`Board`](crate::seats::Board) with its painter, and the signals that the
//! page shows. Whatever changes the board ends in [`Room::settle`], which brings signals, address and canvas up to
//! date.

pub mod best;
mod hold;
mod kept;
mod keys;
pub mod legend;
pub mod list;
mod live;
mod live_clock;
mod load;
pub mod notice;
mod pointer;
pub mod room;
pub mod tip;
pub mod tray;

pub use list::ListAsWritten;
pub use room::{PriceTag, RoomEvent, StandingTag};

use crate::components::{LOGO, Timer};
use crate::language::Language;
use crate::seats::Look;
use best::Best;
use legend::Legend;
use leptos::html::Canvas;
use leptos::prelude::*;
use list::List;
use notice::NoticeBox;
use room::Room;
use tip::TipBox;
use tray::Tray;

/// Shapes of the key, as the inside of an `svg` element of 16 by 16.
const KEY_FREE: &str = r##"<circle cx="8" cy="8" r="5.5" fill="currentColor"/>"##;
const KEY_STEP_FREE: &str = r##"<rect x="2.5" y="2.5" width="11" height="11" rx="2" fill="currentColor"/>"##;
const KEY_HELD: &str = r##"<circle cx="8" cy="8" r="4.5" fill="none" stroke="var(--seat-held)" stroke-width="1.5"/>"##;
const KEY_SOLD: &str = r##"<circle cx="8" cy="8" r="2.5" fill="var(--seat-sold)"/>"##;
const KEY_YOURS: &str = concat!(
    r##"<rect x="1" y="1" width="14" height="14" rx="3" fill="var(--yours)" stroke="#14181f"/>"##,
    r##"<path d="M4.5 8.5 7 11l4.5-6" fill="none" stroke="#14181f" stroke-width="2"/>"##,
);
const PLUS: &str = r##"<path d="M10 4v12M4 10h12"/>"##;
const MINUS: &str = r##"<path d="M4 10h12"/>"##;
const FIT: &str = r##"<path d="M3 7V3h4M13 3h4v4M17 13v4h-4M7 17H3v-4"/>"##;
const LINES: &str = r##"<path d="M7 5h10M7 10h10M7 15h10M3.2 5h.1M3.2 10h.1M3.2 15h.1"/>"##;

/// How much nearer a button brings the map.
const STEP: f64 = 1.5;

/// The page of an event's seats, from its header to the button that pays.
#[island]
pub fn SeatRoom(
    /// The reader's language.
    language: Language,
    /// Whether the address names the language, so that links keep it.
    chosen: bool,
    /// The event.
    event: RoomEvent,
) -> impl IntoView {
    let home = if chosen { format!("/?lang={}", language.tag()) } else { "/".to_owned() };
    let page = format!("/events/{}", event.id);
    let page = if chosen { format!("{page}?lang={}", language.tag()) } else { page };
    let (title, brief) = (event.title.clone(), format!("{} · {}", event.when, event.place));
    let room = Room::new(language, chosen, event);
    let canvas = NodeRef::<Canvas>::new();
    Effect::new(move |_| {
        if let Some(canvas) = canvas.get() {
            load::begin(room, canvas);
        }
    });
    view! {
        <header class="top dark">
            <a class="logo" href=home aria-label=language.home_label()>
                <svg viewBox="0 0 38 22" aria-hidden="true" inner_html=LOGO></svg>
                <span class="wide">"Onsale"</span>
            </a>
            <div class="brief"><h1><a href=page>{title}</a></h1><span>{brief}</span></div>
            <p class="timer push" hidden=move || !room.is_holding()>
                <span class="wide">{language.kept_for()}</span>
                <Timer seconds=room.seconds() spoken=Callback::new(move |minutes| language.left_to_pay(minutes))
                    class="plate num yours"/>
            </p>
        </header>
        <main id="main" class="room">
            {house(room, canvas)}
            <aside class="panel" aria-label=language.find_and_pay()>
                {ways(room)}
                <NoticeBox room=room/>
                <Tray room=room/>
            </aside>
            <p class="vh" role="status">{move || room.said()}</p>
        </main>
    }
}

/// The canvas with what lies over it.
fn house(room: Room, canvas: NodeRef<Canvas>) -> impl IntoView {
    let language = room.language();
    let key = [
        (KEY_FREE, language.key_free()),
        (KEY_STEP_FREE, language.step_free()),
        (KEY_HELD, language.key_held()),
        (KEY_SOLD, language.key_sold()),
        (KEY_YOURS, language.key_yours()),
    ]
    .map(|(shape, word)| {
        view! { <li><svg viewBox="0 0 16 16" aria-hidden="true" inner_html=shape></svg>{word}</li> }
    });
    let tool = |icon: &'static str, label: &'static str, press: fn(Room)| {
        view! {
            <button type="button" class="btn" aria-label=label on:click=move |_| press(room)>
                <svg class="i" viewBox="0 0 20 20" aria-hidden="true" inner_html=icon></svg>
            </button>
        }
    };
    view! {
        <section class="house" aria-label=language.seat_map()>
            <canvas class="bg" id="map" node_ref=canvas tabindex="0" role="application"
                aria-label=room.map_label() aria-describedby="key"
                on:pointerdown=move |event| pointer::down(room, &event)
                on:pointermove=move |event| pointer::moved(room, &event)
                on:pointerup=move |event| pointer::up(room, &event)
                on:pointercancel=move |event| pointer::cancelled(room, &event)
                on:pointerleave=move |_| pointer::left(room)
                on:wheel=move |event| pointer::wheel(room, &event)
                on:keydown=move |event| keys::pressed(room, &event)
                on:blur=move |_| keys::left(room)></canvas>
            <p class="waiting-map" hidden=move || room.is_ready()>{move || room.coming()}</p>
            <div class="tools">
                {tool(PLUS, language.zoom_in(), |room| room.step(STEP))}
                {tool(MINUS, language.zoom_out(), |room| room.step(1.0 / STEP))}
                {tool(FIT, language.whole_house(), Room::fit)}
            </div>
            <p class="livecount small num" class:paused=move || !room.is_live()>
                <span class="dot"></span><b>{move || room.free_text()}</b>" "
                {move || if room.is_live() { language.free_live() } else { language.free_not_live() }}
            </p>
            <ul class="key small" id="key" aria-label=language.key()>{key.collect_view()}</ul>
            <TipBox room=room/>
        </section>
    }
}

/// Prices, “let us find them”, and the list.
fn ways(room: Room) -> impl IntoView {
    let language = room.language();
    let open = RwSignal::new(false);
    view! {
        <button type="button" class="grab row" aria-controls="ways"
            aria-expanded=move || if open.get() { "true" } else { "false" } on:click=move |_| open.update(|open| *open = !*open)>
            <svg class="i" viewBox="0 0 20 20" aria-hidden="true" inner_html=LINES></svg>
            " "{language.find_or_list()}
        </button>
        <Legend room=room/>
        <div class="ways" id="ways">
            <Best room=room/>
            <List room=room/>
            {room.has_standing().then(|| view! { <tray::Standing room=room/> })}
        </div>
    }
}

/// What a seat's state is called beside its price; nothing for a free one.
fn state_word(language: Language, look: Look) -> Option<&'static str> {
    match look {
        Look::Free => None,
        Look::Held => Some(language.someone_decides()),
        Look::Gone => Some(language.key_sold()),
        Look::Chosen => Some(language.chosen_word()),
        Look::Mine => Some(language.yours()),
    }
}
