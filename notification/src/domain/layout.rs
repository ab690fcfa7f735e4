//! What all mails are made of, and how they read as plain text.

use super::{Mail, Reader, page};

/// What a mail says, before it is laid out. Nothing in it is escaped yet.
pub(super) struct Content<'a> {
    pub(super) reader: Reader<'a>,
    pub(super) subject: String,
    /// What a list of mails shows after the subject.
    pub(super) preview: String,
    /// The order's number, where there is one.
    pub(super) number: Option<&'a str>,
    pub(super) title: String,
    pub(super) blocks: Vec<Block>,
}

/// A part of a mail, from top to bottom.
pub(super) enum Block {
    Paragraph(String),
    /// The event: its name, and lines under it.
    Event {
        name: String,
        lines: Vec<String>,
    },
    /// Tickets, with their codes to show at the door.
    Tickets(Vec<TicketCard>),
    /// Left and right column under a heading; with a sum, the last row is one.
    Rows {
        title: String,
        rows: Vec<(String, String)>,
        sum: bool,
    },
    /// The one next step: text and address.
    Button(String, String),
    /// Short paragraphs under a heading.
    Notes {
        title: String,
        notes: Vec<String>,
    },
}

/// A ticket as it is shown.
pub(super) struct TicketCard {
    /// What the picture of its code is called.
    pub(super) id: String,
    /// `Stalls, row F, seat 12`.
    pub(super) place: String,
    /// The ticket type, and which ticket of how many it is.
    pub(super) kind: String,
    /// What stands beside the picture for who does not see it.
    pub(super) code: String,
}

impl Content<'_> {
    pub(super) fn mail(&self) -> Mail {
        Mail { subject: one_line(&self.subject), text: self.text(), html: page::html(self) }
    }

    pub(super) fn greeting(&self) -> String {
        let hello = self.reader.language.pick("Hello", "Hola");
        let name = one_line(self.reader.name);
        if name.is_empty() { format!("{hello},") } else { format!("{hello} {name},") }
    }

    pub(super) fn footer(&self) -> &'static str {
        self.reader.language.pick(
            "You get this mail because of your account at Onsale. Answers to it are not read.",
            "Recibes este correo por tu cuenta en Onsale. Las respuestas no se leen.",
        )
    }

    fn text(&self) -> String {
        let mut parts = vec![self.greeting()];
        parts.extend(self.blocks.iter().map(Block::text));
        parts.push(format!("-- \nOnsale\n{}", self.footer()));
        parts.join("\n\n") + "\n"
    }
}

impl Block {
    fn text(&self) -> String {
        match self {
            Self::Paragraph(text) => one_line(text),
            Self::Event { name, lines } => under(name, lines.iter().map(|line| one_line(line))),
            Self::Tickets(cards) => {
                let lines = cards.iter().map(|card| format!("  {} · {}", one_line(&card.place), one_line(&card.kind)));
                lines.collect::<Vec<_>>().join("\n")
            }
            Self::Rows { title, rows, .. } => {
                under(title, rows.iter().map(|(left, right)| format!("  {}: {}", one_line(left), one_line(right))))
            }
            Self::Button(label, url) => format!("{label}:\n{url}"),
            Self::Notes { title, notes } => under(title, notes.iter().map(|note| format!("* {}", one_line(note)))),
        }
    }
}

fn under(title: &str, lines: impl Iterator<Item = String>) -> String {
    std::iter::once(one_line(title)).chain(lines).collect::<Vec<_>>().join("\n")
}

/// No line break gets into a header or out of its line.
pub(crate) fn one_line(text: &str) -> String {
    text.split(char::is_control).map(str::trim).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}
