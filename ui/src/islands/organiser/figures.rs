//! Figures, as HTML.

use super::facts::{Listed, Venue};
use crate::format::{Moment, count, money};
use crate::language::Language;
use chrono::{DateTime, Utc};
use onsale_core::Money;
use onsale_core::api::events::EventStatus;
use onsale_core::api::sales::EventSales;

/// Ten dots: how much of a house is sold.
pub(crate) fn meter(sold: i64, capacity: i64) -> String {
    // In tenths of a dot, so that one ticket of thousands is not nothing.
    let tenths = if capacity > 0 { ((sold.max(0) * 100 + capacity - 1) / capacity).min(100) } else { 0 };
    format!("<span class=\"meter\" style=\"--n:{}.{}\"></span>", tenths / 10, tenths % 10)
}

/// Money by currency, the largest number of events first.
pub(crate) fn sums<'a>(amounts: impl Iterator<Item = &'a Money>) -> Vec<Money> {
    let mut sums: Vec<(Money, usize)> = Vec::new();
    for amount in amounts {
        match sums.iter_mut().find(|(sum, _)| sum.currency == amount.currency) {
            Some((sum, events)) => {
                sum.minor = sum.minor.saturating_add(amount.minor);
                *events += 1;
            }
            None => sums.push((*amount, 1)),
        }
    }
    sums.sort_by_key(|(_, events)| std::cmp::Reverse(*events));
    sums.into_iter().map(|(sum, _)| sum).collect()
}

/// The four cards of one event or of many.
pub(crate) fn cards(language: Language, all: &[EventSales]) -> String {
    let sum = |pick: fn(&EventSales) -> i64| all.iter().map(pick).sum::<i64>();
    let (sold, capacity) = (sum(|sales| sales.sold), sum(|sales| sales.capacity));
    let takings = sums(all.iter().map(|sales| &sales.takings));
    let back = sums(all.iter().map(|sales| &sales.refunded));
    let back: Vec<String> = back.into_iter().filter(|sum| sum.minor > 0).map(|sum| money(language, sum)).collect();
    let back =
        if back.is_empty() { language.nothing_back().to_owned() } else { language.refunded_of(&back.join(" · ")) };
    let mut amounts = takings.iter().map(|sum| money(language, *sum));
    let first = amounts.next().unwrap_or_else(|| "–".to_owned());
    let others = amounts.collect::<Vec<_>>().join(" · ");
    let others = if others.is_empty() { others } else { format!("<dd class=\"num more\">{others}</dd>") };
    let sold_dd = format!(
        "<dd class=\"num\">{} <small>{}</small></dd><dd>{}</dd>",
        count(language, sold),
        language.of_capacity(capacity),
        meter(sold, capacity)
    );
    let card = |label: &str, inside: String| format!("<div class=\"card\"><dt>{label}</dt>{inside}</div>");
    let plain = |number: i64| format!("<dd class=\"num\">{}</dd>", count(language, number));
    let money = format!("<dd class=\"num\">{first}</dd>{others}<dd class=\"soft small\">{back}</dd>");
    [
        card(language.tickets_sold(), sold_dd),
        card(language.takings(), money),
        card(language.held_now(), plain(sum(|sales| sales.held))),
        card(language.still_free(), plain(sum(|sales| sales.free))),
    ]
    .concat()
}

/// Where an event is, in a word, with its badge's class.
pub(crate) fn state(language: Language, event: &Listed, zone: &str, now: DateTime<Utc>) -> (String, &'static str) {
    let (word, class) = match event.status {
        EventStatus::Draft => (language.draft(), ""),
        EventStatus::Publishing => (language.publishing(), "info"),
        EventStatus::Cancelled => (language.cancelled(), "bad"),
        EventStatus::Published if event.draft.starts_at <= now => (language.event_over(), ""),
        EventStatus::Published if event.draft.sale.on_sale_at > now => {
            return (language.opens_at(&moment(language, event.draft.sale.on_sale_at, zone, now)), "info");
        }
        EventStatus::Published => (language.selling(), "good"),
    };
    (word.to_owned(), class)
}

/// A time of today, or with its day.
pub(crate) fn moment(language: Language, at: DateTime<Utc>, zone: &str, now: DateTime<Utc>) -> String {
    let moment = Moment::at(language, at, zone);
    if moment.is_day_of(now) { moment.time() } else { format!("{} {} {}", moment.day(), moment.month(), moment.time()) }
}

/// The venue of an event; without a name while it is not known.
pub(crate) fn venue_of<'a>(venues: &'a [Venue], event: &Listed) -> Option<&'a Venue> {
    venues.iter().find(|venue| venue.id == event.draft.venue_id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use onsale_core::{Currency, EventId};

    fn sales(id: &str, sold: i64, minor: i64, currency: &str) -> EventSales {
        let currency: Currency = currency.parse().expect("a currency");
        EventSales {
            event_id: EventId::new(id).expect("an id"),
            capacity: 1_000,
            free: 1_000 - sold,
            held: 0,
            sold,
            takings: Money::new(minor, currency),
            refunded: Money::zero(currency),
        }
    }

    #[test]
    fn one_ticket_of_thousands_is_not_nothing_and_a_full_house_is_ten_dots() {
        assert!(meter(0, 2_871).contains("--n:0.0"));
        assert!(meter(1, 2_871).contains("--n:0.1"));
        assert!(meter(2_204, 2_871).contains("--n:7.7"));
        assert!(meter(2_871, 2_871).contains("--n:10.0"));
        assert!(meter(3, 0).contains("--n:0.0"));
    }

    #[test]
    fn money_is_added_up_by_currency() {
        let all = [sales("A", 2, 4_000_000, "COP"), sales("B", 3, 9_200, "EUR"), sales("C", 1, 100, "EUR")];
        let cards = cards(Language::En, &all);
        let (euros, pesos) = (cards.find("€93.00"), cards.find("COP\u{a0}40,000"));
        assert!(euros.is_some() && euros < pesos, "{cards}");
        assert!(cards.contains("<dd class=\"num\">6 <small>of 3,000</small></dd>"), "{cards}");
        assert!(self::cards(Language::Es, &[]).contains("–"));
    }
}
