//! An event's page: the facts, and every price with all that is in it.

use crate::about::About;
use crate::bundle::Bundle;
use crate::components::{CALENDAR, LIMIT, PLACE, RETURNS, SEATS, Word, availability, date_plate, poster, word};
use crate::format::{Moment, money};
use crate::islands::{Kind, SaleClock, TicketPicker};
use crate::language::Language;
use crate::shell::{Page, Top, document_about, fragment};
use leptos::prelude::*;
use onsale_core::api::events::{EventDetail, EventStatus, TicketTypeSummary};
use onsale_core::{LineKind, Money};

/// The letters of price categories, the dearest first.
const LETTERS: [&str; 5] = ["A", "B", "C", "D", "E"];

/// Where tickets are chosen on this page.
const TICKETS: &str = "tickets";

/// How one comes to an event's tickets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entry {
    /// There is no line, or the reader came in by it: they are chosen.
    Open,
    /// By a lobby that is open.
    Lobby,
    /// By a line that is open.
    Line,
    /// By a line that nobody can join now.
    Shut,
}

/// An event, and what can be done about its tickets now.
struct Sold<'a> {
    event: &'a EventDetail,
    entry: Entry,
    sale: Sale,
}

/// The page of an event.
#[must_use]
pub fn event(page: &Page, event: &EventDetail, entry: Entry) -> String {
    let sold = &Sold { event, entry, sale: Sale::of(page, event, entry) };
    let title = format!("{} · Onsale", event.summary.name);
    document_about(page, Bundle::Front, (&title, &About::event(page, event)), Top::Light, || main(page, sold))
}

/// The main part of a draft's page, as it would be once it is published; nothing can be bought there.
#[must_use]
pub fn preview(page: &Page, event: &EventDetail) -> String {
    fragment(|| main(page, &Sold { event, entry: Entry::Open, sale: Sale::Shown }))
}

fn main(page: &Page, sold: &Sold<'_>) -> impl IntoView + use<> {
    let language = page.language;
    let event = sold.event;
    let summary = &event.summary;
    view! {
        <div class="wrap split">
            <article class="stack" style="--gap:var(--s6)">
                <header class="stack">
                    {poster(summary.id.as_str(), true)}
                    <h1>{summary.name.clone()}</h1>
                    {brief(page, sold)}
                    <p class="lede">{summary.description.clone()}</p>
                </header>
                {prices(language, event)}
                {facts(language, event)}
                <p><a href=page.link("/")>{language.back()}</a></p>
            </article>
            {side(page, sold)}
        </div>
        {foot(page, sold)}
    }
}

/// When, where and how much, for narrow pages, whose side stands at the end.
fn brief(page: &Page, sold: &Sold<'_>) -> impl IntoView + use<> {
    let language = page.language;
    let summary = &sold.event.summary;
    let starts = Moment::at(language, summary.starts_at, &summary.venue.time_zone);
    let place = format!("{}, {}", summary.venue.name, summary.venue.city);
    let price = format!("{} {}", language.from(), money(language, summary.price_range.min));
    let opening = opening(page, sold);
    let line = (sold.sale == Sale::Line).then(|| language.line_before_tickets());
    view! {
        <p class="only-narrow">
            <b>{starts.date_and_time()}</b><br/>{place}<br/>
            <b class="num">{price}</b>" "<span class="soft small">{language.fees_in()}</span>
            {opening.map(|opening| view! { <br/><b>{opening}</b> })}
        </p>
        {line.map(|line| view! { <p class="only-narrow">{line}</p> })}
    }
}

/// When the sale opens, while that is to come.
fn opening(page: &Page, sold: &Sold<'_>) -> Option<String> {
    let (language, summary) = (page.language, &sold.event.summary);
    let opens = Moment::at(language, summary.on_sale_at, &summary.venue.time_zone);
    let is_to_come = match sold.sale {
        Sale::Coming => true,
        Sale::Line | Sale::Shown => summary.on_sale_at > page.now,
        _ => false,
    };
    is_to_come.then(|| format!("{}: {}", language.opens(), opens.date_and_time()))
}

fn prices(language: Language, event: &EventDetail) -> impl IntoView + use<> {
    let mut sold: Vec<&TicketTypeSummary> = event.ticket_types.iter().collect();
    sold.sort_by_key(|kind| std::cmp::Reverse(kind.price.total.minor));
    let mut categories: Vec<&str> = Vec::new();
    for category in sold.iter().filter_map(|kind| kind.category.as_deref()) {
        if !categories.contains(&category) {
            categories.push(category);
        }
    }
    let rows: Vec<_> = sold.iter().map(|kind| price_row(language, kind, &categories)).collect();
    view! {
        <section class="stack" aria-labelledby="pr">
            <h2 id="pr">{language.prices()}</h2>
            <div class="scroll-x" tabindex="0" role="group" aria-label=language.prices_table()>
                <table>
                    <thead>
                        <tr>
                            <th scope="col">{language.category()}</th>
                            <th scope="col" class="n">{language.ticket()}</th>
                            <th scope="col" class="n">{language.fees()}</th>
                            <th scope="col" class="n">{language.you_pay()}</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
            <p class="soft small">{language.nothing_added()}</p>
        </section>
    }
}

fn price_row(language: Language, kind: &TicketTypeSummary, categories: &[&str]) -> impl IntoView + use<> {
    let place = kind.category.as_deref().and_then(|own| categories.iter().position(|known| *known == own));
    let letter = place.and_then(|place| LETTERS.get(place)).map(|letter| {
        view! { <span class=format!("cat {letter}") aria-hidden="true">{*letter}</span> }
    });
    let face = kind.price.part(LineKind::Face);
    let more = Money::new(kind.price.total.minor - face.minor, face.currency);
    view! {
        <tr>
            <td>
                <span class="seat-kind">{letter}<span>{kind.name.clone()}</span></span>
            </td>
            <td class="n">{money(language, face)}</td>
            <td class="n">{money(language, more)}</td>
            <td class="n"><b>{money(language, kind.price.total)}</b></td>
        </tr>
    }
}

fn facts(language: Language, event: &EventDetail) -> impl IntoView + use<> {
    let venue = &event.summary.venue;
    let seating = if event.reserved_seating { language.reserved() } else { language.general() };
    let kept = language.kept_while_paying(event.sale.hold_seconds.div_ceil(60));
    let refund = &event.sale.refund;
    let returns = match refund.until_hours_before {
        None => language.no_returns().to_owned(),
        Some(hours) => {
            let fees = if refund.fees_refunded { language.with_fees() } else { language.without_fees() };
            format!("{} {fees}", language.returns_until(hours))
        }
    };
    let limit = event.sale.max_per_account.map(|most| fact(LIMIT, language.limit(), language.per_person(most)));
    let (latitude, longitude) = (event.location.latitude, event.location.longitude);
    let map = format!("geo:{latitude},{longitude}");
    let way = format!("https://www.openstreetmap.org/directions?to={latitude}%2C{longitude}");
    let calendar = format!("/events/{}/calendar.ics", event.summary.id);
    view! {
        <section class="stack" aria-labelledby="a">
            <h2 id="a">{language.good_to_know()}</h2>
            <dl class="facts">
                {fact(SEATS, language.seating(), format!("{seating} {kept}"))}
                {fact(RETURNS, language.returns(), returns)}
                {limit}
                <div>
                    <dt><svg class="i" viewBox="0 0 20 20" aria-hidden="true" inner_html=PLACE></svg>" "{language.place()}</dt>
                    <dd>{format!("{}, {}. ", venue.name, venue.city)}<a href=map>{language.map()}</a>" · "<a href=way rel="noreferrer">{language.directions()}</a></dd>
                </div>
                <div>
                    <dt><svg class="i" viewBox="0 0 20 20" aria-hidden="true" inner_html=CALENDAR></svg>" "{language.in_your_calendar()}</dt>
                    <dd><a href=calendar>{language.calendar_file()}</a></dd>
                </div>
            </dl>
        </section>
    }
}

fn fact(icon: &'static str, name: &'static str, text: String) -> impl IntoView {
    view! {
        <div>
            <dt><svg class="i" viewBox="0 0 20 20" aria-hidden="true" inner_html=icon></svg>" "{name}</dt>
            <dd>{text}</dd>
        </div>
    }
}

/// When, where, how much, and what can be done now.
fn side(page: &Page, sold: &Sold<'_>) -> impl IntoView + use<> {
    let language = page.language;
    let summary = &sold.event.summary;
    let zone = &summary.venue.time_zone;
    let starts = Moment::at(language, summary.starts_at, zone);
    let place = format!("{}, {}", summary.venue.name, summary.venue.city);
    let range = &summary.price_range;
    let price = if range.min == range.max {
        money(language, range.min)
    } else {
        format!("{} {} {}", money(language, range.min), language.to(), money(language, range.max))
    };
    let full: Word = word(language, summary, page.now);
    // Where tickets are chosen here, the choice is what a narrow page shows too.
    let class = if sold.picks() { "stick buy picks card stack" } else { "stick buy card stack" };
    view! {
        <aside class=class id=TICKETS aria-label=language.tickets()>
            <div class="row" style="flex-wrap:nowrap;align-items:start">
                {date_plate(&starts)}
                <div>
                    <b><time datetime=starts.machine()>{starts.date_and_time()}</time></b>
                    <p class="soft small">{place}</p>
                    <p class="num"><b>{price}</b>" "<span class="soft small">{language.fees_in()}</span></p>
                </div>
            </div>
            {availability(full)}
            {action(page, sold)}
        </aside>
    }
}

/// What can be done about tickets now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sale {
    Cancelled,
    Coming,
    Over,
    SoldOut,
    AllHeld,
    Open,
    /// Nobody gets to the tickets but by the line.
    Line,
    /// It is looked at before it is published.
    Shown,
}

impl Sale {
    fn of(page: &Page, event: &EventDetail, entry: Entry) -> Self {
        let summary = &event.summary;
        let ends = event.sale.off_sale_at.unwrap_or(summary.starts_at);
        if summary.status == EventStatus::Cancelled {
            Self::Cancelled
        } else if entry != Entry::Open && ends > page.now && !summary.availability.sold_out {
            Self::Line
        } else if summary.on_sale_at > page.now {
            Self::Coming
        } else if ends <= page.now {
            Self::Over
        } else if summary.availability.sold_out {
            Self::SoldOut
        } else if summary.availability.available <= 0 {
            Self::AllHeld
        } else {
            Self::Open
        }
    }
}

impl Sold<'_> {
    /// Whether tickets can be chosen on this page now.
    fn picks(&self) -> bool {
        !self.event.reserved_seating && matches!(self.sale, Sale::Open | Sale::AllHeld)
    }

    /// Where tickets are chosen, and what the button says: on the plan, or on this page where there is none.
    fn choosing(&self, page: &Page) -> (String, &'static str) {
        let (language, id) = (page.language, &self.event.summary.id);
        let line = || page.link(&format!("/events/{id}/queue"));
        match self.entry {
            Entry::Open => {}
            Entry::Lobby => return (line(), language.enter_lobby()),
            Entry::Line => return (line(), language.join_line()),
            Entry::Shut => return (line(), language.line_title()),
        }
        if self.event.reserved_seating {
            (page.link(&format!("/events/{id}/seats")), language.choose_seats())
        } else {
            // Before the opening there is nothing to choose here: the page has to be loaded again.
            let again = if self.picks() { "" } else { "?open=1" };
            (page.link(&format!("/events/{id}{again}#{TICKETS}")), language.choose_tickets())
        }
    }
}

/// How many of each kind, where there are no seats to choose.
fn picker(language: Language, event: &EventDetail) -> AnyView {
    let kinds = event.ticket_types.iter().map(|kind| Kind {
        ticket_type: kind.ticket_type.clone(),
        name: kind.name.clone(),
        price: kind.price.total,
    });
    let (id, kinds, limit) = (event.summary.id.to_string(), kinds.collect(), event.sale.max_per_account);
    view! {
        <noscript><p class="notice warn">{language.needs_script()}</p></noscript>
        <TicketPicker language=language event=id kinds=kinds limit=limit/>
    }
    .into_any()
}

/// The one action of the page, or why there is none.
fn action(page: &Page, sold: &Sold<'_>) -> AnyView {
    let language = page.language;
    let (address, label) = sold.choosing(page);
    let said = |title: &'static str, text: &'static str| {
        view! { <p><b>{title}</b></p><p class="soft small">{text}</p> }.into_any()
    };
    match sold.sale {
        Sale::Open | Sale::AllHeld if sold.picks() => picker(language, sold.event),
        Sale::Open => view! { <a class="btn go big full" href=address>{label}</a> }.into_any(),
        Sale::Line => view! {
            {opening(page, sold).map(|opening| view! { <p><b>{opening}</b></p> })}
            <a class="btn go big full" href=address>{label}</a>
            <p class="soft small">{language.line_before_tickets()}</p>
        }
        .into_any(),
        Sale::AllHeld => view! {
            <a class="btn go big full" href=address>{label}</a>
            <p class="soft small">{language.held_may_return()}</p>
        }
        .into_any(),
        Sale::Coming => {
            let summary = &sold.event.summary;
            let opens_in_ms = (summary.on_sale_at - page.now).num_milliseconds();
            view! {
                <p><b>{opening(page, sold)}</b></p>
                <SaleClock language=language opens_in_ms=opens_in_ms address=address action=label.to_owned()/>
            }
            .into_any()
        }
        Sale::SoldOut => said(language.sold_out(), language.sold_out_more()),
        Sale::Cancelled => said(language.cancelled(), language.cancelled_more()),
        Sale::Over => view! { <p><b>{language.sale_over()}</b></p> }.into_any(),
        Sale::Shown => view! {
            {opening(page, sold).map(|opening| view! { <p><b>{opening}</b></p> })}
            <p class="soft small">{language.ev_only_looked()}</p>
        }
        .into_any(),
    }
}

/// On a phone the action stays at the foot, in the place of the side; nothing is there when there is nothing to do.
fn foot(page: &Page, sold: &Sold<'_>) -> Option<impl IntoView + use<>> {
    let language = page.language;
    let (address, label) = sold.choosing(page);
    let summary = &sold.event.summary;
    let inside = match sold.sale {
        Sale::Open | Sale::AllHeld | Sale::Line => {
            let price = format!("{} {}", language.from(), money(language, summary.price_range.min));
            // Where the next step is on this page, it has the one signal colour, and this only leads there.
            let class = if sold.picks() { "btn ink big push" } else { "btn go big push" };
            view! {
                <p class="small num"><b>{price}</b><br/>{language.fees_in()}</p>
                <a class=class href=address>{label}</a>
            }
            .into_any()
        }
        Sale::Coming => {
            let opens_in_ms = (summary.on_sale_at - page.now).num_milliseconds();
            let action = label.to_owned();
            view! { <SaleClock language=language opens_in_ms=opens_in_ms address=address action=action/> }.into_any()
        }
        Sale::Cancelled | Sale::Over | Sale::SoldOut | Sale::Shown => return None,
    };
    Some(view! { <div class="only-narrow foot-bar">{inside}</div> })
}
