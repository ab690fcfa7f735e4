//! What was found as a calendar: a month, a day a cell. On a phone it is a list of the days on which something is on.

use crate::format::Moment;
use crate::language::Language;
use crate::month::Month;
use crate::routes::home::{Home, Listing};
use crate::shell::Page;
use crate::words::{MONTHS, WEEKDAYS};
use crate::zone;
use chrono::{Datelike, NaiveDate};
use leptos::prelude::*;
use onsale_core::api::events::EventSummary;

/// The two ways to look at what was found.
pub(crate) fn views(page: &Page, asked: &Home, found: &Listing) -> impl IntoView + use<> {
    let language = page.language;
    let is_month = asked.month.is_some();
    let soonest = found.items.iter().map(local_day).min();
    let month = asked.month.or_else(|| Month::of(soonest.unwrap_or(page.now.date_naive())));
    let list = page.link(&format!("{}#results", asked.with("month", "")));
    let name = month.map(Month::name).unwrap_or_default();
    let calendar = page.link(&format!("{}#results", asked.with("month", &name)));
    let (on_list, on_calendar) = if is_month { (None, Some("true")) } else { (Some("true"), None) };
    view! {
        <nav class="seg views" aria-label=language.how_to_look()>
            <a class="btn sm" href=list aria-current=on_list>{language.as_list()}</a>
            <a class="btn sm" href=calendar aria-current=on_calendar>{language.as_calendar()}</a>
        </nav>
    }
}

/// The month with what was found in it.
pub(crate) fn month(page: &Page, asked: &Home, found: &Listing, month: Month) -> impl IntoView + use<> {
    let language = page.language;
    let first = month.first();
    let place = usize::from(language == Language::Es);
    let heading = format!("{} {}", MONTHS[place][first.month0() as usize], first.year());
    let step = |to: Option<Month>, word: &'static str| {
        let to = to?;
        let address = page.link(&format!("{}#results", asked.with("month", &to.name())));
        Some(view! { <a class="btn sm" href=address>{word}</a> })
    };
    let days: Vec<_> = WEEKDAYS[place].iter().map(|day| view! { <th scope="col">{*day}</th> }).collect();
    let weeks: Vec<_> = month
        .weeks()
        .into_iter()
        .map(|week| {
            let days: Vec<_> = week.into_iter().map(|day| cell(page, found, day)).collect();
            view! { <tr>{days}</tr> }
        })
        .collect();
    let more = found.next_cursor.is_some().then(|| view! { <p class="soft small">{language.calendar_is_full()}</p> });
    view! {
        <div class="row">
            <h2 id="res-h">{heading.clone()}</h2>
            {step(month.before(), language.month_before())}
            {step(month.after(), language.month_after())}
        </div>
        <table class="month" aria-label=heading>
            <thead><tr>{days}</tr></thead>
            <tbody>{weeks}</tbody>
        </table>
        {more}
    }
}

fn cell(page: &Page, found: &Listing, day: Option<NaiveDate>) -> AnyView {
    let Some(day) = day else { return view! { <td class="off"></td> }.into_any() };
    let events: Vec<_> = found
        .items
        .iter()
        .filter(|event| local_day(event) == day)
        .map(|event| {
            let starts = Moment::at(page.language, event.starts_at, &event.venue.time_zone);
            let address = page.link(&format!("/events/{}", event.id));
            view! {
                <li>
                    <a href=address><span class="num soft">{starts.time()}</span>" "{event.name.clone()}</a>
                </li>
            }
        })
        .collect();
    if events.is_empty() {
        return view! { <td class="off"><span class="num soft">{day.day()}</span></td> }.into_any();
    }
    view! {
        <td>
            <b class="num">{day.day()}</b>
            <ul>{events}</ul>
        </td>
    }
    .into_any()
}

/// The day by the clocks of the venue.
fn local_day(event: &EventSummary) -> NaiveDate {
    zone::local(event.starts_at, &event.venue.time_zone).date()
}
