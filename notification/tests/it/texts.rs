//! The texts as people read them.

use crate::stage::{at, order_json};
use onsale_notification::domain::{self, Language, Mail, OrderFacts};

fn facts() -> OrderFacts {
    OrderFacts {
        order: serde_json::from_value(order_json()).expect("an order"),
        event_name: "Rock & <Roll>".to_owned(),
        event_place: Some((at("2026-12-31T19:00:00Z"), "Arena, Bogotá".to_owned())),
    }
}

fn shown(mail: &Mail) -> String {
    format!("{}\n\n{}\n\n{}", mail.subject, mail.text, mail.html)
}

const URL: &str = "https://onsale.example";

#[test]
fn order_confirmed() {
    let english = domain::order_confirmed(Language::English, "Ana", URL, &facts());
    insta::assert_snapshot!("order_confirmed_english", shown(&english));
    let spanish = domain::order_confirmed(Language::Spanish, "Ana", URL, &facts());
    insta::assert_snapshot!("order_confirmed_spanish", shown(&spanish));
}

#[test]
fn order_cancelled() {
    let ticket = serde_json::from_value(serde_json::json!({
        "ticketId": "0190a000-0000-7000-8000-0000000000a2", "ticketType": "standing",
        "price": {"amount": "80.00", "currency": "EUR"}
    }));
    let cancelled = [ticket.expect("a ticket")];
    let english = domain::order_cancelled(Language::English, "Ana", URL, &facts(), &cancelled);
    insta::assert_snapshot!("order_cancelled_english", shown(&english));
    let spanish = domain::order_cancelled(Language::Spanish, "Ana", URL, &facts(), &cancelled);
    insta::assert_snapshot!("order_cancelled_spanish", shown(&spanish));
}

#[test]
fn account_mails() {
    insta::assert_snapshot!(
        "verify_email_english",
        shown(&domain::verify_email(Language::English, "Ana", URL, "a+b/c"))
    );
    insta::assert_snapshot!("reset_password_spanish", shown(&domain::reset_password(Language::Spanish, "", URL, "t")));
}

#[test]
fn no_name_or_title_can_become_markup_or_a_header() {
    let mut facts = facts();
    facts.event_name = "Evil\r\nBcc: all@example.org <script>alert(1)</script>".to_owned();
    facts.order.tickets[0].ticket_type = "<img src=x>".to_owned();
    for language in [Language::English, Language::Spanish] {
        let mail = domain::order_confirmed(language, "<b>\r\nAna", URL, &facts);
        assert!(!mail.subject.contains(['\r', '\n']), "{}", mail.subject);
        for markup in ["<script", "<img", "<b>"] {
            assert!(!mail.html.contains(markup), "{markup} in {}", mail.html);
        }
    }
}
