//! `POST /internal/payments/{id}/capture`, `…/void`, `…/refunds`.

use crate::shop::{Shop, euros};
use onsale_core::PaymentId;
use onsale_core::api::internal::{PaymentState, PaymentStatus, VoidPayment};
use onsale_testkit::database::count;
use serde_json::json;
use uuid::Uuid;

async fn captured(shop: &Shop) -> PaymentId {
    let id = shop.authorised(Some("pm_card_visa")).await.payment_id;
    let payment: PaymentState = shop.capture(id).await.expect(200).parse();
    assert_eq!(payment.status, PaymentStatus::Captured);
    id
}

#[tokio::test]
async fn capture_takes_the_money_once() {
    let shop = Shop::open().await;
    let id = captured(&shop).await;
    for _ in 0..3 {
        let again: PaymentState = shop.capture(id).await.expect(200).parse();
        assert_eq!(again.status, PaymentStatus::Captured);
    }
    let sums = shop.sums().await;
    assert_eq!((&sums["authorised"], &sums["captured"]), (&json!(0), &json!(10_000)));
    assert_eq!(shop.events(id).await.last(), Some(&(3, "payment-completed".to_owned(), Some(2))));
}

#[tokio::test]
async fn captures_in_parallel_are_one() {
    let shop = Shop::open().await;
    let id = shop.authorised(None).await.payment_id;
    let (a, b, c) = tokio::join!(shop.capture(id), shop.capture(id), shop.capture(id));
    for answer in [a, b, c] {
        assert_eq!(answer.expect(200).parse::<PaymentState>().status, PaymentStatus::Captured);
    }
    assert_eq!(shop.sums().await["captured"], 10_000);
    assert_eq!(shop.events(id).await.len(), 3);
}

#[tokio::test]
async fn void_gives_the_authorisation_up() {
    let shop = Shop::open().await;
    let id = shop.authorised(None).await.payment_id;
    for _ in 0..2 {
        let voided: PaymentState = shop.void(id).await.expect(200).parse();
        assert_eq!(voided.status, PaymentStatus::Voided);
    }
    assert_eq!(shop.sums().await["authorised"], 0);
    let problem = shop.capture(id).await.expect_problem(409, "state_conflict");
    assert_eq!(problem["paymentStatus"], "VOIDED");
    assert_eq!(shop.events(id).await.last(), Some(&(3, "payment-failed".to_owned(), Some(2))));
}

#[tokio::test]
async fn a_request_that_comes_after_its_void_reserves_nothing() {
    let shop = Shop::open().await;
    let request = shop.request(Some("pm_card_visa"));
    let void = VoidPayment { attempt: Some(request.clone()) };
    let path = format!("/internal/payments/{}/void", request.payment_id);
    for _ in 0..2 {
        let voided: PaymentState = shop.booking.post(&path, &void).await.expect(200).parse();
        assert_eq!(voided.status, PaymentStatus::Voided);
    }
    assert_eq!(shop.authorise(&request).await.status, PaymentStatus::Voided);
    assert_eq!(count(shop.db.pool(), "sandbox.intents").await, 0, "the provider was asked for nothing");
    // Another attempt's description voids nothing.
    let other = format!("/internal/payments/{}/void", shop.new_id::<PaymentId>());
    shop.booking.post(&other, &void).await.expect_problem(404, "not_found");
}

#[tokio::test]
async fn what_is_captured_is_not_voided() {
    let shop = Shop::open().await;
    let id = captured(&shop).await;
    shop.void(id).await.expect_problem(409, "state_conflict");
    assert_eq!(shop.sums().await["captured"], 10_000);
}

#[tokio::test]
async fn an_unknown_payment_is_not_there() {
    let shop = Shop::open().await;
    let id: PaymentId = shop.new_id();
    shop.booking.get(&format!("/internal/payments/{id}")).await.expect_problem(404, "not_found");
    shop.booking.get("/internal/payments/not-an-id").await.expect_problem(404, "not_found");
    shop.capture(id).await.expect_problem(404, "not_found");
    shop.void(id).await.expect_problem(404, "not_found");
    shop.refund(id, shop.new_id(), euros(1)).await.expect_problem(404, "not_found");
}

#[tokio::test]
async fn a_payment_goes_back_under_its_own_id() {
    let shop = Shop::open().await;
    let id = captured(&shop).await;
    // As booking gives back the money of an attempt that another one followed: the attempt was made by that key.
    for _ in 0..2 {
        let answer = shop.refund(id, id.0, euros(100)).await.expect(200).parse::<PaymentState>();
        assert_eq!(answer.refunded, euros(100));
    }
    assert_eq!(shop.sums().await["refunded"], 10_000);
}

#[tokio::test]
async fn refunds_are_idempotent_under_their_id() {
    let shop = Shop::open().await;
    let id = captured(&shop).await;
    let refund_id: Uuid = shop.new_id();
    let (a, b, c) = tokio::join!(
        shop.refund(id, refund_id, euros(30)),
        shop.refund(id, refund_id, euros(30)),
        shop.refund(id, refund_id, euros(30))
    );
    for answer in [a, b, c] {
        assert_eq!(answer.expect(200).parse::<PaymentState>().refunded, euros(30));
    }
    assert_eq!(shop.sums().await["refunded"], 3_000);
    shop.refund(id, refund_id, euros(31)).await.expect_problem(422, "idempotency_key_reused");
    let other = captured(&shop).await;
    shop.refund(other, refund_id, euros(30)).await.expect_problem(422, "idempotency_key_reused");
}

#[tokio::test]
async fn never_more_is_given_back_than_was_taken() {
    let shop = Shop::open().await;
    let id = captured(&shop).await;
    let mut calls = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let (booking, refund_id) = (shop.booking.clone(), shop.new_id::<Uuid>());
        calls.spawn(async move {
            let body = json!({ "refundId": refund_id, "amount": { "amount": "30.00", "currency": "EUR" } });
            booking.post(&format!("/internal/payments/{id}/refunds"), &body).await.status.as_u16()
        });
    }
    let statuses = calls.join_all().await;
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 3, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|status| **status == 409).count(), 5, "{statuses:?}");
    assert_eq!(shop.state(id).await.refunded, euros(90));
    assert_eq!(shop.sums().await["refunded"], 9_000);
    assert_eq!(count(shop.db.pool(), "payment.refunds").await, 3);
}

#[tokio::test]
async fn only_captured_money_is_given_back() {
    let shop = Shop::open().await;
    let id = shop.authorised(None).await.payment_id;
    shop.refund(id, shop.new_id(), euros(1)).await.expect_problem(409, "state_conflict");
    let yen = onsale_core::Money::new(1, "JPY".parse().expect("a currency"));
    shop.refund(id, shop.new_id(), yen).await.expect_problem(422, "invalid");
    shop.refund(id, shop.new_id(), euros(0)).await.expect_problem(422, "invalid");
}

/// Folding a payment's events gives its row.
#[tokio::test]
async fn the_events_tell_the_rows() {
    let shop = Shop::open().await;
    let paid = captured(&shop).await;
    let _answer = shop.refund(paid, shop.new_id(), euros(25)).await.expect(200);
    let voided = shop.authorised(None).await.payment_id;
    let _answer = shop.void(voided).await.expect(200);
    shop.authorised(Some("pm_card_chargeDeclined")).await;
    let differing = "payment.payments AS p, LATERAL (
        SELECT max(e.version) AS version, max(e.sequence) AS sequence,
               coalesce(sum((e.data->'amount'->>'amount')::numeric * 100)
                        FILTER (WHERE e.type = 'payment-refunded'), 0)::bigint AS refunded_minor,
               CASE WHEN bool_or(e.type = 'payment-completed') THEN 'CAPTURED'
                    WHEN bool_or(e.type = 'payment-failed' AND e.data->>'reason' = 'voided') THEN 'VOIDED'
                    WHEN bool_or(e.type = 'payment-failed') THEN 'DECLINED' END AS status
          FROM payment.events AS e WHERE e.aggregate_id = p.payment_id::text) AS told
        WHERE (p.version, p.sequence, p.refunded_minor, p.status)
              IS DISTINCT FROM (told.version, told.sequence, told.refunded_minor, told.status)";
    assert_eq!(count(shop.db.pool(), "payment.payments").await, 3);
    assert_eq!(count(shop.db.pool(), differing).await, 0);
}
