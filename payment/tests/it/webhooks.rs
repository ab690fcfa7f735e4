//! `POST /api/payments/webhooks/{provider}` (RELIABILITY.md §5, line 18).

use crate::shop::{Options, Shop, WEBHOOK_SECRET};
use axum::body::Body;
use hmac::{Hmac, KeyInit, Mac};
use http::Method;
use onsale_core::api::internal::{PaymentState, PaymentStatus};
use onsale_testkit::Answer;
use serde_json::{Value, json};
use sha2::Sha256;

const PATH: &str = "/api/payments/webhooks/stripe";

fn signature(secret: &str, at_s: i64, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("any key fits");
    mac.update(format!("{at_s}.").as_bytes());
    mac.update(body);
    format!("t={at_s},v1={}", hex::encode(mac.finalize().into_bytes()))
}

fn now_s(shop: &Shop) -> i64 {
    shop.kit.platform().clock.now().timestamp()
}

async fn send(shop: &Shop, header: &str, body: &[u8]) -> Answer {
    shop.nobody.with_header("stripe-signature", header).send(Method::POST, PATH, Body::from(body.to_vec())).await
}

/// What Stripe would send about a payment.
async fn event(shop: &Shop, payment: &PaymentState, kind: &str) -> Vec<u8> {
    let reference: Option<String> =
        sqlx::query_scalar("SELECT provider_ref FROM payment.payments WHERE payment_id = $1")
            .bind(payment.payment_id.0)
            .fetch_one(shop.db.pool())
            .await
            .expect("the payment");
    let object: Value = json!({
        "id": reference.unwrap_or_default(),
        "object": "payment_intent",
        // A lie, because the content is not to be trusted.
        "status": "succeeded",
        "amount": 1,
        "metadata": { "payment_id": payment.payment_id },
    });
    json!({ "id": "evt_1", "object": "event", "type": kind, "data": { "object": object } }).to_string().into_bytes()
}

#[tokio::test]
async fn only_what_is_signed_is_taken() {
    let shop = Shop::open_with(Options { without_reconciler: true, ..Options::default() }).await;
    let payment = shop.authorised(Some("pm_card_authenticationRequired")).await;
    let body = event(&shop, &payment, "payment_intent.succeeded").await;
    let now = now_s(&shop);
    let good = signature(WEBHOOK_SECRET, now, &body);

    for place in (0..body.len() * 8).step_by(97) {
        let mut flipped = body.clone();
        flipped[place / 8] ^= 1 << (place % 8);
        send(&shop, &good, &flipped).await.expect_problem(400, "signature_invalid");
    }
    for header in [
        String::new(),
        "t=1".to_owned(),
        signature("whsec_another", now, &body),
        signature(WEBHOOK_SECRET, now - 301, &body),
        signature(WEBHOOK_SECRET, now + 305, &body),
        good.replace("v1=", "v0="),
    ] {
        send(&shop, &header, &body).await.expect_problem(400, "signature_invalid");
    }
    let unsigned = shop.nobody.send(Method::POST, PATH, Body::from(body.clone())).await;
    unsigned.expect_problem(400, "signature_invalid");
    let elsewhere = shop.nobody.with_header("stripe-signature", &good);
    let answer = elsewhere.send(Method::POST, "/api/payments/webhooks/paypal", Body::from(body)).await;
    answer.expect_problem(404, "not_found");
    assert_eq!(shop.state(payment.payment_id).await, payment);
}

#[tokio::test]
async fn what_it_says_is_not_trusted_and_a_replay_changes_nothing() {
    let shop = Shop::open_with(Options { without_reconciler: true, ..Options::default() }).await;
    let payment = shop.authorised(Some("pm_card_authenticationRequired")).await;
    let body = event(&shop, &payment, "payment_intent.succeeded").await;
    let header = signature(WEBHOOK_SECRET, now_s(&shop), &body);
    let _answer = send(&shop, &header, &body).await.expect(200);
    assert_eq!(shop.state(payment.payment_id).await.status, PaymentStatus::RequiresAction, "the object is not paid");

    let page = url::Url::parse(payment.redirect_url.as_deref().expect("a page")).expect("an address");
    let _answer = shop.sandbox.post(&format!("{}/approve", page.path()), &json!({})).await.expect(303);
    for _ in 0..3 {
        let _answer = send(&shop, &header, &body).await.expect(200);
    }
    assert_eq!(shop.state(payment.payment_id).await.status, PaymentStatus::Authorised);
    let events = shop.events(payment.payment_id).await;
    let _answer = shop.capture(payment.payment_id).await.expect(200);
    // Late and out of order: what happened first comes last.
    let late = event(&shop, &payment, "payment_intent.requires_action").await;
    let header = signature(WEBHOOK_SECRET, now_s(&shop), &late);
    let _answer = send(&shop, &header, &late).await.expect(200);
    assert_eq!(shop.state(payment.payment_id).await.status, PaymentStatus::Captured);
    assert_eq!(shop.events(payment.payment_id).await.len(), events.len() + 1);
}

#[tokio::test]
async fn both_secrets_are_good_while_rotating() {
    let settings = vec![("STRIPE_WEBHOOK_SECRET", "whsec_new,whsec_old".to_owned())];
    let shop = Shop::open_with(Options { settings, ..Options::default() }).await;
    let payment = shop.authorised(None).await;
    let body = event(&shop, &payment, "payment_intent.succeeded").await;
    for secret in ["whsec_new", "whsec_old"] {
        let _answer = send(&shop, &signature(secret, now_s(&shop), &body), &body).await.expect(200);
    }
    send(&shop, &signature(WEBHOOK_SECRET, now_s(&shop), &body), &body).await.expect_problem(400, "signature_invalid");
}

#[tokio::test]
async fn signed_nonsense_and_what_is_not_ours_do_no_harm() {
    let shop = Shop::open().await;
    let payment = shop.authorised(None).await;
    let mut elsewhere = payment.clone();
    elsewhere.payment_id = shop.new_id();
    let foreign = json!({ "id": "evt_1", "type": "payment_intent.succeeded", "data": { "object": {
        "id": "pi_1", "object": "payment_intent", "metadata": { "payment_id": elsewhere.payment_id } } } });
    let strange = json!({ "id": "evt_1", "type": "payment_intent.canceled", "data": { "object": {
        "id": "../refunds", "object": "payment_intent", "metadata": { "payment_id": payment.payment_id } } } });
    let unknown = json!({ "id": "evt_1", "type": "customer.created", "data": { "object": { "id": "cus_1" } } });
    for (body, status) in [(foreign, 200), (strange, 200), (unknown, 200), (json!({}), 400), (json!([1]), 400)] {
        let body = body.to_string().into_bytes();
        let _answer = send(&shop, &signature(WEBHOOK_SECRET, now_s(&shop), &body), &body).await.expect(status);
    }
    assert_eq!(shop.state(payment.payment_id).await, payment);
}

#[tokio::test]
async fn another_payments_object_is_not_taken_for_ours() {
    let shop = Shop::open_with(Options { without_reconciler: true, ..Options::default() }).await;
    let waiting = shop.authorised(Some("pm_card_authenticationRequired")).await;
    let paid = shop.authorised(None).await;
    let body = event(&shop, &paid, "payment_intent.succeeded").await;
    let text = String::from_utf8(body).expect("text");
    let mixed = text.replace(&paid.payment_id.to_string(), &waiting.payment_id.to_string()).into_bytes();
    let _answer = send(&shop, &signature(WEBHOOK_SECRET, now_s(&shop), &mixed), &mixed).await.expect(200);
    assert_eq!(shop.state(waiting.payment_id).await, waiting);
}

#[tokio::test]
async fn a_body_without_end_is_cut_off() {
    let shop = Shop::open().await;
    let body = vec![b' '; 300 * 1024];
    let answer = send(&shop, &signature(WEBHOOK_SECRET, now_s(&shop), &body), &body).await;
    answer.expect_problem(413, "body_too_large");
}

/// What the provider has of a payment from now on, whatever it had said.
async fn provider_has(shop: &Shop, payment: &PaymentState, status: &str, received: i64) {
    let changed = sqlx::query(
        "UPDATE sandbox.intents SET status = $2, amount_received = $3
          WHERE id = (SELECT provider_ref FROM payment.payments WHERE payment_id = $1)",
    )
    .bind(payment.payment_id.0)
    .bind(status)
    .bind(received)
    .execute(shop.db.pool())
    .await
    .expect("the provider's books");
    assert_eq!(changed.rows_affected(), 1);
}

async fn tell(shop: &Shop, payment: &PaymentState, kind: &str) {
    let body = event(shop, payment, kind).await;
    let _answer = send(shop, &signature(WEBHOOK_SECRET, now_s(shop), &body), &body).await.expect(200);
}

#[tokio::test]
async fn money_for_what_was_declined_or_voided_is_told_once_and_can_go_back() {
    let shop = Shop::open_with(Options { without_reconciler: true, ..Options::default() }).await;
    let declined = shop.authorised(Some("pm_card_chargeDeclined")).await;
    assert_eq!(declined.status, PaymentStatus::Declined);
    let voided = shop.authorised(None).await;
    let _answer = shop.void(voided.payment_id).await.expect(200);
    for payment in [&declined, &voided] {
        let id = payment.payment_id;
        tell(&shop, payment, "payment_intent.succeeded").await;
        assert_ne!(shop.state(id).await.status, PaymentStatus::Captured, "what a call says is not trusted");
        provider_has(&shop, payment, "succeeded", payment.amount.minor).await;
        for _ in 0..2 {
            tell(&shop, payment, "payment_intent.succeeded").await;
        }
        assert_eq!(shop.state(id).await.status, PaymentStatus::Captured);
        let told = shop.events(id).await.into_iter().filter(|(_, kind, _)| kind == "payment-completed").count();
        assert_eq!(told, 1, "booking hears of it once");
        let _answer = shop.refund(id, id.0, payment.amount).await.expect(200);
        assert_eq!(shop.state(id).await.refunded, payment.amount);
    }
    let balances = shop.balances().await;
    assert!(balances.iter().all(|(account, _)| account == "CAPTURED" || account == "REFUNDED"), "{balances:?}");
}

#[tokio::test]
async fn what_is_reserved_for_a_declined_attempt_is_given_up() {
    let shop = Shop::open_with(Options { without_reconciler: true, ..Options::default() }).await;
    let declined = shop.authorised(Some("pm_card_chargeDeclined")).await;
    provider_has(&shop, &declined, "requires_capture", 0).await;
    tell(&shop, &declined, "payment_intent.amount_capturable_updated").await;
    assert_eq!(shop.state(declined.payment_id).await.status, PaymentStatus::Declined);
    let bound: i64 = sqlx::query_scalar("SELECT count(*) FROM sandbox.intents WHERE status <> 'canceled'")
        .fetch_one(shop.db.pool())
        .await
        .expect("a number");
    assert_eq!(bound, 0);
}
