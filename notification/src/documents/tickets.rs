//! The tickets of an order as PDF, a page of A4 a ticket.

use super::DocumentError;
use super::code::Modules;
use super::sheet::{Ink, Sheet, Style};
use super::typeface::{Typefaces, Weight};
use crate::domain::{Language, OrderFacts, good_tickets, one_line};
use krilla::Document;
use krilla::metadata::Metadata;
use krilla::page::PageSettings;
use onsale_core::api::booking::Ticket;

/// A4, in points.
const WIDTH: f32 = 595.28;
const HEIGHT: f32 = 841.89;
const LEFT: f32 = 48.0;
const RIGHT: f32 = WIDTH - LEFT;
/// Large enough for any scanner at an arm's length.
const CODE_SIDE: f32 = 216.0;

const INK: Ink = (20, 24, 31);
const SOFT: Ink = (82, 91, 104);
const LINE: Ink = (211, 217, 223);
const YOURS: Ink = (255, 194, 26);
const ON_HOUSE: Ink = (244, 246, 248);
const ON_HOUSE_SOFT: Ink = (179, 188, 200);

/// The PDF. The same facts give the same bytes.
pub(super) fn pdf(language: Language, facts: &OrderFacts, faces: &Typefaces) -> Result<Vec<u8>, DocumentError> {
    let mut document = Document::new();
    let title = format!("{} · {}", one_line(facts.event_name()), facts.order.order_number);
    document
        .set_metadata(Metadata::new().title(title).language(language.tag().to_owned()).creator("Onsale".to_owned()));
    let settings =
        PageSettings::from_wh(WIDTH, HEIGHT).ok_or_else(|| DocumentError::Pdf("a page without a size".to_owned()))?;
    let tickets: Vec<&Ticket> = good_tickets(facts).collect();
    for (at, ticket) in tickets.iter().enumerate() {
        let mut page = document.start_page_with(settings.clone());
        let mut surface = page.surface();
        let mut sheet = Sheet { surface: &mut surface, faces };
        draw(&mut sheet, language, facts, ticket, (at + 1, tickets.len()))?;
        surface.finish();
        page.finish();
    }
    document.finish().map_err(|error| DocumentError::Pdf(format!("{error:?}")))
}

fn draw(
    sheet: &mut Sheet<'_, '_>,
    language: Language,
    facts: &OrderFacts,
    ticket: &Ticket,
    (which, all): (usize, usize),
) -> Result<(), DocumentError> {
    let number = &facts.order.order_number;
    sheet.rectangle((0.0, 0.0), (WIDTH, 72.0), INK);
    sheet.rectangle((0.0, 72.0), (WIDTH, 6.0), YOURS);
    sheet.write((LEFT, 45.0), bold(22.0, ON_HOUSE), "Onsale");
    let of = match language {
        Language::English => format!("Ticket {which} of {all}"),
        Language::Spanish => format!("Entrada {which} de {all}"),
    };
    sheet.write_to((RIGHT, 38.0), bold(13.0, ON_HOUSE), &of);
    sheet.write_to((RIGHT, 54.0), regular(11.0, ON_HOUSE_SOFT), number);

    let name = one_line(facts.event_name());
    let mut y = sheet.wrap((LEFT, 130.0), bold(30.0, INK), (RIGHT - LEFT, 34.0, 3), &name);
    if let Some(event) = &facts.event {
        let column = (RIGHT - LEFT, 20.0, 2);
        y = sheet.wrap((LEFT, y), bold(15.0, INK), column, &one_line(&event.begins(language)));
        y = sheet.wrap((LEFT, y), regular(15.0, SOFT), column, &one_line(&event.place));
    }
    sheet.rectangle((LEFT, y), (RIGHT - LEFT, 1.0), LINE);

    let top = y + 24.0;
    sheet.code((RIGHT - CODE_SIDE, top), CODE_SIDE, &Modules::of(&ticket.qr)?);
    let mut row = top + 16.0;
    for (label, value) in plates(language, facts, ticket) {
        sheet.write((LEFT, row), regular(11.0, SOFT), label);
        let room = RIGHT - CODE_SIDE - LEFT - 24.0;
        row = sheet.wrap((LEFT, row + 25.0), bold(24.0, INK), (room, 28.0, 2), &one_line(&value)) + 6.0;
    }

    let below = row.max(top + CODE_SIDE + 24.0);
    sheet.rectangle((LEFT, below), (RIGHT - LEFT, 1.0), LINE);
    let notes = language.pick(
        "Show this code at the door, on paper or on your phone. It is good once: show it to nobody before.",
        "Muestra este código en la puerta, en papel o en el teléfono. Vale una sola vez: no lo enseñes a nadie antes.",
    );
    let end = sheet.wrap((LEFT, below + 24.0), regular(12.0, INK), (RIGHT - LEFT, 17.0, 3), notes);
    sheet.write((LEFT, end + 4.0), regular(9.0, SOFT), &ticket.ticket_id.to_string());
    Ok(())
}

/// What stands beside the code: where, what kind, how much.
fn plates(language: Language, facts: &OrderFacts, ticket: &Ticket) -> Vec<(&'static str, String)> {
    let mut plates = Vec::new();
    let mut add = |english, spanish, value: Option<&str>| {
        plates.extend(value.map(|value| (language.pick(english, spanish), value.to_owned())));
    };
    add("Section", "Zona", ticket.category.as_deref());
    add("Row", "Fila", ticket.row.as_deref());
    add("Seat", "Asiento", ticket.column.as_deref());
    add("Ticket", "Entrada", Some(facts.ticket_type(&ticket.ticket_type)));
    add("Price", "Precio", Some(&language.money(ticket.price.total)));
    plates
}

fn regular(size: f32, ink: Ink) -> Style {
    Style { weight: Weight::Regular, size, ink }
}

fn bold(size: f32, ink: Ink) -> Style {
    Style { weight: Weight::Bold, size, ink }
}
