//! Mails about an order's tickets.

use super::layout::{Block, Content, TicketCard};
use super::order_facts::{OrderFacts, seat_words, ticket_line};
use super::{Mail, Reader};
use onsale_core::TicketStatus;
use onsale_core::api::booking::Ticket;
use onsale_core::events::TicketFact;

/// Tickets whose codes stand in the mail itself; all of them are in the PDF.
pub(crate) const CODES_MAX: usize = 10;
/// Tickets that are listed one by one; the rest are counted.
const LISTED_MAX: usize = 50;

/// The order is paid; here are its tickets.
#[must_use]
pub fn order_confirmed(reader: Reader<'_>, facts: &OrderFacts) -> Mail {
    let (order, language) = (&facts.order, reader.language);
    let number = &order.order_number;
    let first = reader.say("Thank you. Your places are yours.", "Gracias. Tus plazas son tuyas.");
    let (button, url) = facts.button(&reader);
    let mut blocks = vec![Block::Paragraph(first.clone()), event(&reader, facts), Block::Button(button, url)];
    let good: Vec<&Ticket> = good_tickets(facts).collect();
    let cards =
        good.iter().enumerate().take(CODES_MAX).map(|(at, ticket)| card(&reader, facts, ticket, at, good.len()));
    blocks.push(Block::Tickets(cards.collect()));
    if good.len() > CODES_MAX {
        blocks.push(Block::Paragraph(match language {
            super::Language::English => format!("The codes of all {} tickets are in the PDF.", good.len()),
            super::Language::Spanish => format!("Los códigos de las {} entradas están en el PDF.", good.len()),
        }));
    }
    blocks.push(prices(&reader, facts, reader.say("What you paid", "Lo que pagaste")));
    blocks.push(Block::Notes {
        title: reader.say("What to do next", "Qué hacer ahora"),
        notes: vec![
            reader.say(
                "At the door, show the code of each ticket, on your phone or printed from the PDF that is with this mail.",
                "En la puerta, muestra el código de cada entrada, en el teléfono o impreso del PDF que acompaña este correo.",
            ),
            reader.say(
                "Open the calendar file to put the date where you will see it.",
                "Abre el archivo de calendario para guardar la fecha donde la veas.",
            ),
            reader.say(
                "A code is good once. Show it to nobody before the door.",
                "Cada código vale una sola vez. No lo enseñes a nadie antes de la puerta.",
            ),
        ],
    });
    Content {
        reader,
        subject: format!("{}: {} ({number})", language.pick("Your tickets", "Tus entradas"), facts.event_name()),
        preview: first,
        number: Some(number),
        title: reader.say("Your tickets", "Tus entradas"),
        blocks,
    }
    .mail()
}

/// These tickets of the order were cancelled.
#[must_use]
pub fn order_cancelled(reader: Reader<'_>, facts: &OrderFacts, cancelled: &[TicketFact]) -> Mail {
    let language = reader.language;
    let number = &facts.order.order_number;
    let first = reader.say(
        "These tickets were cancelled and are no longer good at the door.",
        "Estas entradas se cancelaron y ya no sirven en la puerta.",
    );
    let mut rows: Vec<(String, String)> = cancelled
        .iter()
        .take(LISTED_MAX)
        .map(|fact| (fact_line(&reader, facts, fact), language.money(fact.price)))
        .collect();
    if let Some(rest) = cancelled.len().checked_sub(LISTED_MAX).filter(|rest| *rest > 0) {
        rows.push((reader.say("and more tickets", "y más entradas"), rest.to_string()));
    }
    let mut blocks = vec![
        Block::Paragraph(first.clone()),
        event(&reader, facts),
        Block::Rows { title: reader.say("Cancelled", "Canceladas"), rows, sum: false },
    ];
    if let Some(refunded) = facts.order.refunded.filter(|refunded| refunded.minor > 0) {
        let refunded = language.money(refunded);
        blocks.push(Block::Notes {
            title: reader.say("Your money", "Tu dinero"),
            notes: vec![match language {
                super::Language::English => format!(
                    "In all, {refunded} of this order go back to you, the way you paid. Banks take a few days, mostly three to five, until it shows in your account."
                ),
                super::Language::Spanish => format!(
                    "En total se te devuelven {refunded} de este pedido, por el mismo medio de pago. Los bancos tardan unos días, casi siempre de tres a cinco, hasta que aparece en tu cuenta."
                ),
            }],
        });
    }
    let (button, url) = facts.button(&reader);
    blocks.push(Block::Button(button, url));
    Content {
        reader,
        subject: format!("{}: {} ({number})", language.pick("Cancelled", "Cancelado"), facts.event_name()),
        preview: first,
        number: Some(number),
        title: reader.say("Tickets cancelled", "Entradas canceladas"),
        blocks,
    }
    .mail()
}

/// Those that are good at the door.
pub(crate) fn good_tickets(facts: &OrderFacts) -> impl Iterator<Item = &Ticket> {
    facts.order.tickets.iter().filter(|ticket| ticket.status != TicketStatus::Cancelled)
}

/// The event, when and where.
pub(super) fn event(reader: &Reader<'_>, facts: &OrderFacts) -> Block {
    let lines = facts.event.iter().flat_map(|event| [event.begins(reader.language), event.place.clone()]);
    Block::Event { name: facts.event_name().to_owned(), lines: lines.collect() }
}

/// What the order costs, line by line.
pub(super) fn prices(reader: &Reader<'_>, facts: &OrderFacts, title: String) -> Block {
    let (order, language) = (&facts.order, reader.language);
    let lines = order.lines.iter().map(|line| (line.label.clone(), language.money(line.amount)));
    let mut rows: Vec<(String, String)> = lines.collect();
    rows.push((reader.say("Total", "Total"), language.money(order.total)));
    Block::Rows { title, rows, sum: true }
}

fn card(reader: &Reader<'_>, facts: &OrderFacts, ticket: &Ticket, at: usize, all: usize) -> TicketCard {
    let language = reader.language;
    let kind = facts.ticket_type(&ticket.ticket_type).to_owned();
    let seat = seat_words(language, ticket.row.as_deref(), ticket.column.as_deref());
    let place: Vec<&str> = ticket.category.as_deref().into_iter().chain(seat.as_deref()).collect();
    let which = format!("{} {} {all}", at + 1, language.pick("of", "de"));
    TicketCard {
        id: ticket.ticket_id.to_string(),
        place: if place.is_empty() { kind.clone() } else { place.join(", ") },
        kind: if place.is_empty() { which } else { format!("{kind} · {which}") },
        code: format!(
            "{} {}",
            language.pick("Code of the ticket:", "Código de la entrada:"),
            ticket_line(language, facts, ticket)
        ),
    }
}

fn fact_line(reader: &Reader<'_>, facts: &OrderFacts, fact: &TicketFact) -> String {
    let kind = facts.ticket_type(&fact.ticket_type);
    match seat_words(reader.language, fact.row.as_deref(), fact.column.as_deref()) {
        Some(seat) => format!("{seat} · {kind}"),
        None => kind.to_owned(),
    }
}
