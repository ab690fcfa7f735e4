//! The home page: the search, what opens next, and the events.

use crate::about::About;
use crate::bundle::Bundle;
use crate::components::{HOUSE, STAGE, card};
use crate::format::{Moment, count};
use crate::islands::SearchBox;
use crate::language::Language;
use crate::month::Month;
use crate::routes::month;
use crate::shell::{Page, Top, document_about, fragment};
use crate::when::When;
use leptos::prelude::*;
use onsale_core::api::events::{EventSummary, FacetCount, Facets};
use onsale_core::text::query_value;

/// How many rows the board of openings has.
const OPENINGS_MAX: usize = 4;
/// How many values a filter shows.
const FACET_MAX: usize = 12;

/// What the reader looked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Home {
    /// Words.
    pub query: String,
    /// A city.
    pub city: String,
    /// A kind of event.
    pub category: String,
    /// When it is.
    pub when: Option<When>,
    /// The month of the calendar that is looked at; nothing where what is found is a list.
    pub month: Option<Month>,
    /// What was found.
    pub cursor: String,
}

/// What was found.
#[derive(Debug, Clone, Default)]
pub struct Listing {
    /// The events of this page.
    pub items: Vec<EventSummary>,
    /// How many there are in all, where it is known.
    pub total: Option<i64>,
    /// Counts by city and kind.
    pub facets: Facets,
    /// The search is simpler than usual.
    pub degraded: bool,
    /// It could not be renewed and may be some minutes old.
    pub stale: bool,
    /// Where the next page starts.
    pub next_cursor: Option<String>,
}

impl Home {
    fn is_everything(&self) -> bool {
        self.query.is_empty()
            && self.city.is_empty()
            && self.category.is_empty()
            && self.when.is_none()
            && self.month.is_none()
    }

    /// What a list of a city, or of a kind of event, is called.
    fn place(&self, language: Language) -> Option<String> {
        match (self.city.is_empty(), self.category.is_empty()) {
            (true, true) => None,
            (false, true) => Some(language.events_in(&self.city)),
            (true, false) => Some(language.kind_of_event(&self.category)),
            (false, false) => Some(format!("{} · {}", language.kind_of_event(&self.category), self.city)),
        }
    }

    /// The one address of this list: a city's and a kind's have pages of their own; words and days are no other list.
    fn address(&self) -> String {
        match (self.city.is_empty(), self.category.is_empty()) {
            (true, true) => "/".to_owned(),
            (false, true) => format!("/cities/{}", query_value(&self.city)),
            (true, false) => format!("/kinds/{}", query_value(&self.category)),
            (false, false) => Self { query: String::new(), when: None, month: None, ..self.clone() }.with("", ""),
        }
    }

    /// The address of this search, with another value for one of its parts.
    pub(crate) fn with(&self, name: &str, value: &str) -> String {
        let month = self.month.map(Month::name).unwrap_or_default();
        let when = self.when.map_or("", When::name);
        let own = [
            ("query", self.query.as_str()),
            ("city", self.city.as_str()),
            ("category", self.category.as_str()),
            ("when", when),
            ("month", month.as_str()),
        ];
        let mut parts: Vec<String> = own
            .into_iter()
            .filter(|(known, _)| *known != name)
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| format!("{name}={}", query_value(value)))
            .collect();
        if !value.is_empty() {
            parts.push(format!("{name}={}", query_value(value)));
        }
        if parts.is_empty() { "/".to_owned() } else { format!("/?{}", parts.join("&")) }
    }
}

/// The home page.
#[must_use]
pub fn home(page: &Page, asked: &Home, found: &Listing) -> String {
    let language = page.language;
    let main = || {
        view! {
            {hero(page, asked)}
            {board(page, asked, found)}
            {list(page, asked, found)}
        }
    };
    let title = match (asked.query.is_empty(), asked.place(language)) {
        (false, _) => format!("{} · {}", asked.query, language.home_title()),
        (true, Some(place)) => format!("{place} · Onsale"),
        (true, None) => language.home_title().to_owned(),
    };
    let about = About::list(language.lede(), asked.address());
    document_about(page, Bundle::Front, (&title, &about), Top::Dark, main)
}

/// The list alone, for the search that changes it in its place.
#[must_use]
pub fn results(page: &Page, asked: &Home, found: &Listing) -> String {
    fragment(|| list(page, asked, found))
}

/// Filters and results.
fn list(page: &Page, asked: &Home, found: &Listing) -> impl IntoView + use<> {
    let items = match asked.month {
        Some(month) => month::month(page, asked, found, month).into_any(),
        None => cards(page, asked, found),
    };
    view! {
        <section class="wrap browse" id="results" aria-labelledby="res-h">
            {filters(page, asked, &found.facets)}
            <div class="stack" style="--gap:var(--s4)">
                {notes(page.language, found)}
                {month::views(page, asked, found)}
                {items}
            </div>
        </section>
    }
}

fn hero(page: &Page, asked: &Home) -> impl IntoView + use<> {
    let language = page.language;
    view! {
        <section class="hero" aria-labelledby="q-h">
            <svg class="rows bg" viewBox="0 0 1440 560" preserveAspectRatio="xMidYMax slice" aria-hidden="true" inner_html=STAGE></svg>
            <div class="wrap stage">
                <h1 id="q-h">{language.hero()}</h1>
                <p class="lede">{language.lede()}</p>
                <SearchBox language=language chosen=page.chosen query=asked.query.clone() city=asked.city.clone()
                    when=asked.when category=asked.category.clone()/>
            </div>
        </section>
    }
}

/// The departures board of sales that are about to open; only where nothing was searched for.
fn board(page: &Page, asked: &Home, found: &Listing) -> impl IntoView + use<> {
    let language = page.language;
    let mut opening: Vec<&EventSummary> = found.items.iter().filter(|event| event.on_sale_at > page.now).collect();
    opening.sort_by_key(|event| event.on_sale_at);
    opening.truncate(OPENINGS_MAX);
    let rows: Vec<_> = opening.into_iter().map(|event| opening_row(page, event)).collect();
    if rows.is_empty() || !asked.is_everything() || !asked.cursor.is_empty() {
        return view! { <div style="height:var(--s6)"></div> }.into_any();
    }
    view! {
        <section class="wrap board-sec" aria-labelledby="board-h">
            <div class="row">
                <h2 id="board-h">{language.opening_next()}</h2>
                <span class="soft small">{language.local_time()}</span>
            </div>
            <ol class="board">{rows}</ol>
        </section>
    }
    .into_any()
}

fn opening_row(page: &Page, event: &EventSummary) -> impl IntoView + use<> {
    let language = page.language;
    let opens = Moment::at(language, event.on_sale_at, &event.venue.time_zone);
    let plate = if opens.is_day_of(page.now) { opens.time() } else { format!("{} {}", opens.weekday(), opens.day()) };
    let place = format!("{}, {}", event.venue.name, event.venue.city);
    let address = page.link(&format!("/events/{}", event.id));
    view! {
        <li>
            <time class="plate num" datetime=opens.machine()>{plate}</time>
            <a href=address.clone()><b>{event.name.clone()}</b><span>{place}</span></a>
            <span class="st">{format!("{} {}", language.opens(), opens.date_and_time())}</span>
            <a class="act btn sm" href=address>{language.look()}<span class="vh">{event.name.clone()}</span></a>
        </li>
    }
}

fn filters(page: &Page, asked: &Home, facets: &Facets) -> impl IntoView + use<> {
    let language = page.language;
    view! {
        <aside class="facets stack" aria-label=language.filter()>
            {facet(page, asked, ("city", language.city(), &asked.city), &facets.city)}
            {facet(page, asked, ("category", language.kind(), &asked.category), &facets.category)}
        </aside>
    }
}

/// A filter as links, so that it works without a script.
fn facet(
    page: &Page,
    asked: &Home,
    (name, title, chosen): (&str, &'static str, &str),
    values: &[FacetCount],
) -> AnyView {
    if values.is_empty() && chosen.is_empty() {
        return ().into_any();
    }
    let language = page.language;
    let item = |value: &str, text: String, counted: Option<i64>| {
        let current = (value == chosen).then_some("true");
        let counted = counted.map(|counted| view! { <span class="count">{count(language, counted)}</span> });
        let address = page.link(&asked.with(name, value));
        view! { <li><a href=address aria-current=current>{text}" "{counted}</a></li> }
    };
    let all = item("", language.all().to_owned(), None);
    let named = |value: &str| if name == "category" { language.kind_of_event(value) } else { value.to_owned() };
    let items: Vec<_> =
        values.iter().take(FACET_MAX).map(|value| item(&value.value, named(&value.value), Some(value.count))).collect();
    view! {
        <div class="stack" style="--gap:var(--s2)">
            <h2 class="t2">{title}</h2>
            <ul class="facet-list">{all}{items}</ul>
        </div>
    }
    .into_any()
}

/// What the reader should know about the list.
fn notes(language: Language, found: &Listing) -> impl IntoView + use<> {
    let note = |text: &'static str| view! { <div class="notice" role="status"><div><p>{text}</p></div></div> };
    (found.stale.then(|| note(language.stale())), found.degraded.then(|| note(language.degraded())))
}

fn cards(page: &Page, asked: &Home, found: &Listing) -> AnyView {
    let language = page.language;
    if found.items.is_empty() {
        let text = if asked.is_everything() { language.none_all() } else { language.none_query() };
        return view! {
            <div class="empty">
                <svg viewBox="0 0 160 70" width="160" height="70" class="soft" aria-hidden="true" inner_html=HOUSE></svg>
                <h2 id="res-h">{language.none_title()}</h2>
                <p>{text}</p>
                <a class="btn" href=page.link("/")>{language.see_all()}</a>
            </div>
        }
        .into_any();
    }
    let shown = i64::try_from(found.items.len()).unwrap_or(i64::MAX);
    let counted = found.total.unwrap_or(shown);
    let heading = language.found(&count(language, counted), counted);
    let cards: Vec<_> = found.items.iter().map(|event| card(page, event)).collect();
    let more = found.next_cursor.as_ref().map(|cursor| {
        let search = asked.with("", "");
        let separator = if search.contains('?') { '&' } else { '?' };
        let address = page.link(&format!("{search}{separator}cursor={}#results", query_value(cursor)));
        view! {
            <div class="row" style="justify-content:center;padding-block:var(--s4)">
                <a class="btn" href=address>{language.show_more()}</a>
            </div>
        }
    });
    view! {
        <h2 id="res-h">{heading}</h2>
        <ul class="cards">{cards}</ul>
        {more}
    }
    .into_any()
}
