//! Money that comes when nobody waits for it any more, and events that are called off.

use crate::shop::{STANDING, Shop};
use onsale_booking as booking;
use onsale_booking::service::{drive_order, hear_payment, wind_up_event};
use onsale_core::api::internal::{PaymentState, PaymentStatus};
use onsale_core::events::{PaymentChanged, Topic};
use onsale_testkit::TestClient;
use serde_json::{Value, json};
use std::sync::atomic::Ordering;
use std::time::Duration;

const SHORT_WINDOW: [(&str, &str); 1] = [("BOOKING_PAYMENT_WINDOW_SECONDS", "1")];
/// Longer than the window and than the hold.
const OVER: Duration = Duration::from_millis(2_300);

async fn hold(buyer: &TestClient, seats: &[&str]) -> String {
    let seats: Vec<Value> = seats.iter().map(|seat| json!({"seatId": seat})).collect();
    reserve(buyer, &json!({"eventId": "EVT", "seats": seats})).await
}

async fn reserve(buyer: &TestClient, wish: &Value) -> String {
    let held = buyer.post("/api/bookings/reserve", wish).await.expect(201).json();
    held["reservationId"].as_str().expect("an id").to_owned()
}

fn standing(quantity: u32) -> Value {
    json!({"eventId": "EVT", "tickets": [{"ticketType": "standing", "quantity": quantity}]})
}

/// Goes to the bank's page and does not come back; gives the order's id.
async fn go_to_bank(buyer: &TestClient, hold: &str) -> String {
    let body = json!({"reservationId": hold, "paymentMethod": "CREDIT_CARD", "paymentToken": "pm_redirect"});
    let order = buyer.post("/api/bookings/confirm", &body).await.expect(202).json();
    order["orderId"].as_str().expect("an id").to_owned()
}

/// Goes to the bank's page and stays away until hold and window are over and the attempt is given up; gives the order's
/// id.
async fn gives_up(shop: &Shop, buyer: &TestClient, hold: &str) -> String {
    let order = go_to_bank(buyer, hold).await;
    tokio::time::sleep(OVER).await;
    drive_order::resume(&shop.state, hold.parse().expect("an id")).await;
    order
}

async fn pay(buyer: &TestClient, hold: &str) -> Value {
    let body = json!({"reservationId": hold, "paymentMethod": "CREDIT_CARD"});
    buyer.post("/api/bookings/confirm", &body).await.expect(200).json()
}

/// Tries to pay with a card that is refused.
async fn is_declined(buyer: &TestClient, hold: &str) {
    let body = json!({"reservationId": hold, "paymentMethod": "CREDIT_CARD", "paymentToken": "pm_declined"});
    buyer.post("/api/bookings/confirm", &body).await.expect_problem(402, "payment_declined");
}

/// The provider takes the money of the only attempt by itself, as for a transfer; what payment tells of it.
fn money_comes(shop: &Shop) -> PaymentChanged {
    let mut payments = shop.till.0.lock();
    let payment = payments.values_mut().next().expect("a payment");
    payment.status = PaymentStatus::Captured;
    told_of(payment)
}

fn told_of(payment: &PaymentState) -> PaymentChanged {
    PaymentChanged {
        payment_id: payment.payment_id,
        order_id: payment.order_id,
        method: payment.method,
        amount: payment.amount,
        refund_id: None,
        reason: None,
    }
}

fn given_back(shop: &Shop) -> Vec<i64> {
    shop.till.0.lock().values().map(|payment| payment.refunded.minor).collect()
}

async fn seen(buyer: &TestClient, order: &str) -> Value {
    buyer.get(&format!("/api/bookings/{order}")).await.expect(200).json()
}

#[tokio::test]
async fn money_that_comes_before_the_attempt_is_given_up_buys_the_seats() {
    let shop = Shop::open_with(&SHORT_WINDOW, |_| {}).await;
    let (buyer, _) = shop.buyer();
    let held = hold(&buyer, &["A1", "A2", "A3"]).await;
    let order = go_to_bank(&buyer, &held).await;
    tokio::time::sleep(Duration::from_millis(1_200)).await;
    // The window is over: the attempt is to be given up, but the bank was faster.
    let paid = money_comes(&shop);
    drive_order::resume(&shop.state, held.parse().expect("an id")).await;
    hear_payment::completed(&shop.state, &paid).await.expect("it is heard");
    let stands = seen(&buyer, &order).await;
    assert_eq!((&stands["status"], stands["tickets"].as_array().map(Vec::len)), (&json!("CONFIRMED"), Some(3)));
    assert_eq!(given_back(&shop), [0]);
    shop.check_books().await;
}

#[tokio::test]
async fn late_money_gets_its_seats_again_where_nobody_took_them() {
    let shop = Shop::open_with(&SHORT_WINDOW, |offer| offer.sale.hold_seconds = 2).await;
    let (buyer, _) = shop.buyer();
    let held = hold(&buyer, &["A1", "A2"]).await;
    let order = gives_up(&shop, &buyer, &held).await;
    assert_eq!(seen(&buyer, &order).await["status"], "FAILED", "the window is over, the attempt is given up");
    assert_eq!(shop.count("SELECT count(*) FROM booking.seats WHERE state <> 0").await, 0, "the seats are free");
    let paid = money_comes(&shop);
    for _ in 0..2 {
        hear_payment::completed(&shop.state, &paid).await.expect("it is heard");
    }
    let stands = seen(&buyer, &order).await;
    assert_eq!((&stands["status"], stands["tickets"].as_array().map(Vec::len)), (&json!("CONFIRMED"), Some(2)));
    assert_eq!(given_back(&shop), [0]);
    assert_eq!(shop.count("SELECT count(*) FROM booking.seats WHERE state = 2 AND fence = 2").await, 2, "new fences");
    shop.check_books().await;
    // What was sold late can be given back as any other.
    let cancelled = buyer.post(&format!("/api/bookings/{order}/cancel"), &json!({})).await.expect(200).json();
    assert_eq!(cancelled["status"], "CANCELLED");
    shop.check_books().await;
}

#[tokio::test]
async fn late_money_gets_standing_places_while_there_are_any() {
    let shop = Shop::open_with(&SHORT_WINDOW, |offer| offer.sale.hold_seconds = 2).await;
    let (buyer, _) = shop.buyer();
    let held = reserve(&buyer, &standing(3)).await;
    let order = gives_up(&shop, &buyer, &held).await;
    let (other, _) = shop.buyer();
    for quantity in [100, 100, STANDING - 203] {
        reserve(&other, &standing(quantity)).await;
    }
    let paid = money_comes(&shop);
    hear_payment::completed(&shop.state, &paid).await.expect("it is heard");
    let stands = seen(&buyer, &order).await;
    assert_eq!((&stands["status"], stands["tickets"].as_array().map(Vec::len)), (&json!("CONFIRMED"), Some(3)));
    shop.check_books().await;
}

#[tokio::test]
async fn late_money_goes_back_where_one_of_its_seats_is_anothers() {
    let shop = Shop::open_with(&SHORT_WINDOW, |offer| offer.sale.hold_seconds = 2).await;
    let (buyer, _) = shop.buyer();
    let held = hold(&buyer, &["A1", "A2"]).await;
    let order = gives_up(&shop, &buyer, &held).await;
    let (other, _) = shop.buyer();
    hold(&other, &["A2"]).await;
    let paid = money_comes(&shop);
    // payment is away for a moment: the news comes again.
    shop.till.1.store(true, Ordering::Relaxed);
    hear_payment::completed(&shop.state, &paid).await.expect_err("it is to come again");
    shop.till.1.store(false, Ordering::Relaxed);
    for _ in 0..2 {
        hear_payment::completed(&shop.state, &paid).await.expect("it is heard");
    }
    let stands = seen(&buyer, &order).await;
    assert_eq!((&stands["status"], &stands["tickets"]), (&json!("FAILED"), &json!([])));
    assert_eq!(given_back(&shop), [paid.amount.minor], "once, and all of it");
    shop.check_books().await;
}

#[tokio::test]
async fn money_for_what_a_hold_was_does_not_buy_what_it_has_become() {
    let shop = Shop::open().await;
    let (buyer, _) = shop.buyer();
    let held = hold(&buyer, &["A1"]).await;
    is_declined(&buyer, &held).await;
    let more = json!({"add": {"seats": [{"seatId": "A2"}]}});
    buyer.patch(&format!("/api/bookings/reservations/{held}"), &more).await.expect(200);
    // The provider takes the money that it had declined: it is one seat's.
    let paid = money_comes(&shop);
    hear_payment::completed(&shop.state, &paid).await.expect("it is heard");
    drive_order::resume(&shop.state, held.parse().expect("an id")).await;
    assert_eq!(shop.count("SELECT count(*) FROM booking.tickets").await, 0, "two seats are not sold for one's price");
    assert_eq!(given_back(&shop), [paid.amount.minor]);
    shop.check_books().await;
}

#[tokio::test]
async fn money_of_an_attempt_that_another_one_followed_goes_back() {
    let shop = Shop::open().await;
    let (buyer, _) = shop.buyer();
    let held = hold(&buyer, &["A1"]).await;
    is_declined(&buyer, &held).await;
    let first = *shop.till.0.lock().keys().next().expect("an attempt");
    let order = pay(&buyer, &held).await;
    assert_eq!(order["status"], "CONFIRMED");
    let paid = {
        let mut payments = shop.till.0.lock();
        let payment = payments.get_mut(&first).expect("the first attempt");
        payment.status = PaymentStatus::Captured;
        told_of(payment)
    };
    for _ in 0..2 {
        hear_payment::completed(&shop.state, &paid).await.expect("it is heard");
    }
    let refunded = |payment: &PaymentState| (payment.payment_id == first, payment.refunded.minor);
    let mut refunds: Vec<_> = shop.till.0.lock().values().map(refunded).collect();
    refunds.sort_unstable();
    assert_eq!(refunds, [(false, 0), (true, paid.amount.minor)]);
    let id = order["orderId"].as_str().expect("an id");
    assert_eq!(seen(&buyer, id).await["status"], "CONFIRMED", "the order is not touched");
}

#[tokio::test]
async fn an_attempt_that_payment_never_heard_of_is_not_made_once_its_time_is_over() {
    let settings = [SHORT_WINDOW[0], ("BOOKING_CONFIRM_WAIT_MS", "100")];
    let shop = Shop::open_with(&settings, |offer| offer.sale.hold_seconds = 2).await;
    let (buyer, _) = shop.buyer();
    let held = hold(&buyer, &["A1"]).await;
    shop.till.1.store(true, Ordering::Relaxed);
    let body = json!({"reservationId": held, "paymentMethod": "CREDIT_CARD"});
    let order = buyer.post("/api/bookings/confirm", &body).await.expect(202).json();
    tokio::time::sleep(OVER).await;
    shop.till.1.store(false, Ordering::Relaxed);
    drive_order::resume(&shop.state, held.parse().expect("an id")).await;
    let stands = seen(&buyer, order["orderId"].as_str().expect("an id")).await;
    assert_eq!(stands["status"], "FAILED", "whoever left is not charged when payment is back");
    let attempts: Vec<_> = shop.till.0.lock().values().map(|payment| payment.status).collect();
    assert_eq!(attempts, [PaymentStatus::Voided], "a request that comes late finds it so");
    assert_eq!(shop.count("SELECT count(*) FROM booking.seats WHERE state <> 0").await, 0, "its seats are free");
    shop.check_books().await;
}

#[tokio::test]
async fn an_order_that_another_process_brings_to_its_end_is_answered_by_its_key() {
    let shop = Shop::open_with(&[("BOOKING_CONFIRM_WAIT_MS", "100")], |_| {}).await;
    let (buyer, _) = shop.buyer();
    let held = hold(&buyer, &["A1"]).await;
    let body = json!({"reservationId": held, "paymentMethod": "CREDIT_CARD"});
    let other = json!({"reservationId": held, "paymentMethod": "WALLET"});
    let keyed = buyer.with_header("idempotency-key", "resumed-1");
    shop.till.1.store(true, Ordering::Relaxed);
    keyed.post("/api/bookings/confirm", &body).await.expect(202);
    keyed.post("/api/bookings/confirm", &other).await.expect_problem(422, "idempotency_key_reused");
    shop.till.1.store(false, Ordering::Relaxed);
    drive_order::resume(&shop.state, held.parse().expect("an id")).await;
    let answer = keyed.post("/api/bookings/confirm", &body).await.expect(200);
    assert_eq!(answer.header("idempotent-replayed"), Some("true"));
    assert_eq!(answer.json()["status"], "CONFIRMED");
    keyed.post("/api/bookings/confirm", &other).await.expect_problem(422, "idempotency_key_reused");
    shop.check_books().await;
}

#[tokio::test]
async fn who_was_sent_to_the_bank_is_answered_so_again_by_the_key() {
    let shop = Shop::open().await;
    let (buyer, _) = shop.buyer();
    let held = hold(&buyer, &["A1"]).await;
    let body = json!({"reservationId": held, "paymentMethod": "CREDIT_CARD", "paymentToken": "pm_redirect"});
    let keyed = buyer.with_header("idempotency-key", "resumed-2");
    let first = keyed.post("/api/bookings/confirm", &body).await.expect(202).json();
    shop.till.0.lock().values_mut().for_each(|payment| payment.status = PaymentStatus::Authorised);
    drive_order::resume(&shop.state, held.parse().expect("an id")).await;
    assert_eq!(seen(&buyer, first["orderId"].as_str().expect("an id")).await["status"], "CONFIRMED");
    let again = keyed.post("/api/bookings/confirm", &body).await.expect(202);
    assert_eq!((again.header("idempotent-replayed"), again.json()), (Some("true"), first));
    shop.check_books().await;
}

#[tokio::test]
async fn trying_again_does_not_make_the_window_longer() {
    let shop = Shop::open_with(&[("BOOKING_PAYMENT_WINDOW_SECONDS", "60")], |offer| offer.sale.hold_seconds = 30).await;
    let (buyer, _) = shop.buyer();
    let held = hold(&buyer, &["A1"]).await;
    let mut ends = Vec::new();
    for _ in 0..2 {
        is_declined(&buyer, &held).await;
        ends.push(shop.count("SELECT (extract(epoch FROM window_ends_at) * 1000)::bigint FROM booking.orders").await);
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    assert_eq!(ends[0], ends[1], "the window is the first attempt's");
}

/// Rounds until nothing is left; each is a second's worth.
async fn wind_up(shop: &Shop) {
    for _ in 0..40 {
        wind_up_event::round(&shop.state).await.expect("a round");
        if shop.count("SELECT count(*) FROM booking.called_off WHERE done_at IS NULL").await == 0 {
            return;
        }
        // The next round is due at once.
        sqlx::query("UPDATE booking.called_off SET lease_until = 'epoch'").execute(shop.db.pool()).await.expect("due");
    }
    panic!("the event is not wound up after 40 rounds");
}

#[tokio::test]
async fn an_event_that_is_called_off_gives_everything_back() {
    let settings = [("BOOKING_REFUNDS_PER_SECOND", "2")];
    let mut called_off = None;
    let shop = Shop::open_with(&settings, |offer| {
        offer.sale.refund.fees_refunded = false;
        offer.sale.refund.until_hours_before = None;
        called_off = Some(offer.clone());
    })
    .await;
    let (buyer, _) = shop.buyer();
    for seat in ["A1", "A2", "A3", "A4"] {
        pay(&buyer, &hold(&buyer, &[seat]).await).await;
    }
    pay(&buyer, &reserve(&buyer, &standing(3)).await).await;
    let (waiting, _) = shop.buyer();
    let unpaid = hold(&waiting, &["B1"]).await;
    let (away, _) = shop.buyer();
    let redirected = hold(&away, &["B2"]).await;
    let redirected_order = go_to_bank(&away, &redirected).await;
    shop.publish(Topic::EventCancelled, &called_off.expect("an offer")).await;
    let declined = json!({"eventId": "EVT", "seats": [{"seatId": "C1"}]});
    buyer.post("/api/bookings/reserve", &declined).await.expect_problem(409, "not_on_sale");

    // A first process stops after its first round; what it was at goes on.
    wind_up_event::round(&shop.state).await.expect("a round");
    let left = shop.count("SELECT count(*) FROM booking.orders WHERE status = 'CONFIRMED'").await;
    assert_eq!(left, 3, "two in a round, so that selling goes on beside it");
    // The payer comes back from the bank meanwhile: sold, and given back in the end.
    for payment in shop.till.0.lock().values_mut().filter(|payment| payment.status == PaymentStatus::RequiresAction) {
        payment.status = PaymentStatus::Authorised;
    }
    booking::service::drive_order::resume(&shop.state, redirected.parse().expect("an id")).await;
    wind_up(&shop).await;

    let hold = waiting.get(&format!("/api/bookings/reservations/{unpaid}")).await.expect(200).json();
    assert_eq!(hold["status"], "RELEASED");
    assert_eq!(seen(&away, &redirected_order).await["status"], "CANCELLED");
    let orders = buyer.get("/api/bookings").await.expect(200).json();
    let states: Vec<_> = orders["items"].as_array().expect("orders").iter().map(|order| &order["status"]).collect();
    assert_eq!(states, [&json!("CANCELLED"); 5]);
    let payments: Vec<_> = shop.till.0.lock().values().map(|paid| (paid.amount.minor, paid.refunded.minor)).collect();
    assert_eq!(payments.len(), 6);
    assert!(payments.iter().all(|(paid, refunded)| paid == refunded), "whole, fees and all: {payments:?}");
    assert_eq!(shop.count("SELECT count(*) FROM booking.tickets WHERE status <> 'CANCELLED'").await, 0);
    shop.check_books().await;
}
