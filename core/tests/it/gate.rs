//! The gate: lists survive their way whole or not at all, and a device decides by them as the rule does.

use chrono::{DateTime, TimeDelta, Utc};
use ed25519_dalek::{Signer, SigningKey};
use onsale_core::gate::{Entry, Known, ListError, ListPage, Standing, TicketClaims, code, key_of, list};
use onsale_core::{EventId, RefusedReason, ScanDirection, ScanOutcome, TicketId};
use proptest::prelude::*;
use uuid::Uuid;

fn key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

fn event() -> EventId {
    EventId::new("EVT001").expect("a good id")
}

fn evening() -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000, 0).expect("a time")
}

fn signed(page: &ListPage) -> String {
    let bytes = list::signed(page);
    let signature = key().sign(&bytes);
    list::text(bytes, &signature)
}

fn ticket_code(ticket: TicketId, event_id: EventId, issued_at: DateTime<Utc>) -> String {
    let bytes = code::signed(&TicketClaims { ticket_id: ticket, event_id, place: "A1".to_owned(), issued_at });
    let signature = key().sign(&bytes);
    code::text(bytes, &signature)
}

fn standing() -> impl Strategy<Value = Standing> {
    prop_oneof![
        Just(Standing::Outside),
        Just(Standing::Cancelled),
        (0_i64..100_000, "\\PC{0,40}")
            .prop_map(|(ms, gate)| Standing::Inside { at: evening() + TimeDelta::milliseconds(ms), gate }),
    ]
}

fn page() -> impl Strategy<Value = ListPage> {
    let entries = prop::collection::vec((any::<u128>(), standing()), 0..20);
    (entries, "[a-z0-9]{0,40}", "[a-z0-9]{1,40}", any::<bool>()).prop_map(|(entries, after, next, more)| ListPage {
        event_id: event(),
        after,
        next,
        made_at: evening(),
        more,
        entries: entries
            .into_iter()
            .map(|(id, standing)| Entry { ticket: TicketId(Uuid::from_u128(id)), standing })
            .collect(),
    })
}

proptest! {
    #[test]
    fn a_list_arrives_whole_or_is_refused(page in page(), at in any::<prop::sample::Index>(), letter in "[A-Za-z0-9_-]") {
        let text = signed(&page);
        let verifying = key().verifying_key();
        prop_assert_eq!(list::verify(&verifying, &text, &event(), &page.after), Ok(page.clone()));
        let place = at.index(text.len());
        let mut changed = text.clone();
        changed.replace_range(place..=place, &letter);
        let read = list::verify(&verifying, &changed, &event(), &page.after);
        // The last letter may stand for bits that are in no byte; then it is no text of ours either.
        prop_assert!(changed == text || read.is_err(), "{read:?}");
        prop_assert!(list::verify(&verifying, &text[..place], &event(), &page.after).is_err());
        prop_assert_eq!(list::verify(&verifying, &text, &event(), "elsewhere!"), Err(ListError::OutOfPlace));
        let stranger = SigningKey::from_bytes(&[8; 32]).verifying_key();
        prop_assert_eq!(list::verify(&stranger, &text, &event(), &page.after), Err(ListError::Signature));
    }

    #[test]
    fn what_is_no_list_or_ticket_is_refused_quietly(text in "\\PC{0,200}") {
        let verifying = key().verifying_key();
        prop_assert!(list::verify(&verifying, &text, &event(), "").is_err());
        prop_assert!(code::verify(&verifying, &text).is_err());
        prop_assert!(key_of(&text).is_err() || text.len() == 43);
    }
}

#[test]
fn a_device_decides_by_its_list_and_what_it_saw_itself() {
    let [here, gone, back] = [1, 2, 3].map(|id| TicketId(Uuid::from_u128(id)));
    let mut known = Known::new(event());
    assert!(!known.is_whole());
    let entry = |ticket, standing| Entry { ticket, standing };
    known.take(ListPage {
        event_id: event(),
        after: String::new(),
        next: "1".to_owned(),
        made_at: evening(),
        more: false,
        entries: vec![entry(here, Standing::Outside), entry(gone, Standing::Cancelled), entry(back, Standing::Outside)],
    });
    assert!(known.is_whole() && known.good() == 2);
    let verifying = key().verifying_key();
    let old = evening() - TimeDelta::days(9);
    let of = |ticket| ticket_code(ticket, event(), old);
    let mut decide = |text: &str, direction| {
        let decision = known.decide(&verifying, text, direction, evening(), "North");
        (decision.outcome, decision.reason)
    };
    let (entry, exit) = (ScanDirection::Entry, ScanDirection::Exit);
    let refused = |reason| (ScanOutcome::Refused, Some(reason));
    assert_eq!(decide(&of(here), entry), (ScanOutcome::Admitted, None));
    assert_eq!(decide(&of(here), entry), refused(RefusedReason::AlreadyIn));
    assert_eq!(decide(&of(here), exit), (ScanOutcome::Left, None));
    assert_eq!(decide(&of(here), entry), (ScanOutcome::Admitted, None));
    assert_eq!(decide(&back.to_string(), entry), (ScanOutcome::Admitted, None));
    assert_eq!(decide(&of(gone), entry), refused(RefusedReason::Cancelled));
    let elsewhere = ticket_code(here, EventId::new("EVT002").expect("a good id"), old);
    assert_eq!(decide(&elsewhere, entry), refused(RefusedReason::WrongEvent));
    // Signed but not listed: let in where it was sold since, else not.
    let unlisted = TicketId(Uuid::from_u128(9));
    assert_eq!(decide(&of(unlisted), entry), refused(RefusedReason::Unknown));
    let fresh = ticket_code(unlisted, event(), evening() + TimeDelta::minutes(3));
    assert_eq!(decide(&fresh, entry), (ScanOutcome::Admitted, None));
    assert_eq!(decide(&fresh, entry), refused(RefusedReason::AlreadyIn));
    assert_eq!(decide("a menu", entry), refused(RefusedReason::Unknown));
    assert_eq!(decide(&Uuid::from_u128(77).to_string(), entry), refused(RefusedReason::Unknown));
}
