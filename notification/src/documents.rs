//! What goes with a mail beside its text: codes as pictures, the tickets as PDF, a file for calendars. Pure, and
//! work for a processor: [`crate::press::Press`] is the way to it.

mod calendar;
mod code;
mod sheet;
mod tickets;
mod typeface;

pub use typeface::Typefaces;

use crate::domain::{CODES_MAX, good_tickets};
use crate::domain::{Language, OrderFacts};
use serde::{Deserialize, Serialize};

/// What the files of a mail are made from; kept with the mail until it is sent.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Enclosed {
    /// The language of what is written in them.
    pub language: Language,
    /// The order with its tickets.
    pub facts: OrderFacts,
}

/// A file of a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// What it is called.
    pub name: String,
    /// Its media type.
    pub content_type: &'static str,
    /// What `cid:` it is in the HTML, where it is shown inside it.
    pub content_id: Option<String>,
    /// What is in it.
    pub bytes: Vec<u8>,
}

/// Why a file could not be made.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    /// A ticket's text does not fit into a code.
    #[error("the code of a ticket cannot be drawn: {0}")]
    Code(#[from] qrcode::types::QrError),
    /// The picture cannot be written.
    #[error("the picture of a code cannot be written: {0}")]
    Picture(#[from] png::EncodingError),
    /// The PDF cannot be written.
    #[error("the tickets cannot be written as PDF: {0}")]
    Pdf(String),
    /// A font that is shipped cannot be read.
    #[error("the font {0} cannot be read")]
    Font(&'static str),
}

/// The files of a mail that brings tickets: a picture of each code that is shown in it, the tickets as PDF, and the
/// date for calendars where it is known.
///
/// # Errors
/// When a code or the PDF cannot be drawn.
pub fn files(enclosed: &Enclosed, public_url: &str, faces: &Typefaces) -> Result<Vec<File>, DocumentError> {
    let Enclosed { language, facts } = enclosed;
    let mut files = Vec::new();
    for ticket in good_tickets(facts).take(CODES_MAX) {
        let id = ticket.ticket_id.to_string();
        files.push(File {
            name: format!("{id}.png"),
            content_type: "image/png",
            content_id: Some(id),
            bytes: code::png(&ticket.qr)?,
        });
    }
    files.push(tickets_pdf(enclosed, faces)?);
    let number = &facts.order.order_number;
    files.extend(calendar::event(*language, facts, public_url).map(|bytes| File {
        name: format!("{number}.ics"),
        content_type: "text/calendar; charset=utf-8; method=PUBLISH",
        content_id: None,
        bytes,
    }));
    Ok(files)
}

/// The tickets of an order that are good, a page each.
///
/// # Errors
/// When a code or the PDF cannot be drawn.
pub fn tickets_pdf(enclosed: &Enclosed, faces: &Typefaces) -> Result<File, DocumentError> {
    let Enclosed { language, facts } = enclosed;
    Ok(File {
        name: format!("{}-{}.pdf", language.pick("tickets", "entradas"), facts.order.order_number),
        content_type: "application/pdf",
        content_id: None,
        bytes: tickets::pdf(*language, facts, faces)?,
    })
}
