//! Mails about an order.

use super::layout::Content;
use super::{Language, Mail};
use chrono::{DateTime, Utc};
use onsale_core::Money;
use onsale_core::api::booking::{Order, Ticket};
use onsale_core::events::TicketFact;

/// Tickets that are listed one by one; the rest are counted.
const LISTED_MAX: usize = 50;

/// What a mail about an order is made of.
#[derive(Debug, Clone)]
pub struct OrderFacts {
    /// The order.
    pub order: Order,
    /// What the event is called; its id where that is not known.
    pub event_name: String,
    /// When it begins and where, where that is known.
    pub event_place: Option<(DateTime<Utc>, String)>,
}

impl OrderFacts {
    fn event_line(&self, language: Language) -> String {
        match &self.event_place {
            None => self.event_name.clone(),
            Some((at, place)) => format!("{}, {}, {place}", self.event_name, language.moment(*at)),
        }
    }

    fn button(&self, language: Language, public_url: &str) -> (String, String) {
        let label = language.pick("See the order and its tickets", "Ver el pedido y sus entradas");
        (label.to_owned(), format!("{public_url}/orders/{}", self.order.order_id))
    }
}

/// The order is paid; here are its tickets.
#[must_use]
pub fn order_confirmed(language: Language, name: &str, public_url: &str, facts: &OrderFacts) -> Mail {
    let order = &facts.order;
    let mut rows: Vec<(String, String)> =
        order.tickets.iter().take(LISTED_MAX).map(|ticket| row(language, ticket)).collect();
    rows.extend(more(language, order.tickets.len()));
    rows.push((language.pick("Total", "Total").to_owned(), amount(order.total)));
    let number = &order.order_number;
    let content = match language {
        Language::English => (
            format!("Your tickets: {} ({number})", facts.event_name),
            vec![format!("Thank you. Your order {number} is confirmed."), facts.event_line(language)],
            "Show the code of each ticket at the door, on paper or on your phone.",
        ),
        Language::Spanish => (
            format!("Tus entradas: {} ({number})", facts.event_name),
            vec![format!("Gracias. Tu pedido {number} está confirmado."), facts.event_line(language)],
            "Muestra el código de cada entrada en la puerta, en papel o en el teléfono.",
        ),
    };
    let (subject, before, after) = content;
    Content {
        language,
        subject,
        name: name.to_owned(),
        before,
        rows,
        sum: true,
        button: Some(facts.button(language, public_url)),
        after: vec![after.to_owned()],
    }
    .mail()
}

/// These tickets of the order were cancelled.
#[must_use]
pub fn order_cancelled(
    language: Language,
    name: &str,
    public_url: &str,
    facts: &OrderFacts,
    cancelled: &[TicketFact],
) -> Mail {
    let mut rows: Vec<(String, String)> =
        cancelled.iter().take(LISTED_MAX).map(|fact| fact_row(language, fact)).collect();
    rows.extend(more(language, cancelled.len()));
    let number = &facts.order.order_number;
    let refunded = facts.order.refunded.filter(|refunded| refunded.minor > 0).map(amount);
    let (subject, first, money) = match language {
        Language::English => (
            format!("Cancelled: {} ({number})", facts.event_name),
            format!("Tickets of your order {number} were cancelled and are no longer good at the door."),
            refunded.map(|refunded| {
                format!("In all, {refunded} of this order go back to you, the way you paid. This can take some days.")
            }),
        ),
        Language::Spanish => (
            format!("Cancelado: {} ({number})", facts.event_name),
            format!("Se cancelaron entradas de tu pedido {number}; ya no sirven en la puerta."),
            refunded.map(|refunded| {
                format!("En total se te devuelven {refunded} de este pedido, por el mismo medio de pago. Puede tardar unos días.")
            }),
        ),
    };
    Content {
        language,
        subject,
        name: name.to_owned(),
        before: vec![first, facts.event_line(language)],
        rows,
        sum: false,
        button: Some(facts.button(language, public_url)),
        after: money.into_iter().collect(),
    }
    .mail()
}

fn row(language: Language, ticket: &Ticket) -> (String, String) {
    let place = place(language, ticket.category.as_deref(), ticket.row.as_deref(), ticket.column.as_deref());
    (described(place, &ticket.ticket_type), amount(ticket.price.total))
}

fn fact_row(language: Language, fact: &TicketFact) -> (String, String) {
    let place = place(language, None, fact.row.as_deref(), fact.column.as_deref());
    (described(place, &fact.ticket_type), amount(fact.price))
}

fn place(language: Language, category: Option<&str>, row: Option<&str>, seat: Option<&str>) -> Option<String> {
    let (row, seat) = (row?, seat?);
    let words = match language {
        Language::English => format!("row {row}, seat {seat}"),
        Language::Spanish => format!("fila {row}, asiento {seat}"),
    };
    Some(category.map_or(words.clone(), |category| format!("{category}, {words}")))
}

fn described(place: Option<String>, ticket_type: &str) -> String {
    place.map_or_else(|| ticket_type.to_owned(), |place| format!("{place} ({ticket_type})"))
}

fn more(language: Language, count: usize) -> Option<(String, String)> {
    let rest = count.checked_sub(LISTED_MAX).filter(|rest| *rest > 0)?;
    Some((language.pick("and more tickets", "y más entradas").to_owned(), rest.to_string()))
}

/// An amount as people write it: `120.00 EUR`.
fn amount(money: Money) -> String {
    format!("{} {}", money.decimal(), money.currency)
}
