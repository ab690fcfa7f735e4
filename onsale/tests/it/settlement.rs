//! An event's settlement is the payment ledger's, to the cent: after cards, cash, invoices, refunds and declined cards.

use crate::house::{House, PATIENCE, eventually};
use crate::program::{onsale, said};
use reqwest::Method;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const EVENT: &str = "EVT001";

struct Till<'a> {
    house: &'a House,
    token: &'a str,
}

impl Till<'_> {
    async fn send(&self, method: Method, path: &str, body: Option<&Value>) -> (u16, Value) {
        let answer = self.house.send(method, path, Some(self.token), body).await;
        (answer.status().as_u16(), answer.json().await.unwrap_or_default())
    }

    async fn buy(&self, seats: &[&str], token: &str) -> (u16, Value) {
        let seats: Vec<Value> = seats.iter().map(|seat| json!({"seatId": seat})).collect();
        let wish = json!({"eventId": EVENT, "seats": seats});
        let (status, held) = self.send(Method::POST, "/api/bookings/reserve", Some(&wish)).await;
        assert_eq!(status, 201, "{held}");
        let id = &held["reservationId"];
        let payment = json!({"reservationId": id, "paymentMethod": "CREDIT_CARD", "paymentToken": token});
        self.send(Method::POST, "/api/bookings/confirm", Some(&payment)).await
    }

    async fn sell(&self, seat: &str, method: &str) -> Value {
        let sale = json!({"seats": [{"seatId": seat}], "paymentMethod": method});
        let path = format!("/api/admin/events/{EVENT}/counter-sales");
        let (status, order) = self.send(Method::POST, &path, Some(&sale)).await;
        assert_eq!(status, 200, "{order}");
        order
    }

    async fn refund(&self, order: &Value, body: Value) {
        let path = format!("/api/admin/events/{EVENT}/orders/{}/refund", order["orderId"].as_str().expect("an id"));
        let (status, answer) = self.send(Method::POST, &path, Some(&body)).await;
        assert!(matches!(status, 200 | 202), "{status} {answer}");
    }

    async fn settlement(&self) -> Value {
        let (status, found) = self.send(Method::GET, &format!("/api/admin/events/{EVENT}/settlement"), None).await;
        assert_eq!(status, 200, "{found}");
        found
    }
}

/// An amount in minor units.
fn minor(amount: &Value) -> i64 {
    let text = amount["amount"].as_str().expect("an amount");
    text.chars().filter(|letter| *letter != '.').collect::<String>().parse().expect("a number")
}

#[tokio::test]
async fn the_settlement_is_the_ledgers_to_the_cent() {
    let house = House::open().await;
    let sown = onsale(&["seed", "load"], &house.settings).output().expect("the executable runs");
    assert!(sown.status.success(), "{}", said(&sown));
    eventually(EVENT, &house.client, &format!("{}/api/events/{EVENT}", house.gateway)).await;
    let (buyer, organiser) =
        (house.sign_in("buyer", &["customer"]).await, house.sign_in("boss", &["customer", "organiser"]).await);
    let (buyer, organiser) = (Till { house: &house, token: &buyer }, Till { house: &house, token: &organiser });
    let (status, two) = buyer.buy(&["VIP-A1", "VIP-A2"], "pm_card_visa").await;
    assert_eq!(status, 200, "{two}");
    let (status, _) = buyer.buy(&["VIP-A3"], "pm_card_visa_chargeDeclined").await;
    assert_eq!(status, 402);
    let cash = organiser.sell("VIP-B1", "CASH").await;
    let owed = organiser.sell("VIP-B2", "INVOICE").await;
    let paid = organiser.sell("VIP-B3", "INVOICE").await;
    let admin = house.sign_in("admin", &["customer", "admin"]).await;
    let settle = format!("/api/admin/orders/{}/settle", paid["orderId"].as_str().expect("an id"));
    assert_eq!(house.send(Method::POST, &settle, Some(&admin), None).await.status(), 200);
    organiser.refund(&two, json!({"tickets": [two["tickets"][0]["ticketId"]]})).await;
    organiser.refund(&cash, json!({"terms": "WHOLE"})).await;

    let began = Instant::now();
    let found = loop {
        let found = organiser.settlement().await;
        if found["openOrders"] == 0 {
            break found;
        }
        assert!(began.elapsed() < PATIENCE, "the refunds never came to an end: {found}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    };
    assert_eq!(found["agrees"], true, "{found}");
    assert_eq!(found["orders"], 5, "the declined card's among them");
    let sums: (i64, i64, i64, i64, i64, i64, i64, i64) = sqlx::query_as(
        "SELECT -sum(j.face_minor)::bigint, -sum(j.fee_minor)::bigint, -sum(j.tax_minor)::bigint,
                sum(j.discount_minor)::bigint, sum(j.captured_minor)::bigint, sum(j.cash_minor)::bigint,
                sum(j.receivable_minor)::bigint, -sum(j.refunded_minor)::bigint
         FROM payment.journal j JOIN payment.payments p USING (payment_id)
         WHERE p.order_id IN (SELECT o.id FROM booking.orders o JOIN booking.inventories i USING (event_no)
                            WHERE i.event_id = 'EVT001')",
    )
    .fetch_one(house.db.pool())
    .await
    .expect("the ledger");
    let told = ["face", "fees", "taxes", "discounts", "byProvider", "inCash", "owed", "givenBack"];
    let told: Vec<i64> = told.iter().map(|name| minor(&found[*name])).collect();
    let (face, fees, taxes, discounts, captured, in_cash, receivable, back) = sums;
    assert_eq!(told, [face, fees, taxes, discounts, captured, in_cash, receivable, back]);
    let (total, owed, paid) = (minor(&found["total"]), minor(&owed["total"]), minor(&paid["total"]));
    assert_eq!(total, captured + in_cash + receivable - back);
    assert_eq!(total, face + fees + taxes - discounts);
    assert_eq!((receivable, in_cash), (owed, paid + minor(&cash["total"])), "what is owed, and what is here");
    assert!(back > minor(&cash["total"]), "both refunds: {found}");
    assert_eq!(minor(&found["byOrders"]), total);
}
