//! What programs read of what is on: the map of the site, and calendars.

use crate::pages::{HomeQuery, faulty, page};
use crate::state::State;
use axum::extract::{self, OriginalUri, Path};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use icalendar::{Calendar, Component, Event, EventLike, Property};
use onsale_core::EventId;
use onsale_core::api::events::{EventSummary, Location};
use onsale_core::text::{escape_html, query_value};
use onsale_platform::problem::Problem;
use std::collections::BTreeSet;
use std::fmt::Write;

/// Programs come back after so many seconds.
const FEED_AGE: HeaderValue = HeaderValue::from_static("public, max-age=300");

/// `GET /robots.txt`: pages may be found, the API need not be.
pub(crate) async fn robots(state: extract::State<State>) -> String {
    let origin = state.config.public_url.origin().ascii_serialization();
    format!("User-agent: *\nDisallow: /api/\nDisallow: /organiser\nAllow: /\nSitemap: {origin}/sitemap.xml\n")
}

/// `GET /sitemap.xml`: each event, city and kind, in both languages (sitemaps.org 0.9).
pub(crate) async fn sitemap(state: extract::State<State>) -> Result<Response, Problem> {
    let origin = state.config.public_url.origin().ascii_serialization();
    let events = state.pages.all_events().await?;
    let cities: BTreeSet<&str> = events.iter().map(|event| event.venue.city.as_str()).collect();
    let kinds: BTreeSet<&str> = events.iter().map(|event| event.kind.as_str()).collect();
    let paths = std::iter::once("/".to_owned())
        .chain(cities.into_iter().map(|city| format!("/cities/{}", query_value(city))))
        .chain(kinds.into_iter().map(|kind| format!("/kinds/{}", query_value(kind))))
        .chain(events.iter().map(|event| format!("/events/{}", event.id)));
    let mut xml = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\" \
         xmlns:xhtml=\"http://www.w3.org/1999/xhtml\">\n",
    );
    for path in paths {
        let address = escape_html(&format!("{origin}{path}"));
        let _infallible = write!(xml, "<url><loc>{address}</loc>");
        for language in ["en", "es"] {
            let _infallible = write!(
                xml,
                "<xhtml:link rel=\"alternate\" hreflang=\"{language}\" href=\"{address}?lang={language}\"/>"
            );
        }
        xml.push_str("</url>\n");
    }
    xml.push_str("</urlset>\n");
    Ok(feed("application/xml; charset=utf-8", xml))
}

/// `GET /events/{eventId}/calendar.ics`: the date of an event (RFC 5545).
pub(crate) async fn event_calendar(
    state: extract::State<State>,
    Path(id): Path<String>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> Response {
    let found = match EventId::new(id) {
        Ok(id) => state.pages.event(&id).await,
        Err(_) => Err(Problem::not_found("event")),
    };
    match found {
        Ok(event) => calendar(&state, &[(&event.summary, Some(&event.location))]),
        Err(problem) => faulty(&page(&state, &uri, &headers), problem),
    }
}

/// `GET /calendar.ics`: the dates of a search, as the home page has it.
pub(crate) async fn search_calendar(
    state: extract::State<State>,
    OriginalUri(uri): OriginalUri,
) -> Result<Response, Problem> {
    let found = state.pages.listing(&HomeQuery::of(&uri), state.clock.now()).await?;
    let events: Vec<_> = found.items.iter().map(|event| (event, None)).collect();
    Ok(calendar(&state, &events))
}

/// Events as a calendar. An event is always the same entry, however often it is fetched: its `UID` is the event's.
fn calendar(state: &State, events: &[(&EventSummary, Option<&Location>)]) -> Response {
    let origin = state.config.public_url.origin().ascii_serialization();
    let host = state.config.public_url.host_str().unwrap_or("onsale").to_owned();
    let mut calendar = Calendar::empty();
    for (name, value) in [("VERSION", "2.0"), ("PRODID", "-//Onsale//Onsale//EN"), ("METHOD", "PUBLISH")] {
        calendar.append_property(Property::new(name, value));
    }
    for (event, location) in events {
        let mut entry = Event::new();
        entry
            .uid(&format!("{}@{host}", event.id))
            .timestamp(state.clock.now())
            .starts(event.starts_at)
            .summary(&event.name)
            .location(&format!("{}, {}", event.venue.name, event.venue.city))
            .description(&event.description)
            .url(&format!("{origin}/events/{}", event.id));
        if let Some(Location { latitude, longitude, .. }) = location {
            entry.append_property(Property::new("GEO", format!("{latitude};{longitude}")));
        }
        calendar.push(entry.done());
    }
    feed("text/calendar; charset=utf-8", calendar.to_string())
}

fn feed(kind: &'static str, text: String) -> Response {
    let headers = [(header::CONTENT_TYPE, HeaderValue::from_static(kind)), (header::CACHE_CONTROL, FEED_AGE)];
    (headers, text).into_response()
}
