//! Bank transfers: instructions at once, the money days later, or too late.

use crate::shop::{Options, Shop};
use onsale_core::api::booking::PaymentMethod;
use onsale_core::api::internal::{AuthorisePayment, PaymentState, PaymentStatus};
use serde_json::json;

fn transfer(shop: &Shop) -> AuthorisePayment {
    AuthorisePayment { method: PaymentMethod::BankTransfer, return_url: None, ..shop.request(None) }
}

async fn send(shop: &Shop, payment: &PaymentState) {
    let url = url::Url::parse(payment.redirect_url.as_deref().expect("a page")).expect("an address");
    let html = shop.nobody_at_the_sandbox().get(url.path()).await.expect(200).text();
    let reference = &payment.transfer.as_ref().expect("instructions").reference;
    assert!(html.contains(reference) && html.contains("EUR 100.00"), "{html}");
    let sent = shop.nobody_at_the_sandbox().post(&format!("{}/send", url.path()), &json!({})).await;
    let _answer = sent.expect(303);
}

#[tokio::test]
async fn a_transfer_has_instructions_and_its_money_is_taken_when_it_comes() {
    let shop = Shop::open_with(Options { with_webhooks: true, without_reconciler: true, ..Options::default() }).await;
    let request = transfer(&shop);
    let payment = shop.authorise(&request).await;
    assert_eq!(payment.status, PaymentStatus::RequiresAction);
    let told = payment.transfer.clone().expect("instructions");
    assert!(told.iban.starts_with("DE") && told.reference.len() == 10, "{told:?}");
    assert_eq!(shop.authorise(&request).await, payment, "the same instructions again");
    assert_eq!(shop.state(payment.payment_id).await.transfer, Some(told));
    let with_token = AuthorisePayment { token: Some("pm_card_visa".to_owned()), ..transfer(&shop) };
    shop.booking.post("/internal/payments", &with_token).await.expect_problem(422, "invalid");

    send(&shop, &payment).await;
    let paid = shop.until(payment.payment_id, PaymentStatus::Captured).await;
    assert_eq!((paid.transfer, paid.redirect_url), (None, None));
    let _answer = shop.refund(payment.payment_id, payment.payment_id.0, payment.amount).await.expect(200);
    assert_eq!(shop.sums().await["refunded"], 10_000);
}

#[tokio::test]
async fn a_transfer_that_comes_after_it_was_given_up_is_told_as_late_money() {
    let shop = Shop::open_with(Options { with_webhooks: true, without_reconciler: true, ..Options::default() }).await;
    let payment = shop.authorise(&transfer(&shop)).await;
    let voided: PaymentState = shop.void(payment.payment_id).await.expect(200).parse();
    assert_eq!(voided.status, PaymentStatus::Voided);
    send(&shop, &payment).await;
    shop.until(payment.payment_id, PaymentStatus::Captured).await;
    let told = shop.events(payment.payment_id).await;
    assert_eq!(told.last().map(|(_, kind, _)| kind.as_str()), Some("payment-completed"));
}
