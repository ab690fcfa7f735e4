//! Giving up an order that is being paid: the wish holds at once, and no money is kept for it.

use crate::shop::Shop;
use onsale_booking::domain::life::{Effect, Event, Fact, Life, OrderLife, Places, Refusal, Saga, step};
use onsale_booking::service::{drive_order, hear_payment};
use onsale_core::api::internal::PaymentStatus;
use onsale_core::events::PaymentChanged;
use onsale_core::{OrderId, OrderStatus, PaymentId, ReservationStatus};
use onsale_testkit::TestClient;
use serde_json::{Value, json};
use std::sync::atomic::Ordering;
use uuid::Uuid;

async fn hold(buyer: &TestClient, seats: &[&str]) -> String {
    let seats: Vec<Value> = seats.iter().map(|seat| json!({"seatId": seat})).collect();
    let held = buyer.post("/api/bookings/reserve", &json!({"eventId": "EVT", "seats": seats})).await.expect(201).json();
    held["reservationId"].as_str().expect("an id").to_owned()
}

/// Goes to the bank's page; gives the order's address.
async fn go_to_bank(buyer: &TestClient, hold: &str) -> String {
    let body = json!({"reservationId": hold, "paymentMethod": "CREDIT_CARD", "paymentToken": "pm_redirect"});
    let order = buyer.post("/api/bookings/confirm", &body).await.expect(202).json();
    format!("/api/bookings/{}", order["orderId"].as_str().expect("an id"))
}

fn all_payments(shop: &Shop, status: PaymentStatus) {
    for payment in shop.till.0.lock().values_mut() {
        payment.status = status;
    }
}

/// What was taken and what of it was given back, in minor units.
fn money(shop: &Shop) -> (i64, i64) {
    let payments = shop.till.0.lock();
    let captured = payments.values().filter(|payment| payment.status == PaymentStatus::Captured);
    (captured.map(|payment| payment.amount.minor).sum(), payments.values().map(|payment| payment.refunded.minor).sum())
}

async fn is_free(shop: &Shop, seats: &[&str]) {
    let (other, _) = shop.buyer();
    hold(&other, seats).await;
}

#[tokio::test]
async fn an_order_at_the_bank_is_given_up_and_its_seats_are_free_at_once() {
    let shop = Shop::open().await;
    let (buyer, _) = shop.buyer();
    let held = hold(&buyer, &["A1", "A2"]).await;
    let order = go_to_bank(&buyer, &held).await;
    let quote = buyer.get(&format!("{order}/cancel-quote")).await.expect(200).json();
    assert_eq!((&quote["cancellable"], &quote["refund"]["amount"]), (&json!(true), &json!("0.00")));
    let (other, _) = shop.buyer();
    other.post(&format!("{order}/cancel"), &json!({})).await.expect_problem(404, "not_found");
    let some = json!({"tickets": ["018f0000-0000-7000-8000-000000000000"]});
    buyer.post(&format!("{order}/cancel"), &some).await.expect_problem(422, "invalid");
    let keyed = buyer.with_header("idempotency-key", "up-1");
    for replayed in [None, Some("true")] {
        let answer = keyed.post(&format!("{order}/cancel"), &json!({})).await.expect(200);
        assert_eq!(answer.header("idempotent-replayed"), replayed);
        let stands = answer.json();
        assert_eq!((&stands["status"], &stands["nextAction"]), (&json!("CANCELLED"), &Value::Null));
    }
    buyer.post(&format!("{order}/cancel"), &json!({})).await.expect(200);
    assert!(shop.till.0.lock().values().all(|payment| payment.status == PaymentStatus::Voided));
    let seen = buyer.get(&format!("/api/bookings/reservations/{held}")).await.expect(200).json();
    assert_eq!(seen["status"], "RELEASED");
    let again = json!({"reservationId": held, "paymentMethod": "CREDIT_CARD"});
    buyer.post("/api/bookings/confirm", &again).await.expect_problem(410, "hold_expired");
    let told = "SELECT count(*) FROM booking.events
                WHERE type IN ('order-given-up', 'order-cancelled', 'reservation-released')";
    assert_eq!(shop.count(told).await, 3, "each once");
    is_free(&shop, &["A1", "A2"]).await;
    shop.check_books().await;
}

#[tokio::test]
async fn while_the_provider_is_silent_the_wish_stands_and_the_seats_are_kept() {
    let shop = Shop::open().await;
    let (buyer, _) = shop.buyer();
    let held = hold(&buyer, &["B1"]).await;
    let order = go_to_bank(&buyer, &held).await;
    shop.till.1.store(true, Ordering::Relaxed);
    let answer = buyer.delete(&format!("/api/bookings/reservations/{held}")).await.expect(202);
    assert_eq!(answer.header("location"), Some(order.as_str()));
    assert!(answer.header("retry-after").is_some());
    assert_eq!(answer.json()["status"], "PENDING");
    buyer.post(&format!("{order}/cancel"), &json!({})).await.expect(202);
    let (other, _) = shop.buyer();
    let wish = json!({"eventId": "EVT", "seats": [{"seatId": "B1"}]});
    other.post("/api/bookings/reserve", &wish).await.expect_problem(409, "seats_unavailable");

    // The payer approves all the same: what was wanted before holds.
    all_payments(&shop, PaymentStatus::Authorised);
    shop.till.1.store(false, Ordering::Relaxed);
    drive_order::resume(&shop.state, held.parse().expect("an id")).await;
    assert_eq!(buyer.get(&order).await.expect(200).json()["status"], "CANCELLED");
    assert_eq!(money(&shop), (0, 0), "nothing was taken");
    buyer.delete(&format!("/api/bookings/reservations/{held}")).await.expect(204);
    is_free(&shop, &["B1"]).await;
    shop.check_books().await;
}

#[tokio::test]
async fn money_that_was_faster_goes_back_whole_whatever_the_policy_keeps() {
    let shop = Shop::open_with(&[], |offer| offer.sale.refund.until_hours_before = None).await;
    let (buyer, _) = shop.buyer();
    let held = hold(&buyer, &["C1"]).await;
    let order = go_to_bank(&buyer, &held).await;
    all_payments(&shop, PaymentStatus::Captured);
    let stands = buyer.post(&format!("{order}/cancel"), &json!({})).await.expect(200).json();
    assert_eq!((&stands["status"], &stands["refunded"]), (&json!("CANCELLED"), &stands["total"]));
    assert_eq!(money(&shop), (8_100, 8_100));
    assert_eq!(shop.count("SELECT count(*) FROM booking.tickets").await, 0);
    is_free(&shop, &["C1"]).await;
    shop.check_books().await;
}

#[tokio::test]
async fn money_that_comes_after_the_order_was_given_up_buys_nothing() {
    let shop = Shop::open().await;
    let (buyer, _) = shop.buyer();
    let held = hold(&buyer, &["D1"]).await;
    let order = go_to_bank(&buyer, &held).await;
    buyer.post(&format!("{order}/cancel"), &json!({})).await.expect(200);
    all_payments(&shop, PaymentStatus::Captured);
    let paid = {
        let payments = shop.till.0.lock();
        let payment = payments.values().next().expect("a payment");
        let (payment_id, order_id, amount) = (payment.payment_id, payment.order_id, payment.amount);
        PaymentChanged { payment_id, order_id, method: payment.method, amount, refund_id: None, reason: None }
    };
    for _ in 0..2 {
        hear_payment::completed(&shop.state, &paid).await.expect("it is heard");
    }
    assert_eq!(money(&shop), (5_100, 5_100), "the seats are free, but nobody wants them");
    assert_eq!(buyer.get(&order).await.expect(200).json()["status"], "CANCELLED");
    shop.check_books().await;
}

#[tokio::test]
async fn a_declined_order_is_given_up_without_asking_anybody() {
    let shop = Shop::open().await;
    let (buyer, _) = shop.buyer();
    let held = hold(&buyer, &["E1"]).await;
    let declined = json!({"reservationId": held, "paymentMethod": "CREDIT_CARD", "paymentToken": "pm_declined"});
    let problem = buyer.post("/api/bookings/confirm", &declined).await.expect_problem(402, "payment_declined");
    shop.till.1.store(true, Ordering::Relaxed);
    let path = format!("/api/bookings/{}/cancel", problem["orderId"].as_str().expect("an id"));
    assert_eq!(buyer.post(&path, &json!({})).await.expect(200).json()["status"], "CANCELLED");
    is_free(&shop, &["E1"]).await;
    shop.check_books().await;
}

fn capturing() -> Life {
    let now = chrono::DateTime::UNIX_EPOCH;
    let order = OrderLife {
        id: OrderId(Uuid::from_u128(1)),
        status: OrderStatus::Pending,
        saga: Saga::Capturing,
        attempt: PaymentId(Uuid::from_u128(2)),
        window_ends_at: now,
        amount: 700,
        refunded: 0,
        last_refund: None,
        given_up: false,
    };
    Life { status: ReservationStatus::Confirmed, hold_ends_at: now, order: Some(order) }
}

#[test]
fn what_is_given_up_while_its_money_is_taken_is_unsold_and_given_back() {
    let (now, attempt, refund) = (chrono::DateTime::UNIX_EPOCH, PaymentId(Uuid::from_u128(2)), Uuid::from_u128(3));
    let (life, effects) = step(&capturing(), &Event::GiveUp, now).expect("it is given up");
    assert_eq!(effects, [Effect::Tell(Fact::OrderGivenUp), Effect::Capture(attempt)]);
    let (again, effects) = step(&life, &Event::GiveUp, now).expect("a second time");
    assert_eq!((&again, effects), (&life, vec![Effect::Capture(attempt)]), "nothing new is told");

    let captured = Event::Captured { attempt, refund, places: Places::Gone };
    let (taken, effects) = step(&life, &captured, now).expect("the money was taken");
    let order = taken.order.as_ref().expect("an order");
    assert_eq!((order.status, &order.saga), (OrderStatus::Cancelled, &Saga::Refunding { refund, amount: 700 }));
    assert!(effects.contains(&Effect::CancelTickets) && !effects.contains(&Effect::Tell(Fact::TicketConfirmed)));
    let (settled, _) = step(&taken, &Event::Refunded { refund }, now).expect("it is back");
    assert_eq!(step(&settled, &captured, now).expect("heard again").1, [], "given back once");

    let failed = step(&life, &Event::CaptureFailed { attempt }, now).expect("no money came").0;
    assert_eq!(failed.order.map(|order| order.status), Some(OrderStatus::Cancelled));
    let paid = step(&capturing(), &captured, now).expect("not given up").0;
    assert_eq!(step(&paid, &Event::GiveUp, now), Err(Refusal::NotCancellable), "what is paid is cancelled by policy");
}
