//! An event's orders as a table, as HTML.

use super::Reader;
use super::figures::moment;
use super::order_words::{places, state};
use crate::format::money;
use crate::language::Language;
use chrono::{DateTime, Utc};
use onsale_core::api::sales::SoldOrder;
use onsale_core::text::escape_html;

/// The states that can be asked for: as the API names them together.
pub(super) const STATES: [&str; 5] = ["", "CONFIRMED,PROCESSING,COMPLETED", "PENDING", "CANCELLED", "FAILED"];

/// The card with the search and the table, before its rows are there.
pub(super) fn orders(language: Language) -> String {
    let words = [
        language.show_all(),
        language.status_paid(),
        language.status_paying(),
        language.status_cancelled(),
        language.status_failed(),
    ];
    let options: String =
        STATES.iter().zip(words).map(|(value, word)| format!("<option value=\"{value}\">{word}</option>")).collect();
    let heads = [
        (language.order_word(), ""),
        (language.buyer(), ""),
        (language.seats_word(), ""),
        (language.total(), " class=\"n\""),
        (language.state(), ""),
        (language.time_word(), " class=\"n\""),
    ];
    let heads: String = heads
        .iter()
        .map(|(word, class)| format!("<th role=\"columnheader\" scope=\"col\"{class}>{word}</th>"))
        .collect();
    format!(
        "<section class=\"card stack org-orders\" aria-labelledby=\"orders-h\">\
         <form class=\"row\" id=\"find\" role=\"search\"><h2 id=\"orders-h\">{}</h2>\
         <label class=\"push\"><span class=\"vh\">{}</span><select class=\"in\" id=\"state\">{options}</select></label>\
         <label class=\"grow-s\"><span class=\"vh\">{}</span><input class=\"in\" id=\"query\" type=\"search\" \
         maxlength=\"254\" autocomplete=\"off\" spellcheck=\"false\" placeholder=\"{}\"></label>\
         <button class=\"btn\">{}</button></form>\
         <div id=\"news\" class=\"news\" role=\"status\">{}</div>\
         <div class=\"scroll-x\" id=\"table\" tabindex=\"0\" role=\"group\" aria-label=\"{}\"><table role=\"table\"><thead role=\"rowgroup\"><tr role=\"row\">{heads}</tr>\
         </thead><tbody role=\"rowgroup\" id=\"rows\">{}</tbody></table></div>\
         <div id=\"after\" role=\"status\"></div></section>",
        language.orders(),
        language.state(),
        language.find_order(),
        language.find_order_hint(),
        language.search(),
        news(language, 0),
        language.newest_orders(),
        "<tr aria-hidden=\"true\"><td colspan=\"6\"><span class=\"skel bar\"></span></td></tr>".repeat(4),
    )
}

/// A row with its place in the page.
pub(super) fn row(reader: Reader, event: &str, zone: &str, order: &SoldOrder, now: DateTime<Utc>) -> String {
    format!("<tr role=\"row\" id=\"o-{}\">{}</tr>", order.order_id, cells(reader, event, zone, order, now))
}

/// What is in it.
pub(super) fn cells(reader: Reader, event: &str, zone: &str, order: &SoldOrder, now: DateTime<Utc>) -> String {
    let language = reader.language;
    let (word, class) = state(language, order);
    let name = order.buyer.name.as_deref().map_or_else(|| language.name_unknown().to_owned(), escape_html);
    let email =
        order.buyer.email.as_deref().map(|email| format!("<small class=\"soft\">{}</small>", escape_html(email)));
    format!(
        "<td role=\"cell\"><a class=\"num\" href=\"{}\">{}</a></td><td role=\"cell\" class=\"who\">{name}{}</td>\
         <td role=\"cell\" class=\"what\"><span>{}</span></td><td role=\"cell\" class=\"n sum\">{}</td>\
         <td role=\"cell\" class=\"st\"><span class=\"badge {class}\">{word}</span></td>\
         <td role=\"cell\" class=\"n at\">{}</td>",
        reader.link(&format!("/organiser/events/{}/orders/{}", escape_html(event), order.order_id)),
        escape_html(&order.order_number),
        email.unwrap_or_default(),
        escape_html(&places(language, &order.seats, &order.tickets)),
        money(language, order.total),
        moment(language, order.created_at, zone, now),
    )
}

/// What stands below the table when there is nothing in it, or more than it shows.
pub(super) fn after(language: Language, is_empty: bool, is_search: bool, is_filtered: bool, more: bool) -> String {
    let text = match (is_empty, is_search, is_filtered) {
        (true, true, _) => {
            format!("<p><b>{}</b></p><p class=\"soft\">{}</p>", language.none_found(), language.none_found_more())
        }
        (true, false, true) => format!("<p class=\"soft\">{}</p>", language.none_of_state()),
        (true, false, false) => {
            format!("<p><b>{}</b></p><p class=\"soft\">{}</p>", language.no_orders(), language.no_orders_more())
        }
        (false, ..) => String::new(),
    };
    let more = if more {
        format!("<button type=\"button\" class=\"btn sm\" id=\"older\">{}</button>", language.older_orders())
    } else {
        String::new()
    };
    text + &more
}

/// The button that puts new orders on top, so that none moves a row under the pointer.
pub(super) fn news(language: Language, fresh: usize) -> String {
    if fresh == 0 {
        return format!("<span class=\"soft small\">{}</span>", language.news_here());
    }
    let fresh = i64::try_from(fresh).unwrap_or(i64::MAX);
    format!("<button type=\"button\" class=\"btn sm full\" id=\"fresh-orders\">{}</button>", language.new_orders(fresh))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_below_and_above_says_what_there_is() {
        assert!(after(Language::Es, true, true, false, false).contains("No existe ese pedido"));
        assert_eq!(after(Language::En, false, false, false, false), "");
        assert!(news(Language::En, 1).contains("Show 1 new order<"));
    }
}
