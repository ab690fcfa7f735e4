//! The counter as HTML: what is chosen, how it is paid, and the tickets on paper.

use super::Reader;
use super::hall_html::{KEY_HELD, map};
use crate::format::{Moment, money};
use crate::islands::qr;
use crate::language::Language;
use onsale_core::Money;
use onsale_core::api::booking::{Order, Ticket};
use onsale_core::api::events::{EventDetail, TicketTypeView};
use onsale_core::text::escape_html;
use std::collections::BTreeMap;

/// Shapes of the key, as the inside of an `svg` element of 16 by 16.
const KEY_OFFERED: &str = r##"<circle cx="8" cy="8" r="5.5" fill="var(--cat-b)"/>"##;
const KEY_GONE: &str = r##"<circle cx="8" cy="8" r="2.5" fill="var(--edge)"/>"##;

/// A line of what is chosen.
pub(super) struct Line {
    pub(super) name: String,
    pub(super) price: Option<Money>,
}

/// The page: the map, and the sale beside it.
pub(super) fn page(reader: Reader, event: &EventDetail, standing: &[TicketTypeView]) -> String {
    let language = reader.language;
    let summary = &event.summary;
    let id = escape_html(summary.id.as_str());
    let starts = Moment::at(language, summary.starts_at, &summary.venue.time_zone);
    let link = |path: &str, word: &str| format!("<a class=\"btn sm\" href=\"{}\">{word}</a>", reader.link(path));
    format!(
        "<header class=\"row org-head\"><div><p class=\"small\"><a href=\"{}\">{}</a></p><h1>{}</h1>\
         <p class=\"soft small\">{} · {}</p></div><div class=\"row push\">{}</div></header>\
         <div class=\"duo\">{}<section class=\"card stack counter\" aria-labelledby=\"sale-h\"><h2 id=\"sale-h\">{}</h2>\
         <ul class=\"picked\" id=\"picked\"></ul>{}\
         <div class=\"field\"><label for=\"buyer\">{}</label><input class=\"in\" id=\"buyer\" type=\"email\" \
         maxlength=\"254\" autocomplete=\"off\" aria-describedby=\"buyer-hint\"><p class=\"soft small\" id=\"buyer-hint\">{}</p></div>\
         <div class=\"row\" id=\"next\"></div><div id=\"counter-said\" role=\"status\"></div></section></div>\
         <section class=\"sold\" id=\"sold\" aria-labelledby=\"sold-h\" hidden></section>\
         <p class=\"vh\" id=\"say\" role=\"status\"></p>",
        reader.link("/organiser"),
        language.all_your_events(),
        language.counter(),
        escape_html(&summary.name),
        starts.date_and_time(),
        link(&format!("/organiser/events/{id}"), language.live_sales()),
        if event.reserved_seating { house(language) } else { String::new() },
        language.sale_word(),
        kinds(language, standing),
        language.buyer_email(),
        language.buyer_email_hint(),
    )
}

/// General admission: each kind with how many.
fn kinds(language: Language, standing: &[TicketTypeView]) -> String {
    let row = |kind: &TicketTypeView| {
        let name = escape_html(&kind.name);
        let word = escape_html(&kind.kind);
        format!(
            "<li><span><b>{name}</b> <small class=\"soft\">{}</small></span><span class=\"row\">\
             <button type=\"button\" class=\"btn sm\" data-act=\"fewer\" data-kind=\"{word}\" aria-label=\"{name}: {}\">−</button>\
             <output class=\"num\" data-count=\"{word}\">0</output>\
             <button type=\"button\" class=\"btn sm\" data-act=\"more\" data-kind=\"{word}\" aria-label=\"{name}: {}\">+</button></span></li>",
            money(language, kind.price.total),
            language.fewer_one(),
            language.more_one(),
        )
    };
    if standing.is_empty() {
        return String::new();
    }
    format!("<ul class=\"kinds\">{}</ul>", standing.iter().map(row).collect::<String>())
}

/// What is chosen, line by line.
pub(super) fn picked(language: Language, lines: &[Line], reserved: bool) -> String {
    if lines.is_empty() && reserved {
        return format!("<li class=\"soft\">{}</li>", language.pick_on_map());
    }
    let row = |line: &Line| {
        let price = line.price.map_or_else(|| language.kept_back().to_owned(), |price| money(language, price));
        format!("<li><span>{}</span><span class=\"num\">{price}</span></li>", escape_html(&line.name))
    };
    lines.iter().map(row).collect()
}

/// What can be done with it.
pub(super) fn acts(language: Language, total: Option<Money>, free: usize, kept: usize) -> String {
    let button = |act: &str, class: &str, word: &str| {
        format!("<button type=\"button\" class=\"btn {class}\" data-act=\"{act}\">{}</button>", escape_html(word))
    };
    let mut acts = String::new();
    if let Some(total) = total.filter(|_| kept == 0) {
        acts += &button("cash", "go", &language.cash_amount(&money(language, total)));
        acts += &button("invoice", "", language.by_invoice());
    }
    if free > 0 && kept == 0 {
        acts += &button("block", "", language.keep_back());
    }
    if kept > 0 {
        acts += &button("release", "", language.put_on_sale());
        acts += &format!("<p class=\"soft small full\">{}</p>", language.release_first());
    }
    acts
}

/// The tickets of a sale, to print and hand over; `names` are those of its seats.
pub(super) fn sold(reader: Reader, event: &EventDetail, order: &Order, names: &BTreeMap<String, String>) -> String {
    let language = reader.language;
    let tickets: String = order.tickets.iter().map(|ticket| one(language, (event, order), ticket, names)).collect();
    let path = format!("/organiser/events/{}/orders/{}", escape_html(order.event_id.as_str()), order.order_id);
    format!(
        "<header class=\"row\"><h2 id=\"sold-h\" tabindex=\"-1\">{} · <span class=\"num\">{}</span> · {}</h2>\
         <div class=\"row push no-print\"><button type=\"button\" class=\"btn go\" data-act=\"print\">{}</button>\
         <a class=\"btn\" href=\"{}\">{}</a>\
         <button type=\"button\" class=\"btn\" data-act=\"again\">{}</button></div></header><ul class=\"slips\">{tickets}</ul>",
        language.sold_now(),
        escape_html(&order.order_number),
        money(language, order.total),
        language.print_tickets(),
        reader.link(&path),
        language.to_order(),
        language.next_sale(),
    )
}

fn one(
    language: Language,
    (event, order): (&EventDetail, &Order),
    ticket: &Ticket,
    names: &BTreeMap<String, String>,
) -> String {
    let summary = &event.summary;
    let starts = Moment::at(language, summary.starts_at, &summary.venue.time_zone);
    let kinds = event.ticket_types.iter();
    let kind = || {
        let mut kinds = kinds.filter(|kind| kind.category == ticket.category && kind.ticket_type == ticket.ticket_type);
        kinds.next().map_or_else(|| ticket.ticket_type.clone(), |kind| kind.name.clone())
    };
    let seat = ticket.seat_id.as_ref().and_then(|seat| names.get(seat.as_str()).cloned());
    let place = seat.unwrap_or_else(kind);
    format!(
        "<li class=\"card slip\"><div class=\"stack\"><b>{}</b><span>{}<br>{}, {}</span><b>{}</b>\
         <span class=\"num\">{} · {}</span></div>{}</li>",
        escape_html(&summary.name),
        starts.date_and_time(),
        escape_html(&summary.venue.name),
        escape_html(&summary.venue.city),
        escape_html(&place),
        money(language, ticket.price.total),
        escape_html(&order.order_number),
        qr::svg(&ticket.qr, language.code_of_ticket_here()).unwrap_or_default(),
    )
}

/// The card with the map that is sold from: what is free in its price's colour.
fn house(language: Language) -> String {
    let key =
        [(KEY_OFFERED, language.key_free()), (KEY_HELD, language.key_held()), (KEY_GONE, language.sold_or_kept_back())];
    format!(
        "<section class=\"card stack org-house for-sale\" aria-labelledby=\"house-h\"><h2 id=\"house-h\">{}</h2>{}</section>",
        language.the_house(),
        map(language, &key)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use onsale_core::Currency;

    #[test]
    fn seats_that_are_kept_back_are_released_before_they_are_sold() {
        let eur = |minor| Some(Money::new(minor, Currency::EUR));
        let free = acts(Language::En, eur(9_000), 2, 0);
        assert!(free.contains("Cash €90.00") && free.contains("data-act=\"invoice\"") && free.contains("block"));
        let kept = acts(Language::En, eur(9_000), 1, 1);
        assert!(kept.contains("data-act=\"release\"") && !kept.contains("data-act=\"cash\""), "{kept}");
        assert_eq!(acts(Language::Es, None, 0, 0), "");
        let lines = [Line { name: "<A> 1".to_owned(), price: None }];
        assert!(picked(Language::Es, &lines, true).contains("&lt;A&gt; 1</span><span class=\"num\">Bloqueado"));
        assert!(picked(Language::En, &[], true).contains("Choose seats"));
    }
}
