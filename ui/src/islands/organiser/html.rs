//! The list of events and an event's head, as HTML.

use super::Reader;
use super::facts::{Listed, Venue};
use super::figures::{meter, moment, state};
use crate::format::{Moment, count, money};
pub(super) use crate::islands::desk::{Instead, instead};
use crate::language::Language;
use chrono::{DateTime, Utc};
use onsale_core::api::sales::EventSales;
pub(super) use onsale_core::text::escape_html;

/// Says that what is shown is live; it says so otherwise when it is not.
pub(super) fn fresh(language: Language) -> String {
    format!("<p class=\"fresh small\" id=\"fresh\" role=\"status\">{}</p>", language.live_word())
}

/// The list of events with the figures of all of them together.
pub(super) fn events(
    reader: Reader,
    events: &[Listed],
    venues: &[Venue],
    sales: &[EventSales],
    now: DateTime<Utc>,
    more: bool,
) -> String {
    let language = reader.language;
    let rows: String = events.iter().map(|event| event_row(reader, event, venues, sales, now)).collect();
    let more = if more {
        format!("<button type=\"button\" class=\"btn\" data-act=\"more\">{}</button>", language.more_events())
    } else {
        String::new()
    };
    format!(
        "<header class=\"row\"><h1>{}</h1>{}<a class=\"btn ink sm push\" href=\"{}\">{}</a>\
         <a class=\"btn sm\" href=\"{}\">{}</a></header><dl class=\"kpis\" id=\"cards\">{}</dl>\
         <ul class=\"nights\">{rows}</ul>{more}",
        language.your_events(),
        fresh(language),
        reader.link("/organiser/events/new"),
        language.ev_new(),
        reader.link("/organiser/halls"),
        language.halls(),
        super::figures::cards(language, sales),
    )
}

/// What organisers without events see.
pub(super) fn no_events(reader: Reader) -> String {
    let language = reader.language;
    let instead = Instead {
        heading: language.no_events().to_owned(),
        text: language.no_events_more().to_owned(),
        link: Some((reader.link("/organiser/events/new"), language.ev_new())),
        calm: true,
        ..Instead::default()
    };
    self::instead(language, &instead, None)
}

fn event_row(reader: Reader, event: &Listed, venues: &[Venue], sales: &[EventSales], now: DateTime<Utc>) -> String {
    let language = reader.language;
    let venue = super::figures::venue_of(venues, event).cloned().unwrap_or_default();
    let starts = Moment::at(language, event.draft.starts_at, &venue.time_zone);
    let place: Vec<&str> =
        [venue.name.as_str(), venue.city.as_str()].into_iter().filter(|text| !text.is_empty()).collect();
    let (word, class) = state(language, event, &venue.time_zone, now);
    let sold = sales.iter().find(|sold| sold.event_id.as_str() == event.id);
    let id = escape_html(&event.id);
    format!(
        "<li><a href=\"{}\"><span class=\"plate date\"><small>{}</small><b>{}</b><small>{}</small></span>\
         <span class=\"what\"><b>{}</b><span class=\"soft small\">{} · {}</span></span>\
         <span class=\"st\"><span class=\"badge {class}\">{}</span></span>\
         <span class=\"figs num\" id=\"f-{id}\">{}</span></a></li>",
        reader.link(&format!("/organiser/events/{id}")),
        starts.weekday(),
        starts.day(),
        starts.month(),
        escape_html(&event.draft.name),
        escape_html(&place.join(" · ")),
        starts.time(),
        escape_html(&word),
        event_figures(language, sold),
    )
}

/// The figures in an event's row.
pub(super) fn event_figures(language: Language, sold: Option<&EventSales>) -> String {
    let Some(sales) = sold else { return format!("<span class=\"soft small\">{}</span>", language.not_published()) };
    format!(
        "<span class=\"fig\"><span><b>{}</b> <small>{} {}</small></span>{}</span>\
         <span class=\"fig end\"><b>{}</b> <small>{}</small></span>\
         <span class=\"fig end\"><b>{}</b> <small>{}</small></span>",
        count(language, sales.sold),
        language.of_capacity(sales.capacity),
        language.sold_word(),
        meter(sales.sold, sales.capacity),
        count(language, sales.held),
        language.held_word(),
        money(language, sales.takings),
        language.takings_word(),
    )
}

/// An event's heading: what, when, where, and where its sale stands.
pub(super) fn event_head(reader: Reader, event: &Listed, venue: &Venue, now: DateTime<Utc>) -> String {
    let language = reader.language;
    let starts = Moment::at(language, event.draft.starts_at, &venue.time_zone);
    let (word, class) = state(language, event, &venue.time_zone, now);
    let mut brief = format!("{} · {}, {}", starts.date_and_time(), venue.name, venue.city);
    if class == "good" {
        let since = moment(language, event.draft.sale.on_sale_at, &venue.time_zone, now);
        brief.push_str(&format!(" · {}", language.on_sale_since(&since)));
    }
    let buyers = format!(
        "<a class=\"btn sm\" href=\"{}\">{}</a>",
        reader.link(&format!("/events/{}", escape_html(&event.id))),
        language.buyers_page()
    );
    let gate = format!(
        "<a class=\"btn sm\" href=\"{}\">{}</a>",
        reader.link(&format!("/organiser/events/{}/check-in", escape_html(&event.id))),
        language.check_in()
    );
    let link = |page: &str, word: &str| {
        let path = format!("/organiser/events/{}/{page}", escape_html(&event.id));
        format!("<a class=\"btn sm\" href=\"{}\">{word}</a>", reader.link(&path))
    };
    let edit = link("edit", language.ev_edit());
    let desk = link("counter", language.counter()) + &link("reports", language.reports());
    let is_public = !matches!(class, "") || word == language.event_over();
    format!(
        "<header class=\"row org-head\"><div><p class=\"small\"><a href=\"{}\">{}</a></p><h1>{}</h1>\
         <p class=\"soft small\">{}</p></div><span class=\"badge {class}\">{}</span>{}\
         <div class=\"row push\">{}</div></header>",
        reader.link("/organiser"),
        language.all_your_events(),
        escape_html(&event.draft.name),
        escape_html(&brief),
        escape_html(&word),
        fresh(language),
        if is_public { edit + &desk + &gate + &buyers } else { edit },
    )
}
