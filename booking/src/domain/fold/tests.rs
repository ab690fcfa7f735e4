//! Folding by hand: what is told, what is not, and what cannot be.

use super::*;
use chrono::DateTime;
use onsale_core::{OrderStatus, ReservationStatus, TicketStatus};
use onsale_platform::outbox::StoredEvent;
use onsale_platform::outbox::fold::FoldError;
use serde_json::{Value, json};
use uuid::Uuid;

const ATTEMPT: &str = "01900000-0000-7000-8000-0000000000aa";
const TICKET: &str = "01900000-0000-7000-8000-0000000000bb";
const REFUND: &str = "01900000-0000-7000-8000-0000000000cc";

/// Events of one aggregate, of which the published ones say so.
fn events(told: &[(&str, bool, Value)]) -> Vec<StoredEvent> {
    let mut sequence = 0;
    (1..)
        .zip(told)
        .map(|(version, (kind, published, data))| {
            sequence += i64::from(*published);
            StoredEvent {
                id: Uuid::from_u128(1),
                position: i64::from(version),
                aggregate_type: "order".to_owned(),
                aggregate_id: "1".to_owned(),
                version,
                kind: (*kind).to_owned(),
                topic: published.then(|| (*kind).to_owned()),
                sequence: published.then_some(sequence),
                data: data.clone(),
                metadata: json!({}),
                at: DateTime::UNIX_EPOCH,
            }
        })
        .collect()
}

fn eur(amount: &str) -> Value {
    json!({"amount": amount, "currency": "EUR"})
}

fn stands(status: &str, saga: &str) -> Value {
    json!({"status": status, "saga": saga})
}

fn stored(status: &str, refunded: &str, order: &Value) -> Value {
    json!({"reservationId": Uuid::from_u128(2), "number": "ABC", "status": status, "attemptId": ATTEMPT,
           "method": "CREDIT_CARD", "amount": eur("50.00"), "refunded": eur(refunded), "failure": null,
           "order": order})
}

fn tickets(order: &Value) -> Value {
    let ticket = json!({"ticketId": TICKET, "seatId": "A1", "ticketType": "adult", "price": eur("50.00")});
    json!({"orderId": Uuid::from_u128(3), "eventId": "EVT", "venueId": "V1", "userId": Uuid::from_u128(4),
           "tickets": [ticket], "order": order})
}

fn bought() -> Vec<(&'static str, bool, Value)> {
    let mut created = stands("PENDING", "CAPTURING");
    created["places"] = json!([[4, 0]]);
    vec![
        ("payment-begun", false, stored("PENDING", "0.00", &stands("PENDING", "AUTHORISING"))),
        ("ticket-created", true, tickets(&created)),
        ("ticket-confirmed", true, tickets(&stands("CONFIRMED", "SETTLED"))),
    ]
}

#[test]
fn a_bought_order_is_cancelled_and_refunded() {
    let mut told = bought();
    let mut cancelled = stands("CANCELLED", "REFUNDING");
    cancelled["refund"] = json!({"refundId": REFUND, "amount": eur("45.00")});
    cancelled["lastRefund"] = json!(REFUND);
    told.push(("ticket-cancelled", true, tickets(&cancelled)));
    told.push(("order-refunded", false, stored("CANCELLED", "45.00", &stands("CANCELLED", "SETTLED"))));
    let folded = order(&events(&told)).expect("it can be folded").expect("an order");
    assert_eq!((folded.status, folded.refunded_minor), (OrderStatus::Cancelled, 4_500));
    assert_eq!((folded.counts.version, folded.counts.sequence), (5, 3));
    assert_eq!(folded.tickets[0].status, TicketStatus::Cancelled);
    assert_eq!(folded.tickets[0].place, Some((Some(4), 0)));

    // Another sum than the one that was under way.
    told[4].2["refunded"] = eur("50.00");
    assert!(matches!(order(&events(&told)), Err(FoldError::OutOfPlace { version: 5, .. })));
}

#[test]
fn tickets_are_issued_once_and_cancelled_once() {
    let mut twice = bought();
    twice.push(("ticket-created", true, tickets(&stands("CONFIRMED", "SETTLED"))));
    assert!(matches!(order(&events(&twice)), Err(FoldError::OutOfPlace { version: 4, .. })));
    let mut cancelled = bought();
    for _ in 0..2 {
        cancelled.push(("ticket-cancelled", true, tickets(&stands("CANCELLED", "SETTLED"))));
    }
    assert!(matches!(order(&events(&cancelled)), Err(FoldError::OutOfPlace { version: 5, .. })));
}

#[test]
fn a_ticket_is_used_once_and_not_cancelled_afterwards() {
    let mut told = bought();
    told.push(("ticket-used", false, tickets(&stands("CONFIRMED", "SETTLED"))));
    let folded = order(&events(&told)).expect("it can be folded").expect("an order");
    assert_eq!((folded.status, folded.tickets[0].status), (OrderStatus::Confirmed, TicketStatus::Used));
    assert_eq!((folded.counts.version, folded.counts.sequence), (4, 2));
    for kind in ["ticket-used", "ticket-cancelled"] {
        let mut again = told.clone();
        again.push((kind, false, tickets(&stands("CONFIRMED", "SETTLED"))));
        assert!(matches!(order(&events(&again)), Err(FoldError::OutOfPlace { version: 5, .. })), "{kind}");
    }
}

#[test]
fn events_of_before_tell_less_and_are_read_all_the_same() {
    let mut told = bought();
    for (_, _, data) in &mut told {
        data.as_object_mut().expect("an object").remove("order");
    }
    let folded = order(&events(&told)).expect("it can be folded").expect("an order");
    assert_eq!((folded.status, folded.saga.clone()), (OrderStatus::Confirmed, None));
    let row = order(&events(&bought())).expect("it can be folded").expect("an order");
    assert_eq!(folded.allow_untold(&row).tickets, row.tickets);
}

#[test]
fn a_hold_is_what_its_last_change_says_and_ends_once() {
    let held = |quantity: u32| {
        json!({"reservationId": Uuid::from_u128(2), "eventId": "EVT", "userId": Uuid::from_u128(4), "seats": [],
               "quantity": quantity, "total": eur("50.00"), "expiresAt": "2026-01-01T00:00:00Z"})
    };
    let mut told = vec![
        ("reservation-created", true, held(1)),
        ("reservation-changed", true, held(3)),
        ("reservation-released", true, json!({})),
    ];
    let folded = hold(&events(&told)).expect("it can be folded").expect("a hold");
    assert_eq!((folded.status, folded.live, folded.rows), (ReservationStatus::Released, 3, None));
    told.push(("reservation-expired", true, json!({})));
    assert!(matches!(hold(&events(&told)), Err(FoldError::OutOfPlace { version: 4, .. })));
    assert_eq!(hold(&[]), Ok(None));
}
