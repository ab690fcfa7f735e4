//! One order: who bought what, what it cost, and what happened.

use super::facts::{self, Venue};
use super::html::escape_html;
use super::{ROOT, Reader, door, orders_html};
use crate::api::{self, Failure};
use crate::browser;
use crate::format::{Moment, money};
use crate::islands::dom;
use crate::islands::house::now_ms;
use chrono::{DateTime, Utc};
use leptos::prelude::document;
use leptos::task::spawn_local;
use onsale_core::TicketStatus;
use onsale_core::api::sales::{OrderStep, SoldOrderDetail, SoldTicketView};

/// Asks for it and shows it; while it changes by itself, again and again.
pub(super) fn begin(reader: Reader, event: &str, order: &str) {
    let (event, order) = (event.to_owned(), order.to_owned());
    spawn_local(async move {
        let since = now_ms();
        match load(&event, &order).await {
            Ok((name, venue, detail)) => {
                door::calmly(since).await;
                document().set_title(&format!("{} · {name} · Onsale", detail.order.order_number));
                follow(reader, (&event, &name), &venue, detail).await;
            }
            Err(failure) => door::shut(reader, &failure, reader.language.no_such_order()),
        }
    });
}

fn path(event: &str, order: &str) -> String {
    format!("/api/admin/events/{event}/orders/{order}")
}

async fn load(event: &str, order: &str) -> Result<(String, Venue, SoldOrderDetail), Failure> {
    let path = path(event, order);
    let (found, detail) = futures::join!(facts::event(event), api::get_mine::<SoldOrderDetail>(&path));
    let found = found?;
    let venue = facts::venue(&found.draft.venue_id).await?;
    Ok((found.draft.name, venue, detail?))
}

async fn follow(reader: Reader, event: (&str, &str), venue: &Venue, mut detail: SoldOrderDetail) {
    let mut written = String::new();
    loop {
        let html = page(reader, event, venue, &detail, browser::now());
        if html != written {
            dom::html(ROOT, &html);
            written = html;
        }
        if !orders_html::is_moving(&detail.order) {
            return;
        }
        door::next_look().await;
        match api::get_mine(&path(event.0, &detail.order.order_id.to_string())).await {
            Ok(fresh) => detail = fresh,
            Err(Failure::SignedOut) => {
                door::shut(reader, &Failure::SignedOut, "");
                return;
            }
            // What stands is true of a moment ago, and the next look may find more.
            Err(_) => {}
        }
    }
}

fn page(
    reader: Reader,
    (event, name): (&str, &str),
    venue: &Venue,
    detail: &SoldOrderDetail,
    now: DateTime<Utc>,
) -> String {
    let language = reader.language;
    let order = &detail.order;
    let (word, class) = orders_html::state(language, order);
    let made = Moment::at(language, order.created_at, &venue.time_zone);
    let tickets: String = detail.issued.iter().map(|ticket| ticket_row(reader, ticket)).collect();
    let tickets = if tickets.is_empty() {
        let places = escape_html(&orders_html::places(language, &order.seats, &order.tickets));
        format!("<p>{places}</p><p class=\"soft\">{}</p>", language.no_tickets())
    } else {
        format!("<ul class=\"issued\">{tickets}</ul>")
    };
    let steps: String = detail.history.iter().filter_map(|step| step_row(reader, venue, step, now)).collect();
    format!(
        "<header class=\"row org-head\"><div><p class=\"small\"><a href=\"{}\">{}</a></p>\
         <h1 class=\"num\">{} {}</h1><p class=\"soft small\">{}</p></div><span class=\"badge {class}\">{word}</span></header>\
         <div class=\"duo\"><div class=\"stack\"><section class=\"card stack\" aria-labelledby=\"t-h\"><h2 id=\"t-h\">{}</h2>\
         {tickets}</section><section class=\"card stack\" aria-labelledby=\"w-h\"><h2 id=\"w-h\">{}</h2>\
         <ol class=\"steps\">{steps}</ol></section></div><div class=\"stack\">{}{}</div></div>",
        reader.link(&format!("/organiser/events/{}", escape_html(event))),
        escape_html(name),
        language.order_word(),
        escape_html(&order.order_number),
        made.date_and_time(),
        language.its_tickets(),
        language.history(),
        buyer_card(reader, detail),
        cost_card(reader, detail),
    )
}

fn buyer_card(reader: Reader, detail: &SoldOrderDetail) -> String {
    let (language, buyer) = (reader.language, &detail.order.buyer);
    let name = buyer.name.as_deref().map_or_else(|| language.name_unknown().to_owned(), escape_html);
    let email = buyer.email.as_deref().map(escape_html);
    let email = email.map(|email| format!("<p><a href=\"mailto:{email}\">{email}</a></p>")).unwrap_or_default();
    format!(
        "<section class=\"card stack who-card\" aria-labelledby=\"b-h\"><h2 id=\"b-h\">{}</h2><p><b>{name}</b></p>{email}\
         </section>",
        language.buyer()
    )
}

fn cost_card(reader: Reader, detail: &SoldOrderDetail) -> String {
    let language = reader.language;
    let line = |label: &str, value: &str| format!("<div><dt>{label}</dt><dd>{value}</dd></div>");
    let lines: String =
        detail.lines.iter().map(|part| line(&escape_html(&part.label), &money(language, part.amount))).collect();
    let total = format!(
        "<div class=\"total\"><dt>{}</dt><dd>{}</dd></div>",
        language.total(),
        money(language, detail.order.total)
    );
    let back = detail.order.refunded.map(|back| line(language.refunded(), &money(language, back))).unwrap_or_default();
    let method = language.payment_method(&detail.payment_method).map(|word| line(language.paid_by(), word));
    format!(
        "<section class=\"card stack\" aria-labelledby=\"c-h\"><h2 id=\"c-h\">{}</h2><dl class=\"lines\">{lines}{total}{back}{}\
         </dl></section>",
        language.what_it_costs(),
        method.unwrap_or_default(),
    )
}

fn ticket_row(reader: Reader, ticket: &SoldTicketView) -> String {
    let language = reader.language;
    let (word, class) = match ticket.status {
        TicketStatus::Valid => (language.ticket_valid(), "good"),
        TicketStatus::Used => (language.ticket_used(), ""),
        TicketStatus::Cancelled => (language.ticket_cancelled(), "warn"),
    };
    let seat = ticket.seat.as_ref();
    let place = seat.map(|seat| language.seat_at(&seat.zone, &seat.row, &seat.column)).unwrap_or_default();
    // A type that is called as its zone says nothing new.
    let kind = seat.filter(|seat| seat.zone != ticket.name);
    let kind = kind.map(|_| format!("<br><span class=\"soft small\">{}</span>", escape_html(&ticket.name)));
    format!(
        "<li><span><b>{}</b>{}</span><span class=\"badge {class}\">{word}</span><span class=\"num\">{}</span></li>",
        if place.is_empty() { escape_html(&ticket.name) } else { escape_html(&place) },
        kind.unwrap_or_default(),
        money(language, ticket.price),
    )
}

fn step_row(reader: Reader, venue: &Venue, step: &OrderStep, now: DateTime<Utc>) -> Option<String> {
    let language = reader.language;
    // The tickets are the same in both; one line is enough.
    if step.kind == "ticket-confirmed" {
        return None;
    }
    let word = language.order_step(&step.kind, step.status)?;
    let at = Moment::at(language, step.at, &venue.time_zone);
    let when =
        if at.is_day_of(now) { at.time_with_seconds() } else { format!("{} {} {}", at.day(), at.month(), at.time()) };
    let tickets = step.tickets.and_then(|tickets| i64::try_from(tickets).ok());
    let tickets = tickets.map(|tickets| language.tickets_counted(tickets));
    let back = step.refunded.filter(|_| step.kind == "order-refunded").map(|back| money(language, back));
    let more: Vec<String> = tickets.into_iter().chain(back).chain(step.failure.clone()).collect();
    let more = if more.is_empty() {
        String::new()
    } else {
        format!(" <span class=\"soft\">· {}</span>", escape_html(&more.join(" · ")))
    };
    Some(format!(
        "<li><time class=\"num soft\" datetime=\"{}\">{when}</time><span>{word}{more}</span></li>",
        at.machine()
    ))
}
