//! An answer that does not come means unknown, never failed.

use crate::shop::{Options, Shop};
use onsale_core::api::internal::{PaymentState, PaymentStatus};
use onsale_testkit::database::count;
use serde_json::json;
use std::time::Duration;

#[tokio::test]
async fn a_lost_answer_is_asked_for_again_by_the_same_key() {
    let shop = Shop::open_with(Options { without_reconciler: true, ..Options::default() }).await;
    let request = shop.request(Some("pm_sandbox_timeout_after_effect"));
    let first = shop.authorise(&request).await;
    assert_eq!(first.status, PaymentStatus::Pending);
    assert_eq!(shop.sums().await["authorised"], 10_000, "the effect is there");
    let again = shop.authorise(&request).await;
    assert_eq!(again.status, PaymentStatus::Authorised);
    assert_eq!(count(shop.db.pool(), "sandbox.intents").await, 1);
}

#[tokio::test]
async fn the_reconciler_finds_what_was_slow() {
    let shop = Shop::open().await;
    let payment = shop.authorised(Some("pm_sandbox_slow")).await;
    assert_eq!(payment.status, PaymentStatus::Pending);
    shop.until(payment.payment_id, PaymentStatus::Authorised).await;
    assert_eq!(count(shop.db.pool(), "sandbox.intents").await, 1);
    let captured: PaymentState = shop.capture(payment.payment_id).await.expect(200).parse();
    assert_eq!(captured.status, PaymentStatus::Captured);
}

#[tokio::test]
async fn a_void_of_an_unknown_payment_holds() {
    let shop = Shop::open().await;
    let payment = shop.authorised(Some("pm_sandbox_slow")).await;
    let asked: PaymentState = shop.void(payment.payment_id).await.expect(200).parse();
    assert_eq!(asked.status, PaymentStatus::Pending, "the provider is still at it");
    shop.until(payment.payment_id, PaymentStatus::Voided).await;
    assert_eq!(shop.sums().await["authorised"], 0);
}

#[tokio::test]
async fn a_provider_that_is_away_leaves_payments_pending() {
    // Nobody listens on the discard port.
    let settings = vec![("PAYMENT_SANDBOX_URL", "http://127.0.0.1:9".to_owned())];
    let shop = Shop::open_with(Options { settings, ..Options::default() }).await;
    let started = std::time::Instant::now();
    let payment = shop.authorised(None).await;
    assert_eq!(payment.status, PaymentStatus::Pending);
    assert!(started.elapsed() < Duration::from_secs(2), "the call's time is bounded");
    let kinds: Vec<_> = shop.events(payment.payment_id).await.into_iter().map(|(_, kind, _)| kind).collect();
    assert_eq!(kinds, ["payment-initiated"], "the attempt is durable before the provider is called");
}

#[tokio::test]
async fn a_capture_without_an_answer_is_carried_on() {
    let shop = Shop::open().await;
    let payment = shop.authorised(None).await;
    // The provider took the money, but neither its answer nor its webhook arrived.
    let reference: String = sqlx::query_scalar("SELECT provider_ref FROM payment.payments")
        .fetch_one(shop.db.pool())
        .await
        .expect("one payment");
    let path = format!("/v1/payment_intents/{reference}/capture");
    let _answer = shop.sandbox.post(&path, &json!({})).await.expect(200);
    let captured: PaymentState = shop.capture(payment.payment_id).await.expect(200).parse();
    assert_eq!(captured.status, PaymentStatus::Captured);
    assert_eq!(shop.sums().await["captured"], 10_000);
}
