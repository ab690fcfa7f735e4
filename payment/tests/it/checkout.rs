//! The provider's own page: Checkout Sessions.

use crate::shop::{Options, Shop, euros};
use onsale_core::api::internal::{PaymentState, PaymentStatus};
use onsale_testkit::Answer;
use onsale_testkit::database::count;
use serde_json::{Value, json};

async fn open_shop(with_webhooks: bool, without_reconciler: bool) -> Shop {
    let settings = vec![("PAYMENT_HOSTED_PAGE", "on".to_owned()), ("PAYMENT_PROVIDER_TIMEOUT_MS", "4000".to_owned())];
    Shop::open_with(Options { settings, with_webhooks, without_reconciler }).await
}

fn page_of(payment: &PaymentState) -> String {
    let url = payment.redirect_url.as_deref().expect("a page to go on");
    let path = url::Url::parse(url).expect("an address").path().to_owned();
    assert!(path.starts_with("/sandbox/checkout/cs_test_"), "{path}");
    path
}

async fn press(shop: &Shop, payment: &PaymentState, button: &str) -> Answer {
    shop.nobody_at_the_sandbox().post(&format!("{}/{button}", page_of(payment)), &json!({})).await
}

async fn session(shop: &Shop, payment: &PaymentState) -> Value {
    let page = page_of(payment);
    let id = page.rsplit('/').next().expect("an id");
    shop.sandbox.get(&format!("/v1/checkout/sessions/{id}")).await.expect(200).json()
}

#[tokio::test]
async fn without_a_token_the_payer_goes_to_the_page_and_comes_back_authorised() {
    let shop = open_shop(true, true).await;
    let payment = shop.authorised(None).await;
    assert_eq!(payment.status, PaymentStatus::RequiresAction);
    let html = shop.nobody_at_the_sandbox().get(&page_of(&payment)).await.expect(200).text();
    assert!(html.contains("EUR 100.00") && html.contains("Two seats"), "{html}");
    assert_eq!(shop.sums().await["authorised"], 0);
    let back = press(&shop, &payment, "approve").await.expect(303);
    assert_eq!(back.header("location"), Some("https://tickets.example/orders/1"));
    shop.until(payment.payment_id, PaymentStatus::Authorised).await;
    let _answer = shop.capture(payment.payment_id).await.expect(200);
    let _answer = shop.refund(payment.payment_id, shop.new_id(), euros(100)).await.expect(200);
    assert_eq!(shop.sums().await["refunded"], 10_000);
    assert_eq!(count(shop.db.pool(), "payment.ledger_differences").await, 0);
}

#[tokio::test]
async fn asked_again_it_is_the_same_page() {
    let shop = open_shop(false, true).await;
    let request = shop.request(None);
    let first = shop.authorise(&request).await;
    assert_eq!(shop.authorise(&request).await, first);
    assert_eq!(count(shop.db.pool(), "sandbox.sessions").await, 1);
}

#[tokio::test]
async fn a_declined_card_decides_nothing() {
    let shop = open_shop(true, false).await;
    let payment = shop.authorised(None).await;
    let _answer = press(&shop, &payment, "decline").await.expect(303);
    let html = shop.nobody_at_the_sandbox().get(&page_of(&payment)).await.expect(200).text();
    assert!(html.contains("was declined"), "{html}");
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    assert_eq!(shop.state(payment.payment_id).await.status, PaymentStatus::RequiresAction);
    let _answer = press(&shop, &payment, "approve").await.expect(303);
    shop.until(payment.payment_id, PaymentStatus::Authorised).await;
}

#[tokio::test]
async fn a_void_expires_the_page_and_no_money_can_come() {
    let shop = open_shop(false, true).await;
    let payment = shop.authorised(None).await;
    let voided: PaymentState = shop.void(payment.payment_id).await.expect(200).parse();
    assert_eq!(voided.status, PaymentStatus::Voided);
    assert_eq!(session(&shop, &payment).await["status"], "expired");
    let late = press(&shop, &payment, "approve").await.expect(200);
    assert!(late.text().contains("expired"), "{}", late.text());
    assert_eq!(shop.sums().await["authorised"], 0);
}

#[tokio::test]
async fn a_payer_who_was_faster_than_the_void_gets_the_money_back() {
    let shop = open_shop(false, true).await;
    let payment = shop.authorised(None).await;
    let _answer = press(&shop, &payment, "approve").await.expect(303);
    assert_eq!(shop.sums().await["authorised"], 10_000);
    let voided: PaymentState = shop.void(payment.payment_id).await.expect(200).parse();
    assert_eq!(voided.status, PaymentStatus::Voided);
    assert_eq!(session(&shop, &payment).await["status"], "complete");
    assert_eq!(shop.sums().await["authorised"], 0);
}

#[tokio::test]
async fn the_page_needs_a_way_back() {
    let shop = open_shop(false, true).await;
    let mut request = shop.request(None);
    request.return_url = None;
    let problem = shop.booking.post("/internal/payments", &request).await.expect_problem(422, "invalid");
    assert_eq!(problem["errors"][0]["field"], "returnUrl");
}
