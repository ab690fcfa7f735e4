//! The room: header, map, prices, list, tray. What changes has an id, what can be pressed says what it is for; the
//! island (`islands/seat_room`) finds both.

use super::listed::Listed;
use crate::components::LOGO;
use crate::format::{Moment, count, money};
use crate::islands::seat_room::USUAL;
use crate::language::Language;
use crate::seats::Category;
use crate::shell::Page;
use leptos::prelude::*;
use onsale_core::Money;
use onsale_core::api::events::EventDetail;

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

/// All of it, before it wakes.
pub(super) fn room(page: &Page, event: &EventDetail, listed: Option<&Listed<'_>>) -> impl IntoView + use<> {
    let language = page.language;
    let summary = &event.summary;
    let starts = Moment::at(language, summary.starts_at, &summary.venue.time_zone);
    let brief = format!("{} · {}, {}", starts.date_and_time(), summary.venue.name, summary.venue.city);
    view! {
        <header class="top dark">
            <a class="logo" href=page.link("/") aria-label=language.home_label()>
                <svg viewBox="0 0 38 22" aria-hidden="true" inner_html=LOGO></svg>
                <span class="wide">"Onsale"</span>
            </a>
            <div class="brief">
                <h1><a href=page.link(&format!("/events/{}", summary.id))>{summary.name.clone()}</a></h1>
                <span>{brief}</span>
            </div>
            <p class="timer push" id="hold" hidden=true>
                <span class="wide">{language.kept_for()}</span>
                <span class="plate num yours" id="left" role="timer" aria-live="off"></span>
            </p>
        </header>
        <main id="main" class="room">
            {house(language, &summary.venue.name, listed)}
            <aside class="panel" aria-label=language.find_and_pay()>
                <button type="button" class="grab row" aria-expanded="false" aria-controls="ways" data-act="sheet">
                    <svg class="i" viewBox="0 0 20 20" aria-hidden="true" inner_html=LINES></svg>
                    {language.find_or_list()}
                </button>
                {prices(language, event, listed)}
                <div class="ways" id="ways">
                    {best(language, event.sale.max_per_account)}
                    {list(page, listed)}
                    {standing(language, event)}
                </div>
                <div class="told" id="told" role="alert"></div>
                {tray(language, event)}
            </aside>
            <p class="vh" id="say" role="status"></p>
        </main>
    }
}

/// The canvas with what lies over it.
fn house(language: Language, venue: &str, listed: Option<&Listed<'_>>) -> impl IntoView + use<> {
    let free = listed.map_or_else(|| "–".to_owned(), |listed| count(language, listed.free()));
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
    let tools =
        [(PLUS, language.zoom_in(), "in"), (MINUS, language.zoom_out(), "out"), (FIT, language.whole_house(), "fit")]
            .map(|(icon, label, act)| {
                view! {
                    <button type="button" class="btn" aria-label=label data-act=act>
                        <svg class="i" viewBox="0 0 20 20" aria-hidden="true" inner_html=icon></svg>
                    </button>
                }
            });
    view! {
        <section class="house" aria-label=language.seat_map()>
            <canvas class="bg" id="map" tabindex="0" role="application" aria-label=language.map_label(venue)
                aria-describedby="key"></canvas>
            <p class="coming" id="coming">{language.map_coming()}</p>
            <div class="tools">{tools.collect_view()}</div>
            <p class="livecount small num" id="livecount">
                <span class="dot"></span><b id="free">{free}</b>" "<span id="live-words">{language.free_live()}</span>
            </p>
            <ul class="key small" id="key" aria-label=language.key()>{key.collect_view()}</ul>
            <div class="tip" id="tip" aria-hidden="true" hidden=true></div>
        </section>
    }
}

/// The prices: legend and filter in one.
fn prices(language: Language, event: &EventDetail, listed: Option<&Listed<'_>>) -> impl IntoView + use<> {
    let seated = event
        .ticket_types
        .iter()
        .filter_map(|kind| Some((kind.category.as_deref()?, kind.name.as_str(), kind.price.total)));
    let buttons: Vec<_> = (0_u32..)
        .zip(Category::of_prices(seated))
        .map(|(place, category)| {
            let letter = category.letter();
            let left = listed.map(|listed| language.left_of(&count(language, listed.free_of(&category.code))));
            view! {
                <button type="button" class=format!("price {letter}") aria-pressed="false" data-category=place>
                    <span class="cat">{letter}</span>
                    <span class="nm">{category.name}</span>
                    <b class="num">{money(language, category.price)}</b>
                    <span class="left num">{left}</span>
                </button>
            }
        })
        .collect();
    view! {
        <section class="prices" aria-label=language.prices_filter()>
            <h2>{language.price_of_a_seat()}" "<span class="soft small">{language.fees_and_taxes_in()}</span></h2>
            <div id="cats">{buttons}</div>
        </section>
    }
}

fn stepper(
    language: Language,
    acts: (&'static str, &'static str),
    id: Option<&'static str>,
    count: u32,
) -> impl IntoView {
    view! {
        <button type="button" aria-label=language.one_fewer() data-act=acts.0>
            <svg class="i" viewBox="0 0 20 20" aria-hidden="true" inner_html=MINUS></svg>
        </button>
        <output id=id aria-live="polite">{count}</output>
        <button type="button" aria-label=language.one_more() data-act=acts.1>
            <svg class="i" viewBox="0 0 20 20" aria-hidden="true" inner_html=PLUS></svg>
        </button>
    }
}

fn best(language: Language, max: Option<u32>) -> impl IntoView {
    let usual = max.unwrap_or(USUAL).min(USUAL);
    view! {
        <section class="best" aria-labelledby="best-h">
            <h2 id="best-h">{language.find_them()}</h2>
            <div class="row">
                <span class="stepper" role="group" aria-label=language.how_many()>
                    {stepper(language, ("fewer", "more"), Some("n"), usual)}
                </span>
                <button type="button" class="btn ink grow" data-act="best">{language.best_together()}</button>
            </div>
            <label class="check small"><input type="checkbox" id="sf"/><span>{language.step_free_only()}</span></label>
        </section>
    }
}

/// Sections and rows as a form that needs no script, and the free seats of the row.
fn list(page: &Page, listed: Option<&Listed<'_>>) -> impl IntoView + use<> {
    let language = page.language;
    let lang = page.chosen.then(|| view! { <input type="hidden" name="lang" value=language.tag()/> });
    let (sections, rows) = listed.map(|listed| (listed.sections(), listed.rows(language))).unwrap_or_default();
    let seats = listed.map(|listed| listed.seats(language)).unwrap_or_default();
    view! {
        <section class="bylist" aria-labelledby="list-h">
            <h2 id="list-h">{language.from_a_list()}</h2>
            <form class="pick" method="get">
                {lang}
                <select class="in" name="section" id="sec" aria-label=language.section() inner_html=sections></select>
                <select class="in" name="row" id="rw" aria-label=language.row_word() inner_html=rows></select>
                <noscript><button class="btn">{language.show_row()}</button></noscript>
            </form>
            <noscript><p class="soft small">{language.choosing_needs_script()}</p></noscript>
            <div class="seatlist num" id="sl" role="group" aria-label=language.free_in_row() inner_html=seats></div>
        </section>
    }
}

/// How many standing tickets of each kind, where there are some beside the seats.
fn standing(language: Language, event: &EventDetail) -> Option<impl IntoView + use<>> {
    let kinds = event.ticket_types.iter().filter(|kind| kind.category.is_none()).enumerate();
    let kinds: Vec<_> = kinds
        .map(|(place, kind)| {
            let Money { minor, .. } = kind.price.total;
            view! {
                <div class="row standing" data-standing=place data-type=kind.ticket_type.clone()
                    data-name=kind.name.clone() data-minor=minor>
                    <span>
                        <b>{kind.name.clone()}</b><br/><span class="num">{money(language, kind.price.total)}</span>
                        " "<span class="soft small">{language.fees_in()}</span>
                    </span>
                    <span class="stepper push" role="group" aria-label=kind.name.clone()>
                        {stepper(language, ("one-fewer", "one-more"), None, 0)}
                    </span>
                </div>
            }
        })
        .collect();
    (!kinds.is_empty()).then(|| {
        view! {
            <section aria-labelledby="stand-h">
                <h2 id="stand-h">{language.standing_places()}</h2>
                <p class="soft small">{language.general_text()}</p>
                {kinds}
            </section>
        }
    })
}

fn tray(language: Language, event: &EventDetail) -> impl IntoView + use<> {
    let nothing = money(language, Money::zero(event.sale.currency));
    view! {
        <section class="tray" aria-labelledby="tray-h">
            <div class="row">
                <h2 id="tray-h">{language.your_seats()}</h2>
                <span class="small push note" id="note"></span>
                <button type="button" class="link back" id="back" data-act="back" hidden=true>{language.give_all_back()}</button>
            </div>
            <div class="mine-room">
                <ul class="mine" id="mine"></ul>
                <p class="small note" id="nothing">{language.tap_or_find()}</p>
            </div>
            <div class="row">
                <p class="sum"><b class="num" id="sum">{nothing}</b><small>{language.fees_in()}</small></p>
                <span class="push" id="next">
                    <button type="button" class="btn go big" data-act="hold" aria-disabled="true">{language.choose_a_seat()}</button>
                </span>
            </div>
        </section>
    }
}
