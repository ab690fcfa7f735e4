//! The texts as people read them.

use crate::samples::{facts, mails, reader};
use onsale_notification::domain::{self, Language, Mail};

fn shown(mail: &Mail) -> String {
    format!("{}\n\n{}\n\n{}", mail.subject, mail.text, mail.html)
}

#[test]
fn mails_read_as_they_did() {
    for language in [Language::English, Language::Spanish] {
        for (name, mail) in mails(language) {
            insta::assert_snapshot!(format!("{name}_{}", language.tag()), shown(&mail));
        }
    }
}

#[test]
fn no_name_or_title_can_become_markup_or_a_header() {
    let mut facts = facts();
    facts.event.as_mut().expect("an event").name = "Evil\r\nBcc: all@example.org <script>alert(1)</script>".to_owned();
    facts.order.tickets[0].ticket_type = "<img src=x>".to_owned();
    for language in [Language::English, Language::Spanish] {
        let mail = domain::order_confirmed(domain::Reader { name: "<b>\r\nAna", ..reader(language) }, &facts);
        assert!(!mail.subject.contains(['\r', '\n']), "{}", mail.subject);
        for markup in ["<script", "<img src=x", "<b>"] {
            assert!(!mail.html.contains(markup), "{markup} in {}", mail.html);
        }
    }
}

#[test]
fn many_tickets_are_counted_and_their_codes_are_in_the_pdf() {
    let mut facts = facts();
    let one = facts.order.tickets[0].clone();
    facts.order.tickets = vec![one; 11];
    let mail = domain::order_confirmed(reader(Language::English), &facts);
    assert_eq!(mail.html.matches("cid:").count(), 10);
    assert!(mail.text.contains("The codes of all 11 tickets are in the PDF."), "{}", mail.text);
}
