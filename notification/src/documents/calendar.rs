//! The date of an event for calendars (RFC 5545). Events have no end of their own, and so has this none.

use crate::domain::{Language, OrderFacts, good_tickets, one_line, ticket_line};
use icalendar::{Calendar, Component, Event, EventLike, Property};

/// The file; nothing where it is not known when the event is. An order's is always the same entry, however often it
/// is opened: its `UID` is the order's.
pub(super) fn event(language: Language, facts: &OrderFacts, public_url: &str) -> Option<Vec<u8>> {
    let event = facts.event.as_ref()?;
    let tickets = good_tickets(facts).map(|ticket| one_line(&ticket_line(language, facts, ticket)));
    let mut lines = vec![format!("{} {}", language.pick("Order", "Pedido"), facts.order.order_number)];
    lines.extend(tickets);
    let (latitude, longitude) = event.position;
    let page = facts.page(public_url);
    let host = public_url.split("://").nth(1).unwrap_or("onsale").split(['/', ':']).next().unwrap_or("onsale");
    let entry = Event::new()
        .uid(&format!("{}@{host}", facts.order.order_id))
        .timestamp(facts.order.created_at)
        .starts(event.starts_at)
        .summary(&one_line(&event.name))
        .location(&one_line(&event.place))
        .description(&lines.join("\n"))
        .url(&page)
        .append_property(Property::new("GEO", format!("{latitude};{longitude}")))
        .done();
    let mut calendar = Calendar::empty();
    for (name, value) in [("VERSION", "2.0"), ("PRODID", "-//Onsale//Onsale//EN"), ("METHOD", "PUBLISH")] {
        calendar.append_property(Property::new(name, value));
    }
    Some(calendar.push(entry).to_string().into_bytes())
}
