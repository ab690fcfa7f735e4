//! Every mail there is, about the same order: held to snapshots, and drawn as pictures.

use onsale_core::events::TicketFact;
use onsale_core::{EventId, Money};
use onsale_notification::domain::{self, EventFacts, Language, Mail, OrderFacts, Reader};
use serde_json::{Value, json};

/// Where the pages are.
pub(crate) const URL: &str = "https://onsale.example";

/// Who reads them.
pub(crate) fn reader(language: Language) -> Reader<'static> {
    Reader { language, name: "Ana", public_url: URL }
}

fn euros(amount: &str) -> Value {
    json!({"amount": amount, "currency": "EUR"})
}

fn ticket(n: u8, amount: &str, kind: &str) -> Value {
    json!({
        "ticketId": format!("0190a000-0000-7000-8000-0000000000a{n}"), "seatId": format!("VIP-A{n}"), "zoneId": 1,
        "row": "A", "column": n.to_string(), "category": "VIP & friends", "ticketType": kind,
        "price": {"total": euros(amount), "lines": [{"kind": "face", "label": "Ticket", "amount": euros(amount)}]},
        // As long as a signed text is.
        "status": "VALID", "qr": format!("A{n}").repeat(75),
    })
}

/// An order of two seats, paid.
pub(crate) fn order() -> Value {
    json!({
        "orderId": "0190a000-0000-7000-8000-00000000000f", "orderNumber": "K7M4-22QX", "status": "CONFIRMED",
        "eventId": "EVT001", "reservationId": "0190a000-0000-7000-8000-00000000000e",
        "userId": "0190a000-0000-7000-8000-000000000001", "total": euros("200.00"),
        "lines": [
            {"kind": "face", "label": "2 tickets", "amount": euros("190.00")},
            {"kind": "fee", "label": "Service fee", "amount": euros("10.00")},
        ],
        "refunded": euros("80.00"),
        "tickets": [ticket(1, "120.00", "adult"), ticket(2, "80.00", "student")],
        "createdAt": "2026-11-01T10:00:00Z"
    })
}

/// The order and its event.
pub(crate) fn facts() -> OrderFacts {
    let event = EventFacts {
        name: "Rock & <Roll>: la última noche, con orquesta".to_owned(),
        starts_at: "2027-01-01T01:00:00Z".parse().expect("a moment"),
        time_zone: "America/Bogota".to_owned(),
        place: "Teatro Colón, Bogotá".to_owned(),
        position: (4.5966, -74.0748),
        ticket_types: [("adult", "Adult"), ("student", "Student")]
            .map(|(word, name)| (word.to_owned(), name.to_owned()))
            .to_vec(),
    };
    OrderFacts { order: serde_json::from_value(order()).expect("an order"), event: Some(event) }
}

/// The same, to be paid by bank transfer.
fn transferring() -> OrderFacts {
    let mut facts = facts();
    facts.order.tickets.clear();
    let action = json!({
        "type": "bank_transfer", "url": "https://bank.example/how",
        "transfer": {
            "accountHolder": "Onsale Tickets S.L.", "iban": "ES91 2100 0418 4502 0005 1332", "bic": "CAIXESBBXXX",
            "reference": "K7M4-22QX",
        },
        "until": "2026-11-05T10:00:00Z"
    });
    facts.order.next_action = Some(serde_json::from_value(action).expect("an action"));
    facts
}

/// Each mail in a language, by its name.
pub(crate) fn mails(language: Language) -> Vec<(&'static str, Mail)> {
    let (reader, facts, transferring) = (reader(language), facts(), transferring());
    let amount: Money = serde_json::from_value(euros("80.00")).expect("an amount");
    let cancelled: Vec<TicketFact> = serde_json::from_value(json!([{
        "ticketId": "0190a000-0000-7000-8000-0000000000a2", "row": "A", "column": "2", "ticketType": "student",
        "price": euros("80.00")
    }]))
    .expect("tickets");
    let action = transferring.order.next_action.as_ref().expect("an action");
    let transfer = action.transfer.as_ref().expect("instructions");
    let event = EventId::new("EVT001").expect("an id");
    vec![
        ("order_confirmed", domain::order_confirmed(reader, &facts)),
        ("order_cancelled", domain::order_cancelled(reader, &facts, &cancelled)),
        ("payment_refunded", domain::payment_refunded(reader, &facts, amount)),
        ("payment_problem", domain::payment_problem(reader, &facts)),
        ("transfer_instructions", domain::transfer_instructions(reader, &transferring, transfer, action.until)),
        ("verify_email", domain::verify_email(reader, "a+b/c")),
        ("reset_password", domain::reset_password(reader, "a+b/c")),
        ("queue_near", domain::queue_near(reader, &event)),
        ("queue_turn", domain::queue_turn(reader, &event)),
    ]
}
