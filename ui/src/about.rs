//! What search engines, and sites that show a link, are told of a page: its one address, a sentence, and what it is about
//! as schema.org says it (JSON-LD 1.1, 7).

use crate::format::Moment;
use crate::language::Language;
use crate::shell::Page;
use onsale_core::api::events::{EventDetail, EventStatus, TicketTypeSummary};
use onsale_core::text::escape_html;
use serde_json::{Value, json};

/// Sentences longer than this are cut where they are only shown beside a link, in characters.
const DESCRIPTION_CHARS_MAX: usize = 200;

/// What is told of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct About {
    /// A sentence or two.
    description: String,
    /// The one address of what it shows, without its origin and language.
    address: String,
    /// What it is about, as JSON.
    structured: Option<String>,
}

impl About {
    /// A page of lists.
    pub(crate) fn list(description: &str, address: String) -> Self {
        Self { description: description.to_owned(), address, structured: None }
    }

    /// The page of an event.
    pub(crate) fn event(page: &Page, event: &EventDetail) -> Self {
        let summary = &event.summary;
        let starts = Moment::at(page.language, summary.starts_at, &summary.venue.time_zone);
        let brief = format!("{} · {}, {}.", starts.date_and_time(), summary.venue.name, summary.venue.city);
        let whole = format!("{brief} {}", summary.description.split_whitespace().collect::<Vec<_>>().join(" "));
        let address = format!("/events/{}", summary.id);
        let structured = structured(page, event, &format!("{}{address}", page.origin));
        Self { description: cut(whole.trim()), address, structured: Some(structured.to_string()) }
    }

    /// As it stands at the end of a page's head.
    pub(crate) fn html(&self, page: &Page, title: &str) -> String {
        let address = format!("{}{}", page.origin, page.link(&self.address));
        let name = title.strip_suffix(" · Onsale").unwrap_or(title);
        let (address, name, text) = (escape_html(&address), escape_html(name), escape_html(&self.description));
        let locale = match page.language {
            Language::En => "en_GB",
            Language::Es => "es_ES",
        };
        let structured = self.structured.as_ref().map(|json| {
            // Nothing in it ends the script (WHATWG HTML, 4.12.1.3). It is data, which no policy keeps from being read.
            let json = json.replace('<', "\\u003c");
            format!("<script type=\"application/ld+json\">{json}</script>")
        });
        format!(
            "<link rel=\"canonical\" href=\"{address}\"><meta name=\"description\" content=\"{text}\">\
             <meta property=\"og:site_name\" content=\"Onsale\"><meta property=\"og:type\" content=\"website\">\
             <meta property=\"og:title\" content=\"{name}\"><meta property=\"og:description\" content=\"{text}\">\
             <meta property=\"og:url\" content=\"{address}\"><meta property=\"og:locale\" content=\"{locale}\">\
             <meta name=\"twitter:card\" content=\"summary\">{}",
            structured.unwrap_or_default(),
        )
    }
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(DESCRIPTION_CHARS_MAX) {
        Some((end, _)) => format!("{}…", text[..end].trim_end()),
        None => text.to_owned(),
    }
}

/// The event as schema.org's.
fn structured(page: &Page, event: &EventDetail, url: &str) -> Value {
    let summary = &event.summary;
    let starts = Moment::at(page.language, summary.starts_at, &summary.venue.time_zone);
    let status = if summary.status == EventStatus::Cancelled { "EventCancelled" } else { "EventScheduled" };
    let offers: Vec<Value> = event.ticket_types.iter().map(|kind| offer(page, event, kind, url)).collect();
    json!({
        "@context": "https://schema.org",
        "@type": kind_of(&summary.kind),
        "name": summary.name,
        "description": summary.description,
        "url": url,
        "startDate": starts.machine(),
        "eventStatus": format!("https://schema.org/{status}"),
        "eventAttendanceMode": "https://schema.org/OfflineEventAttendanceMode",
        "location": {
            "@type": "Place",
            "name": summary.venue.name,
            "address": {
                "@type": "PostalAddress",
                "addressLocality": summary.venue.city,
                "addressCountry": event.location.country,
            },
            "geo": {
                "@type": "GeoCoordinates",
                "latitude": event.location.latitude,
                "longitude": event.location.longitude,
            },
        },
        "offers": offers,
    })
}

fn offer(page: &Page, event: &EventDetail, kind: &TicketTypeSummary, url: &str) -> Value {
    let summary = &event.summary;
    let availability = if summary.availability.sold_out {
        "SoldOut"
    } else if summary.on_sale_at > page.now {
        "PreOrder"
    } else {
        "InStock"
    };
    json!({
        "@type": "Offer",
        "name": kind.name,
        "price": kind.price.total.decimal(),
        "priceCurrency": kind.price.total.currency.code(),
        "availability": format!("https://schema.org/{availability}"),
        "validFrom": summary.on_sale_at,
        "url": url,
    })
}

/// The kinds of event that schema.org has a name for.
fn kind_of(kind: &str) -> &'static str {
    match kind {
        "classical" | "concert" | "jazz" => "MusicEvent",
        "comedy" => "ComedyEvent",
        "dance" => "DanceEvent",
        "festival" => "Festival",
        "musical" | "opera" | "theatre" => "TheaterEvent",
        "sport" => "SportsEvent",
        _ => "Event",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_cut_between_characters() {
        assert_eq!(cut("short"), "short");
        let long = "ñ ".repeat(DESCRIPTION_CHARS_MAX);
        assert!(cut(&long).ends_with("ñ…") && cut(&long).chars().count() <= DESCRIPTION_CHARS_MAX + 1);
    }
}
