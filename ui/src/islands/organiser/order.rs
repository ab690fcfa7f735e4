//! One order: who bought what, what it cost, what happened, and what can be done with it.

use super::facts::{self, Venue};
use super::{ROOT, Reader, door, looks, order_acts, order_steps, order_words};
use crate::api::{self, Failure};
use crate::browser::{self, now_ms};
use crate::format::{Moment, money};
use crate::islands::dom;
use leptos::prelude::document;
use leptos::task::spawn_local;
use onsale_core::api::sales::{SoldOrder, SoldOrderDetail, SoldTicketView};
use onsale_core::text::escape_html;
use onsale_core::{OrderStatus, TicketStatus};
use std::cell::RefCell;
use std::rc::Rc;

/// The order that the page shows. Cheap to clone.
#[derive(Clone)]
pub(super) struct Looked(Rc<Shown>);

struct Shown {
    reader: Reader,
    event: String,
    name: String,
    venue: Venue,
    order: String,
    /// What was written last: head, left and right part, and what can be done.
    written: RefCell<[String; 4]>,
}

/// The places of those parts.
const PARTS: [&str; 4] = ["order-head", "order-left", "order-right", "order-acts"];

/// Asks for it and shows it; while it changes by itself, again and again.
pub(super) fn begin(reader: Reader, event: &str, order: &str) {
    let (event, order) = (event.to_owned(), order.to_owned());
    spawn_local(async move {
        let since = now_ms();
        match load(&event, &order).await {
            Ok((name, venue, detail)) => {
                door::calmly(since).await;
                document().set_title(&format!("{} · {name} · Onsale", detail.order.order_number));
                let written = RefCell::default();
                let looked = Looked(Rc::new(Shown { reader, event, name, venue, order, written }));
                dom::html(ROOT, &frame());
                follow(&looked, detail).await;
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

async fn follow(looked: &Looked, mut detail: SoldOrderDetail) {
    loop {
        looked.write(&detail);
        if !is_moving(&detail.order) {
            return;
        }
        looks::next_look().await;
        match api::get_mine(&looked.path()).await {
            Ok(fresh) => detail = fresh,
            Err(Failure::SignedOut) => {
                door::shut(looked.reader(), &Failure::SignedOut, "");
                return;
            }
            // What stands is true of a moment ago, and the next look may find more.
            Err(_) => {}
        }
    }
}

/// The places of the parts: each is written where it stands, so that what is typed in another is not lost.
fn frame() -> String {
    let [head, left, right, acts] = PARTS;
    format!(
        "<header class=\"row org-head\" id=\"{head}\"></header><div class=\"duo\"><div class=\"stack\" id=\"{left}\"></div>\
         <div class=\"stack\"><div class=\"stack\" id=\"{right}\"></div><div id=\"{acts}\"></div></div></div>"
    )
}

impl Looked {
    pub(super) fn reader(&self) -> Reader {
        self.0.reader
    }

    /// Where the API has it.
    pub(super) fn path(&self) -> String {
        path(&self.0.event, &self.0.order)
    }

    /// Looks once more, because something was done.
    pub(super) async fn again(&self) {
        if let Ok(detail) = api::get_mine(&self.path()).await {
            // What can be done is written anew too: what was typed is done.
            self.0.written.borrow_mut()[3].clear();
            self.write(&detail);
        }
    }

    /// Writes what is new of it.
    fn write(&self, detail: &SoldOrderDetail) {
        let (reader, venue) = (self.0.reader, &self.0.venue);
        let parts = [
            head(reader, (&self.0.event, &self.0.name), venue, detail),
            tickets_card(reader, detail) + &order_steps::card(reader.language, venue, detail, browser::now()),
            buyer_card(reader, detail) + &cost_card(reader, detail),
            order_acts::card(reader.language, detail),
        ];
        for (place, part) in parts.into_iter().enumerate() {
            let is_new = self.0.written.borrow()[place] != part;
            // What can be done stays as it is while something else changes: somebody may be typing there.
            let is_typed = place == 3 && !self.0.written.borrow()[place].is_empty();
            if is_new && !is_typed {
                dom::html(PARTS[place], &part);
                self.0.written.borrow_mut()[place] = part;
                if place == 3 {
                    order_acts::listen_to(self);
                }
            }
        }
    }
}

fn head(reader: Reader, (event, name): (&str, &str), venue: &Venue, detail: &SoldOrderDetail) -> String {
    let language = reader.language;
    let order = &detail.order;
    let (word, class) = order_words::state(language, order);
    let made = Moment::at(language, order.created_at, &venue.time_zone);
    format!(
        "<div><p class=\"small\"><a href=\"{}\">{}</a></p><h1 class=\"num\">{} {}</h1><p class=\"soft small\">{}</p></div>\
         <span class=\"badge {class}\">{word}</span>",
        reader.link(&format!("/organiser/events/{}", escape_html(event))),
        escape_html(name),
        language.order_word(),
        escape_html(&order.order_number),
        made.date_and_time(),
    )
}

fn tickets_card(reader: Reader, detail: &SoldOrderDetail) -> String {
    let language = reader.language;
    let order = &detail.order;
    let tickets: String = detail.issued.iter().map(|ticket| ticket_row(reader, ticket)).collect();
    let tickets = if tickets.is_empty() {
        let places = escape_html(&order_words::places(language, &order.seats, &order.tickets));
        format!("<p>{places}</p><p class=\"soft\">{}</p>", language.no_tickets())
    } else {
        format!("<ul class=\"issued\">{tickets}</ul>")
    };
    format!(
        "<section class=\"card stack\" aria-labelledby=\"t-h\"><h2 id=\"t-h\">{}</h2>{tickets}</section>",
        language.its_tickets()
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

/// Whether an order is still changing by itself.
fn is_moving(order: &SoldOrder) -> bool {
    matches!(order.status, OrderStatus::Pending | OrderStatus::Confirmed | OrderStatus::Processing)
}
