//! Bank transfers: only where the organiser takes them, with days to pay, and late money as for any attempt.

use crate::shop::Shop;
use onsale_booking::service::{drive_order, hear_payment};
use onsale_core::api::internal::PaymentStatus;
use onsale_core::events::PaymentChanged;
use onsale_testkit::TestClient;
use serde_json::{Value, json};

async fn hold(buyer: &TestClient, seats: &[&str]) -> String {
    let seats: Vec<Value> = seats.iter().map(|seat| json!({"seatId": seat})).collect();
    let held = buyer.post("/api/bookings/reserve", &json!({"eventId": "EVT", "seats": seats})).await.expect(201).json();
    held["reservationId"].as_str().expect("an id").to_owned()
}

fn by_transfer(hold: &str) -> Value {
    json!({"reservationId": hold, "paymentMethod": "BANK_TRANSFER"})
}

/// The bank brings the money of the only attempt.
fn money_comes(shop: &Shop) -> PaymentChanged {
    let mut payments = shop.till.0.lock();
    let paid = payments.values_mut().next().expect("a payment");
    paid.status = PaymentStatus::Captured;
    let (payment_id, order_id, amount) = (paid.payment_id, paid.order_id, paid.amount);
    PaymentChanged { payment_id, order_id, method: paid.method, amount, refund_id: None, reason: None }
}

#[tokio::test]
async fn transfers_are_taken_only_where_the_organiser_says_so_and_there_is_time() {
    let shop = Shop::open().await;
    let (buyer, _) = shop.buyer();
    let held = hold(&buyer, &["A1"]).await;
    let problem = buyer.post("/api/bookings/confirm", &by_transfer(&held)).await.expect_problem(422, "invalid");
    assert_eq!(problem["errors"][0]["code"], "not_offered");

    let soon = Shop::open_with(&[], |offer| {
        offer.sale.bank_transfers = true;
        offer.starts_at -= chrono::TimeDelta::days(28);
    })
    .await;
    let (buyer, _) = soon.buyer();
    let held = hold(&buyer, &["A1"]).await;
    let problem = buyer.post("/api/bookings/confirm", &by_transfer(&held)).await.expect_problem(422, "invalid");
    assert_eq!(problem["errors"][0]["code"], "too_late");
}

#[tokio::test]
async fn the_seats_of_a_transfer_are_kept_for_days_and_sold_when_its_money_comes() {
    let shop = Shop::open_with(&[], |offer| offer.sale.bank_transfers = true).await;
    let (buyer, _) = shop.buyer();
    let held = hold(&buyer, &["A1", "A2"]).await;
    let declined = json!({"reservationId": held, "paymentMethod": "CREDIT_CARD", "paymentToken": "pm_declined"});
    buyer.post("/api/bookings/confirm", &declined).await.expect_problem(402, "payment_declined");
    shop.till.0.lock().clear();
    let order = buyer.post("/api/bookings/confirm", &by_transfer(&held)).await.expect(202).json();
    let action = &order["nextAction"];
    assert_eq!((&action["type"], &action["transfer"]["reference"]), (&json!("bank_transfer"), &json!("ABC123")));
    let hours = "SELECT (extract(epoch FROM window_ends_at - created_at) / 3600)::bigint FROM booking.orders";
    assert_eq!(shop.count(hours).await, 72, "its own window, though a card was tried before");
    let (other, _) = shop.buyer();
    let wish = json!({"eventId": "EVT", "seats": [{"seatId": "A2"}]});
    other.post("/api/bookings/reserve", &wish).await.expect_problem(409, "seats_unavailable");

    let paid = money_comes(&shop);
    for _ in 0..2 {
        hear_payment::completed(&shop.state, &paid).await.expect("it is heard");
    }
    let path = format!("/api/bookings/{}", order["orderId"].as_str().expect("an id"));
    let seen = buyer.get(&path).await.expect(200).json();
    assert_eq!((&seen["status"], seen["tickets"].as_array().map(Vec::len)), (&json!("CONFIRMED"), Some(2)));
    assert_eq!(seen["nextAction"], Value::Null);
    shop.check_books().await;
}

#[tokio::test]
async fn after_its_window_only_the_provider_frees_the_seats_and_what_comes_then_is_late_money() {
    let mut shop = Shop::open_with(&[], |offer| offer.sale.bank_transfers = true).await;
    shop.moves_time();
    let (buyer, _) = shop.buyer();
    let held = hold(&buyer, &["B1"]).await;
    let order = buyer.post("/api/bookings/confirm", &by_transfer(&held)).await.expect(202).json();
    sqlx::query("UPDATE booking.orders SET window_ends_at = now() - interval '1 second'")
        .execute(shop.db.pool())
        .await
        .expect("days pass");
    sqlx::query("UPDATE booking.reservations SET hold_ends_at = now() - interval '1 second'")
        .execute(shop.db.pool())
        .await
        .expect("days pass");
    drive_order::resume(&shop.state, held.parse().expect("an id")).await;
    let path = format!("/api/bookings/{}", order["orderId"].as_str().expect("an id"));
    assert_eq!(buyer.get(&path).await.expect(200).json()["status"], "FAILED");
    assert_eq!(shop.count("SELECT count(*) FROM booking.seats WHERE state <> 0").await, 0);
    let (other, _) = shop.buyer();
    hold(&other, &["B1"]).await;
    let paid = money_comes(&shop);
    hear_payment::completed(&shop.state, &paid).await.expect("it is heard");
    let back: i64 = shop.till.0.lock().values().map(|payment| payment.refunded.minor).sum();
    assert_eq!(back, paid.amount.minor, "somebody else has the seat: it goes back");
    shop.check_books().await;
}
