//! What a mail about an order is made of.

use super::moments::moment_there;
use super::{Language, Reader};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use onsale_core::api::booking::{Order, Ticket};
use onsale_core::api::events::EventDetail;
use serde::{Deserialize, Serialize};

/// What a mail about an order is made of.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct OrderFacts {
    /// The order.
    pub order: Order,
    /// Its event, where that could be asked for.
    pub event: Option<EventFacts>,
}

/// What people want to know of an event.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct EventFacts {
    /// What it is called.
    pub name: String,
    /// When it begins.
    pub starts_at: DateTime<Utc>,
    /// IANA name of the time zone there.
    pub time_zone: String,
    /// The house and its city.
    pub place: String,
    /// Degrees north and east.
    pub position: (f64, f64),
    /// Ticket types and what buyers read.
    pub ticket_types: Vec<(String, String)>,
}

impl From<EventDetail> for EventFacts {
    fn from(event: EventDetail) -> Self {
        let EventDetail { summary, location, ticket_types, .. } = event;
        Self {
            name: summary.name,
            starts_at: summary.starts_at,
            time_zone: summary.venue.time_zone,
            place: format!("{}, {}", summary.venue.name, summary.venue.city),
            position: (location.latitude, location.longitude),
            ticket_types: ticket_types.into_iter().map(|kind| (kind.ticket_type, kind.name)).collect(),
        }
    }
}

impl EventFacts {
    /// The zone by whose clocks it begins; UTC where nobody knows it.
    #[must_use]
    pub fn zone(&self) -> Tz {
        self.time_zone.parse().unwrap_or(Tz::UTC)
    }

    /// When it begins, by the clocks there: `Thursday 31 December 2026, 20:00 (Madrid time)`.
    pub(crate) fn begins(&self, language: Language) -> String {
        moment_there(language, self.starts_at, self.zone())
    }
}

impl OrderFacts {
    /// What the event is called; its id where its name is not known.
    #[must_use]
    pub fn event_name(&self) -> &str {
        self.event.as_ref().map_or(self.order.event_id.as_str(), |event| &event.name)
    }

    /// What buyers call a ticket type.
    #[must_use]
    pub fn ticket_type<'a>(&'a self, word: &'a str) -> &'a str {
        let types = self.event.iter().flat_map(|event| &event.ticket_types);
        types.into_iter().find(|(known, _)| known == word).map_or(word, |(_, name)| name)
    }

    /// The order's page.
    #[must_use]
    pub fn page(&self, public_url: &str) -> String {
        format!("{public_url}/orders/{}", self.order.order_id)
    }

    pub(super) fn button(&self, reader: &Reader<'_>) -> (String, String) {
        (reader.say("See the order and its tickets", "Ver el pedido y sus entradas"), self.page(reader.public_url))
    }
}

/// Where a ticket is good, in words: `row F, seat 12`. Nothing where there are no seats.
pub(crate) fn seat_words(language: Language, row: Option<&str>, seat: Option<&str>) -> Option<String> {
    let (row, seat) = (row?, seat?);
    Some(match language {
        Language::English => format!("row\u{a0}{row}, seat\u{a0}{seat}"),
        Language::Spanish => format!("fila\u{a0}{row}, asiento\u{a0}{seat}"),
    })
}

/// A ticket as one line: `Stalls, row F, seat 12 · Adult`.
pub(crate) fn ticket_line(language: Language, facts: &OrderFacts, ticket: &Ticket) -> String {
    let seat = seat_words(language, ticket.row.as_deref(), ticket.column.as_deref());
    let place: Vec<&str> = ticket.category.as_deref().into_iter().chain(seat.as_deref()).collect();
    let kind = facts.ticket_type(&ticket.ticket_type);
    if place.is_empty() { kind.to_owned() } else { format!("{} · {kind}", place.join(", ")) }
}
