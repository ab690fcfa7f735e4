//! The files that go with tickets.

use crate::samples::{URL, facts};
use onsale_core::TicketStatus;
use onsale_notification::documents::{Enclosed, File, Typefaces, files};
use onsale_notification::domain::{Language, OrderFacts};

fn made(language: Language, facts: OrderFacts) -> Vec<File> {
    let faces = Typefaces::load().expect("the fonts that are shipped");
    files(&Enclosed { language, facts }, URL, &faces).expect("files")
}

pub(crate) fn pages(pdf: &[u8]) -> usize {
    String::from_utf8_lossy(pdf).matches("/Type/Page/").count()
        + String::from_utf8_lossy(pdf).matches("/Type /Page\n").count()
}

#[test]
fn each_good_ticket_has_a_picture_and_a_page() {
    let mut facts = facts();
    let files = made(Language::English, facts.clone());
    let names: Vec<_> = files.iter().map(|file| (file.name.as_str(), file.content_type)).collect();
    assert_eq!(
        names,
        [
            ("0190a000-0000-7000-8000-0000000000a1.png", "image/png"),
            ("0190a000-0000-7000-8000-0000000000a2.png", "image/png"),
            ("tickets-K7M4-22QX.pdf", "application/pdf"),
            ("K7M4-22QX.ics", "text/calendar; charset=utf-8; method=PUBLISH"),
        ]
    );
    let is_id = files[0].content_id.as_deref() == Some("0190a000-0000-7000-8000-0000000000a1");
    assert!(is_id && files[2].content_id.is_none(), "the mail's HTML shows pictures by their tickets' ids");
    assert!(files[0].bytes.len() < 4_000, "{} bytes for a code", files[0].bytes.len());
    assert!(files[2].bytes.starts_with(b"%PDF-") && files[2].bytes.len() < 60_000, "{} bytes", files[2].bytes.len());
    assert_eq!(pages(&files[2].bytes), 2);

    facts.order.tickets[0].status = TicketStatus::Cancelled;
    let files = made(Language::Spanish, facts);
    assert_eq!((files.len(), files[1].name.as_str(), pages(&files[1].bytes)), (3, "entradas-K7M4-22QX.pdf", 1));
}

#[test]
fn the_calendar_has_the_moment_in_utc_and_folds_its_lines() {
    let calendar = made(Language::Spanish, facts()).pop().expect("a calendar");
    let text = String::from_utf8(calendar.bytes).expect("UTF-8");
    insta::assert_snapshot!("calendar", text.replace("\r\n", "\n"));
    for line in text.split_terminator("\r\n") {
        assert!(line.len() <= 75 && !line.contains(['\r', '\n']), "RFC 5545, 3.1: {line:?}");
    }
}

#[test]
fn without_the_event_there_are_tickets_but_no_date() {
    let files = made(Language::English, OrderFacts { event: None, ..facts() });
    assert_eq!(files.len(), 3);
    assert!(files.iter().all(|file| !file.name.ends_with(".ics")));
}

#[test]
fn names_of_any_script_and_length_are_set() {
    let mut facts = facts();
    let event = facts.event.as_mut().expect("an event");
    for name in ["Власть тьмы · Ἀντιγόνη · 千と千尋 🎭", &"unbreakable".repeat(30), &"many words ".repeat(60), ""]
    {
        name.clone_into(&mut event.name);
        let facts = OrderFacts { event: Some(event.clone()), order: facts.order.clone() };
        assert_eq!(pages(&made(Language::English, facts)[2].bytes), 2, "{name}");
    }
}
