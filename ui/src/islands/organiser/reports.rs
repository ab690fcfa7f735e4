//! What is taken out of an event: its settlement by the payment ledger, and who comes, to read and as files.

use super::facts::{self, Venue};
use super::{ROOT, Reader, door};
use crate::api::{self, Failure, session};
use crate::browser::now_ms;
use crate::format::money;
use crate::islands::desk::notice;
use crate::islands::dom::{self, listen};
use crate::language::Language;
use leptos::prelude::document;
use leptos::task::spawn_local;
use onsale_core::Money;
use onsale_core::TicketStatus;
use onsale_core::api::page::Page;
use onsale_core::api::sales_desk::{Attendee, Settlement};
use onsale_core::text::escape_html;
use std::cell::RefCell;
use std::rc::Rc;

/// How many orders' tickets come at once.
const PAGE: u32 = 50;

type Cursor = Rc<RefCell<Option<String>>>;

/// Asks for all of it and shows it.
pub(super) fn begin(reader: Reader, event: &str) {
    let id = event.to_owned();
    spawn_local(async move {
        let since = now_ms();
        match load(&id).await {
            Ok((name, venue, settlement, first)) => {
                door::calmly(since).await;
                show(reader, (&id, &name, &venue), settlement.as_ref(), &first);
            }
            Err(failure) => door::shut(reader, &failure, reader.language.no_such_event()),
        }
    });
}

type Loaded = (String, Venue, Option<Settlement>, Page<Attendee>);

async fn load(id: &str) -> Result<Loaded, Failure> {
    let event = facts::event(id).await?;
    let venue = facts::venue(&event.draft.venue_id).await?;
    // The books are for those who run the event, not for its counter.
    let settlement = if session::remembered().is_some_and(|account| account.organiser) {
        Some(api::get_mine(&format!("/api/admin/events/{id}/settlement")).await?)
    } else {
        None
    };
    let first = api::get_mine(&path(id, None)).await?;
    Ok((event.draft.name, venue, settlement, first))
}

fn path(id: &str, cursor: Option<&str>) -> String {
    let cursor = cursor.map(|cursor| format!("&cursor={cursor}")).unwrap_or_default();
    format!("/api/admin/events/{id}/attendees?limit={PAGE}{cursor}")
}

fn show(
    reader: Reader,
    (id, name, venue): (&str, &str, &Venue),
    settlement: Option<&Settlement>,
    first: &Page<Attendee>,
) {
    let language = reader.language;
    let books = settlement.map(|settlement| books(language, settlement)).unwrap_or_default();
    let html = format!(
        "<header class=\"org-head\"><p class=\"small\"><a href=\"{}\">{}</a></p><h1>{}</h1>\
         <p class=\"soft small\">{}, {}</p></header>{books}{}",
        reader.link(&format!("/organiser/events/{}", escape_html(id))),
        escape_html(name),
        language.reports(),
        escape_html(&venue.name),
        escape_html(&venue.city),
        list(language, first),
    );
    dom::html(ROOT, &html);
    document().set_title(&format!("{} · {name} · Onsale", language.reports()));
    let cursor: Cursor = Rc::new(RefCell::new(first.next_cursor.clone()));
    write_more(language, &cursor);
    let id = id.to_owned();
    if let Some(section) = dom::by_id("attendees") {
        listen(&section, "click", move |event| {
            let Some((_, act)) = dom::marked(event.target(), "data-act") else { return };
            match act.as_str() {
                "more" => more(reader, &id, &cursor),
                kind => download(reader, &id, kind),
            }
        });
    }
}

/// The settlement: what was sold, where the money is, and whether both agree.
fn books(language: Language, settlement: &Settlement) -> String {
    let line = |word: &str, amount: Money| format!("<div><dt>{word}</dt><dd>{}</dd></div>", money(language, amount));
    let total = |amount: Money| {
        format!("<div class=\"total\"><dt>{}</dt><dd>{}</dd></div>", language.total(), money(language, amount))
    };
    let less = |amount: Money| Money::new(-amount.minor, amount.currency);
    let sold = [
        line(language.face_word(), settlement.face),
        line(language.fees_word(), settlement.fees),
        line(language.taxes_word(), settlement.taxes),
        line(language.discounts_word(), less(settlement.discounts)),
        total(settlement.total),
    ];
    let kept = [
        line(language.by_provider(), settlement.by_provider),
        line(language.in_cash(), settlement.in_cash),
        line(language.owed_word(), settlement.owed),
        line(language.money_back(), less(settlement.given_back)),
        total(settlement.total),
        line(language.by_orders(), settlement.by_orders),
    ];
    let open = i64::try_from(settlement.open_orders).unwrap_or(i64::MAX);
    let verdict = match (settlement.agrees, open) {
        (true, _) => notice("good", language.books_agree(), ""),
        (false, 0) => notice("bad", language.books_differ(), ""),
        (false, _) => String::new(),
    };
    let open = if open > 0 { notice("warn", &language.orders_open(open), "") } else { String::new() };
    format!(
        "<section class=\"card stack\" aria-labelledby=\"books-h\"><h2 id=\"books-h\">{}</h2><p class=\"soft small\">{}</p>\
         <div class=\"books\"><dl class=\"lines num\">{}</dl><dl class=\"lines num\">{}</dl></div>{verdict}{open}</section>",
        language.settlement(),
        language.settlement_more(),
        sold.concat(),
        kept.concat(),
    )
}

fn list(language: Language, first: &Page<Attendee>) -> String {
    let heads =
        [language.attendee_name(), language.ticket_word(), language.order_word(), language.total(), language.state()];
    let heads: String = heads.iter().map(|word| format!("<th scope=\"col\">{word}</th>")).collect();
    let button = |act: &str, word: &str| {
        format!(
            "<button type=\"button\" class=\"btn sm\" data-act=\"{act}\" aria-label=\"{}: {word}\">{word}</button>",
            language.download_list()
        )
    };
    let rows = rows(language, &first.items);
    let nobody = if first.items.is_empty() {
        format!("<p class=\"soft\">{}</p>", language.no_attendees())
    } else {
        String::new()
    };
    format!(
        "<section class=\"card stack\" id=\"attendees\" aria-labelledby=\"att-h\"><header class=\"row\"><h2 id=\"att-h\">{}</h2>\
         <div class=\"row push\">{}{}</div></header><div id=\"att-said\" role=\"status\"></div>\
         <div class=\"scroll-x\" tabindex=\"0\" role=\"group\" aria-labelledby=\"att-h\"><table class=\"atts\"><thead><tr>{heads}</tr></thead>\
         <tbody id=\"att-rows\">{rows}</tbody></table></div>{nobody}<div id=\"att-more\"></div></section>",
        language.attendees(),
        button("csv", language.download_csv()),
        button("xlsx", language.download_xlsx()),
    )
}

fn rows(language: Language, attendees: &[Attendee]) -> String {
    attendees.iter().map(|attendee| row(language, attendee)).collect()
}

fn row(language: Language, attendee: &Attendee) -> String {
    let name = attendee.name.as_deref().map_or_else(|| language.name_unknown().to_owned(), escape_html);
    let email =
        attendee.email.as_deref().map(|email| format!("<br><small class=\"soft\">{}</small>", escape_html(email)));
    let place = match (&attendee.zone, &attendee.row, &attendee.seat) {
        (Some(zone), Some(row), Some(seat)) => language.seat_at(zone, row, seat),
        _ => attendee.ticket_type.clone(),
    };
    let (word, class) = match attendee.status {
        TicketStatus::Valid => (language.ticket_valid(), "good"),
        TicketStatus::Used => (language.ticket_used(), ""),
        TicketStatus::Cancelled => (language.ticket_cancelled(), "warn"),
    };
    format!(
        "<tr><th scope=\"row\">{name}{}</th><td>{}</td><td class=\"num\">{}</td><td class=\"num\">{}</td>\
         <td><span class=\"badge {class}\">{word}</span></td></tr>",
        email.unwrap_or_default(),
        escape_html(&place),
        escape_html(&attendee.order_number),
        money(language, attendee.price),
    )
}

fn write_more(language: Language, cursor: &Cursor) {
    let button = if cursor.borrow().is_some() {
        format!("<button type=\"button\" class=\"btn sm\" data-act=\"more\">{}</button>", language.more_attendees())
    } else {
        String::new()
    };
    dom::html("att-more", &button);
}

fn more(reader: Reader, id: &str, cursor: &Cursor) {
    // Taken, so that a second press asks for nothing.
    let Some(after) = cursor.borrow_mut().take() else { return };
    let (path, cursor) = (path(id, Some(&after)), cursor.clone());
    spawn_local(async move {
        match api::get_mine::<Page<Attendee>>(&path).await {
            Ok(page) => {
                if let Some(body) = dom::by_id("att-rows") {
                    let _place_is_good = body.insert_adjacent_html("beforeend", &rows(reader.language, &page.items));
                }
                *cursor.borrow_mut() = page.next_cursor;
                write_more(reader.language, &cursor);
            }
            Err(failure) => {
                *cursor.borrow_mut() = Some(after);
                fail(reader, &failure);
            }
        }
    });
}

fn download(reader: Reader, id: &str, kind: &str) {
    let (path, name) = (format!("/api/admin/events/{id}/attendees.{kind}"), format!("{id}-attendees.{kind}"));
    spawn_local(async move {
        match api::download(&path, &name.replace(':', "-")).await {
            Ok(()) => dom::html("att-said", ""),
            Err(failure) => fail(reader, &failure),
        }
    });
}

fn fail(reader: Reader, failure: &Failure) {
    if matches!(failure, Failure::SignedOut) {
        door::shut(reader, failure, "");
        return;
    }
    dom::html("att-said", &notice("bad", reader.language.download_failed(), ""));
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;
    use onsale_core::{Currency, EventId};

    fn settlement(by_orders: i64, open_orders: u64) -> Settlement {
        let eur = |minor| Money::new(minor, Currency::EUR);
        Settlement {
            event_id: EventId::new("E").expect("an id"),
            orders: 3,
            open_orders,
            face: eur(9_000),
            fees: eur(700),
            taxes: eur(300),
            discounts: eur(0),
            total: eur(10_000),
            by_provider: eur(8_000),
            in_cash: eur(4_000),
            owed: eur(0),
            given_back: eur(2_000),
            by_orders: eur(by_orders),
            agrees: by_orders == 10_000,
            at: DateTime::from_timestamp(1_800_000_000, 0).expect("a time"),
        }
    }

    #[test]
    fn books_say_whether_they_agree_and_what_is_still_moving() {
        let good = books(Language::En, &settlement(10_000, 0));
        assert!(good.contains("agree to the cent") && good.contains("€100.00") && good.contains("−€20.00"), "{good}");
        assert!(books(Language::En, &settlement(9_999, 0)).contains("tell whoever runs"));
        let moving = books(Language::Es, &settlement(9_999, 1));
        assert!(moving.contains("1 pedido está") && !moving.contains("no coinciden"), "{moving}");
    }
}
