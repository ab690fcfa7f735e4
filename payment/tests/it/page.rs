//! The hosted page, and payments that need it.

use crate::shop::{Options, Shop};
use onsale_core::api::internal::{PaymentState, PaymentStatus};
use serde_json::json;

fn path_of(payment: &PaymentState) -> String {
    let url = payment.redirect_url.as_deref().expect("a page to go on");
    url::Url::parse(url).expect("an address").path().to_owned()
}

#[tokio::test]
async fn an_approved_redirect_becomes_authorised_by_webhook() {
    let shop = Shop::open_with(Options { with_webhooks: true, without_reconciler: true, ..Options::default() }).await;
    let payment = shop.authorised(Some("pm_card_authenticationRequired")).await;
    assert_eq!(payment.status, PaymentStatus::RequiresAction);
    let path = path_of(&payment);
    let html = shop.sandbox.get(&path).await.expect(200).text();
    assert!(html.contains("EUR 100.00") && html.contains("Approve") && html.contains("Decline"), "{html}");
    let gone_on = shop.sandbox.post(&format!("{path}/approve"), &json!({})).await.expect(303);
    let location = gone_on.header("location").expect("a way back");
    assert!(location.starts_with("https://tickets.example/orders/1?payment_intent=pi_"), "{location}");
    assert!(location.ends_with("redirect_status=succeeded"), "{location}");
    let authorised = shop.until(payment.payment_id, PaymentStatus::Authorised).await;
    assert_eq!(authorised.redirect_url, None);
    // Pressing again only leads on.
    let _answer = shop.sandbox.post(&format!("{path}/decline"), &json!({})).await.expect(303);
    let captured: PaymentState = shop.capture(payment.payment_id).await.expect(200).parse();
    assert_eq!(captured.status, PaymentStatus::Captured);
}

#[tokio::test]
async fn a_lost_webhook_is_made_up_for() {
    let shop = Shop::open().await;
    let payment = shop.authorised(Some("pm_card_authenticationRequired")).await;
    let _answer = shop.sandbox.post(&format!("{}/approve", path_of(&payment)), &json!({})).await.expect(303);
    shop.until(payment.payment_id, PaymentStatus::Authorised).await;
}

#[tokio::test]
async fn a_declined_redirect_is_declined() {
    let shop = Shop::open_with(Options { with_webhooks: true, ..Options::default() }).await;
    let payment = shop.authorised(Some("pm_card_authenticationRequired")).await;
    let gone_on = shop.sandbox.post(&format!("{}/decline", path_of(&payment)), &json!({})).await.expect(303);
    assert!(gone_on.header("location").is_some_and(|url| url.ends_with("redirect_status=failed")));
    let declined = shop.until(payment.payment_id, PaymentStatus::Declined).await;
    assert_eq!(declined.decline_code.as_deref(), Some("payment_intent_authentication_failure"));
}

#[tokio::test]
async fn a_redirect_given_up_cannot_be_approved() {
    let shop = Shop::open().await;
    let payment = shop.authorised(Some("pm_card_authenticationRequired")).await;
    let voided: PaymentState = shop.void(payment.payment_id).await.expect(200).parse();
    assert_eq!(voided.status, PaymentStatus::Voided);
    let _answer = shop.sandbox.post(&format!("{}/approve", path_of(&payment)), &json!({})).await.expect(303);
    assert_eq!(shop.sums().await["authorised"], 0);
}

#[tokio::test]
async fn texts_on_the_page_are_escaped() {
    let shop = Shop::open().await;
    let mut request = shop.request(Some("pm_card_authenticationRequired"));
    request.description = "<script>alert('x')</script>".to_owned();
    let payment = shop.authorise(&request).await;
    let answer = shop.sandbox.get(&path_of(&payment)).await.expect(200);
    assert!(!answer.text().contains("<script"), "{}", answer.text());
    assert!(answer.header("content-security-policy").is_some_and(|policy| policy.starts_with("default-src 'none'")));
}
