//! Mails about money: who is told, and who is not.

use crate::stage::{ORDER, Stage};
use onsale_core::events::Topic;
use serde_json::{Value, json};

impl Stage {
    async fn publish_payment(&self, topic: Topic, method: &str, reason: Option<&str>) {
        let payment = json!({
            "paymentId": "0190a000-0000-7000-8000-00000000000b", "orderId": ORDER, "method": method,
            "amount": {"amount": "80.00", "currency": "EUR"}, "reason": reason
        });
        self.publish(topic, payment).await;
    }

    /// The order is so from now on.
    fn change_order(&self, name: &str, value: Value) {
        self.booking.changed.lock().expect("not poisoned").insert(name.to_owned(), value);
    }

    async fn templates(&self) -> Vec<String> {
        let templates = sqlx::query_scalar("SELECT template FROM notification.mails ORDER BY created_at, id");
        templates.fetch_all(self.db.pool()).await.expect("mails")
    }
}

#[tokio::test]
async fn each_refund_is_told() {
    let stage = Stage::start(&[]).await;
    stage.publish_payment(Topic::PaymentRefunded, "CREDIT_CARD", None).await;
    stage.publish_payment(Topic::PaymentRefunded, "CREDIT_CARD", None).await;
    stage.until_count("notification.mails WHERE body_text LIKE '%€80.00%'", 2).await;
    assert_eq!(stage.templates().await, ["payment_refunded", "payment_refunded"]);
}

#[tokio::test]
async fn what_is_given_back_for_cancelled_tickets_is_told_with_them_and_not_twice() {
    let stage = Stage::start(&[]).await;
    let mut order = crate::samples::order();
    order["tickets"][1]["status"] = json!("CANCELLED");
    stage.change_order("tickets", order["tickets"].take());
    stage.publish_payment(Topic::PaymentRefunded, "CREDIT_CARD", None).await;
    stage.publish_tickets(Topic::TicketCancelled, crate::stage::ENGLISH).await;
    stage.until_orders_asked(2).await;
    stage.until_count("notification.mails WHERE body_text LIKE '%€80.00 of this order go back%'", 1).await;
    assert_eq!(stage.templates().await, ["order_cancelled"]);
}

#[tokio::test]
async fn who_pays_by_transfer_is_told_how_once_booking_knows() {
    let stage = Stage::start(&[]).await;
    stage.change_order("status", json!("PENDING"));
    stage.publish_payment(Topic::PaymentInitiated, "CREDIT_CARD", None).await;
    stage.publish_payment(Topic::PaymentInitiated, "BANK_TRANSFER", None).await;
    // Booking commits what payment answered a moment after payment told of it.
    stage.until_orders_asked(1).await;
    assert_eq!(stage.count("notification.mails").await, 0);
    stage.change_order(
        "nextAction",
        json!({
            "type": "bank_transfer", "url": "https://bank.example/how", "until": "2026-11-05T10:00:00Z",
            "transfer": {"accountHolder": "Onsale", "iban": "ES91 2100", "bic": "CAIX", "reference": "K7M4-22QX"}
        }),
    );
    stage.until_count("notification.mails WHERE body_text LIKE '%IBAN: ES91 2100%'", 1).await;
    assert_eq!(stage.templates().await, ["transfer_instructions"]);
}

#[tokio::test]
async fn a_payment_that_failed_is_told_once_and_only_while_nothing_is_paid() {
    let stage = Stage::start(&[]).await;
    // Another attempt was faster; an attempt whose time was over, while the next is under way; the counter.
    stage.publish_payment(Topic::PaymentFailed, "CREDIT_CARD", Some("card_declined")).await;
    stage.until_orders_asked(1).await;
    stage.change_order("status", json!("PENDING"));
    stage.publish_payment(Topic::PaymentFailed, "CREDIT_CARD", Some("voided")).await;
    stage.until_orders_asked(2).await;
    stage.publish_payment(Topic::PaymentFailed, "INVOICE", Some("voided")).await;
    stage.publish_payment(Topic::PaymentFailed, "CREDIT_CARD", Some("card_declined")).await;
    stage.publish_payment(Topic::PaymentFailed, "WALLET", Some("insufficient_funds")).await;
    stage.until_count("notification.inbox", 2).await;
    assert_eq!(stage.templates().await, ["payment_problem"]);
}
