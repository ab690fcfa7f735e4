//! The life of a payment, by hand and by random changes.

use super::*;
use onsale_core::Currency;
use proptest::prelude::*;

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000 + seconds, 0).expect("a time")
}

/// An attempt of which nothing is told yet.
pub(in crate::domain) fn blank() -> Payment {
    Payment {
        id: PaymentId(Uuid::from_u128(1)),
        order_id: OrderId(Uuid::from_u128(2)),
        user_id: UserId(Uuid::from_u128(3)),
        method: PaymentMethod::CreditCard,
        amount: Money::new(10_000, Currency::EUR),
        split: Split::default(),
        token: None,
        return_url: None,
        description: "two seats".to_owned(),
        status: PaymentStatus::Pending,
        wanted: None,
        provider_ref: None,
        redirect_url: None,
        transfer: None,
        decline_code: None,
        refunding_minor: 0,
        refunded_minor: 0,
        settled: false,
        version: 0,
        sequence: 0,
        created_at: at(0),
        updated_at: at(0),
        check_at: Some(at(2)),
    }
}

pub(in crate::domain) fn pending() -> Payment {
    blank().opened().0
}

fn after(changes: &[Change]) -> Payment {
    changes.iter().fold(pending(), |payment, change| {
        payment.apply(change, at(1)).expect("allowed").map_or(payment, |(next, _)| next)
    })
}

fn authorised() -> Change {
    Change::Authorised { reference: Some("pi_1".to_owned()) }
}

#[test]
fn a_paid_attempt_counts_its_events() {
    let captured = after(&[authorised(), Change::Captured]);
    assert_eq!(captured.status, PaymentStatus::Captured);
    assert_eq!((captured.version, captured.sequence), (3, 2));
    assert_eq!(captured.check_at, None);
}

#[test]
fn an_older_look_changes_nothing() {
    let captured = after(&[authorised(), Change::Captured]);
    let action =
        Change::ActionRequired { reference: "pi_1".to_owned(), redirect_url: "https://pay".to_owned(), transfer: None };
    for older in [authorised(), action, Change::Known { reference: "pi_1".to_owned() }, Change::Captured] {
        assert_eq!(captured.apply(&older, at(2)), Ok(None), "{older:?}");
    }
}

#[test]
fn money_that_is_taken_after_the_end_is_told_and_what_is_only_reserved_is_refused_loudly() {
    let declined = Change::Declined { reference: None, code: "card_declined".to_owned() };
    for end in [Change::Voided, declined] {
        let ended = after(&[end]);
        let late = ended.apply(&Change::Known { reference: "pi_9".to_owned() }, at(2)).expect("allowed");
        let (late, _) = late.expect("its name is kept");
        let (taken, told) = late.apply(&Change::Captured, at(3)).expect("allowed").expect("it is money");
        assert_eq!((taken.status, told.topic), (PaymentStatus::Captured, Some(Topic::PaymentCompleted)));
        assert_eq!(taken.provider_ref.as_deref(), Some("pi_9"));
        assert_eq!(taken.apply(&Change::Captured, at(4)), Ok(None), "told once");
        assert_eq!(ended.apply(&authorised(), at(2)), Err(Refusal::Excluded(ended.status)));
    }
}

#[test]
fn refunds_stay_within_what_was_captured() {
    let payment = after(&[authorised(), Change::Captured, Change::RefundOpened { amount_minor: 6_000 }]);
    let more = Change::RefundOpened { amount_minor: 4_001 };
    assert_eq!(payment.apply(&more, at(2)), Err(Refusal::MoreThanLeft(4_000)));
    let refused = after(&[authorised()]).apply(&Change::RefundOpened { amount_minor: 1 }, at(2));
    assert_eq!(refused, Err(Refusal::NotCaptured(PaymentStatus::Authorised)));
}

#[test]
fn open_payments_are_asked_about_ever_less_but_each_30_s() {
    let payment = pending();
    for (open_for, expected) in [(0, 2), (1, 2), (5, 5), (29, 29), (600, 30)] {
        assert_eq!(payment.next_check(at(open_for)), at(open_for + expected));
    }
}

fn change() -> impl Strategy<Value = Change> {
    let refund_id = Uuid::from_u128(9);
    prop_oneof![
        Just(Change::Known { reference: "pi_1".to_owned() }),
        Just(Change::ActionRequired {
            reference: "pi_1".to_owned(),
            redirect_url: "https://pay".to_owned(),
            transfer: None
        }),
        Just(authorised()),
        Just(Change::Captured),
        Just(Change::Declined { reference: Some("pi_1".to_owned()), code: "card_declined".to_owned() }),
        Just(Change::Voided),
        Just(Change::Wants(Wanted::Capture)),
        Just(Change::Wants(Wanted::Void)),
        (1_i64..12_000).prop_map(|amount_minor| Change::RefundOpened { amount_minor }),
        Just(Change::RefundFailed { refund_id, amount_minor: 0, code: "x".to_owned() }),
    ]
}

proptest! {
    #[test]
    fn whatever_comes_twice_or_late_the_record_stays_whole(changes in proptest::collection::vec(change(), 1..20)) {
        let mut payment = pending();
        let mut ended = None;
        for (place, change) in (2..).zip(&changes) {
            let Ok(Some((next, happened))) = payment.apply(change, at(place)) else { continue };
            prop_assert_eq!(next.version, payment.version + 1);
            prop_assert_eq!(next.sequence, payment.sequence + i64::from(happened.topic.is_some()));
            prop_assert!(next.refunding_minor + next.refunded_minor <= next.amount.minor);
            prop_assert_eq!(next.is_open(), next.check_at.is_some());
            if matches!(payment.status, PaymentStatus::Captured | PaymentStatus::Declined | PaymentStatus::Voided) {
                ended.get_or_insert(payment.status);
            }
            if ended.is_some() && next.status == PaymentStatus::Captured {
                ended = Some(PaymentStatus::Captured);
            }
            payment = next;
        }
        if let Some(status) = ended {
            prop_assert_eq!(payment.status, status);
        }
    }
}
