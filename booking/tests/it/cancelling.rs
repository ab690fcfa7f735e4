//! Cancel with quote and refund.

use crate::shop::{Fate, Shop};
use onsale_booking::service::drive_order::resume;
use onsale_testkit::TestClient;
use serde_json::{Value, json};

#[tokio::test]
async fn tickets_are_cancelled_one_by_one_or_all_and_the_money_follows_the_policy() {
    let shop = Shop::open().await;
    let (buyer, _) = shop.buyer();
    let seats = json!({"eventId": "EVT", "seats": [{"seatId": "D1"}, {"seatId": "D2", "ticketType": "child"}]});
    let held = buyer.post("/api/bookings/reserve", &seats).await.expect(201).json();
    let pay = json!({"reservationId": held["reservationId"], "paymentMethod": "CREDIT_CARD"});
    let order = buyer.post("/api/bookings/confirm", &pay).await.expect(200).json();
    let path = format!("/api/bookings/{}", order["orderId"].as_str().expect("an id"));
    let quote = buyer.get(&format!("{path}/cancel-quote")).await.expect(200).json();
    assert_eq!(quote["cancellable"], true);
    assert_eq!(quote["refund"]["amount"], "75.00");
    assert_eq!(quote["kept"]["amount"], "2.00");
    let (other, _) = shop.buyer();
    other.post(&format!("{path}/cancel"), &json!({})).await.expect_problem(404, "not_found");
    let unknown = json!({"tickets": ["018f0000-0000-7000-8000-000000000000"]});
    buyer.post(&format!("{path}/cancel"), &unknown).await.expect_problem(422, "invalid");

    let child = &order["tickets"][1]["ticketId"];
    let part = buyer.post(&format!("{path}/cancel"), &json!({"tickets": [child]})).await.expect(200).json();
    assert_eq!(part["status"], "CONFIRMED");
    assert_eq!(part["refunded"]["amount"], "25.00");
    assert_eq!(part["tickets"][1]["status"], "CANCELLED");
    let again = json!({"eventId": "EVT", "seats": [{"seatId": "D2"}]});
    other.post("/api/bookings/reserve", &again).await.expect(201);

    let keyed = buyer.with_header("idempotency-key", "c1");
    let whole = keyed.send(axum::http::Method::POST, &format!("{path}/cancel"), axum::body::Body::empty()).await;
    let whole = whole.expect(200).json();
    assert_eq!(whole["status"], "CANCELLED");
    assert_eq!(whole["refunded"]["amount"], "75.00");
    let replay = keyed.send(axum::http::Method::POST, &format!("{path}/cancel"), axum::body::Body::empty()).await;
    assert_eq!(replay.header("idempotent-replayed"), Some("true"));
    buyer.post(&format!("{path}/cancel"), &json!({})).await.expect_problem(409, "not_cancellable");
    let refunded: i64 = shop.till.0.lock().values().map(|payment| payment.refunded.minor).sum();
    assert_eq!(refunded, 7_500);
    shop.check_books().await;
}

#[tokio::test]
async fn past_the_policys_time_nothing_is_given_back() {
    let shop = Shop::open_with(&[], |offer| offer.sale.refund.until_hours_before = None).await;
    let (buyer, _) = shop.buyer();
    let standing = json!({"eventId": "EVT", "tickets": [{"ticketType": "standing", "quantity": 2}]});
    let held = buyer.post("/api/bookings/reserve", &standing).await.expect(201).json();
    let pay = json!({"reservationId": held["reservationId"], "paymentMethod": "WALLET"});
    let order = buyer.post("/api/bookings/confirm", &pay).await.expect(200).json();
    assert_eq!(order["tickets"].as_array().map(Vec::len), Some(2));
    let path = format!("/api/bookings/{}", order["orderId"].as_str().expect("an id"));
    let quote = buyer.get(&format!("{path}/cancel-quote")).await.expect(200).json();
    assert_eq!(quote["cancellable"], false);
    buyer.post(&format!("{path}/cancel"), &json!({})).await.expect_problem(409, "not_cancellable");
}

/// An order of two seats at 50.00 and a fee each.
async fn buy_two(buyer: &TestClient) -> (String, Value) {
    let seats = json!({"eventId": "EVT", "seats": [{"seatId": "E1"}, {"seatId": "E2"}]});
    let held = buyer.post("/api/bookings/reserve", &seats).await.expect(201).json();
    let hold = held["reservationId"].as_str().expect("an id").to_owned();
    let pay = json!({"reservationId": hold, "paymentMethod": "CREDIT_CARD"});
    (hold, buyer.post("/api/bookings/confirm", &pay).await.expect(200).json())
}

#[tokio::test]
async fn a_second_refund_that_is_pending_is_not_given_back_yet() {
    let shop = Shop::open().await;
    let (buyer, _) = shop.buyer();
    let (hold, order) = buy_two(&buyer).await;
    let path = format!("/api/bookings/{}", order["orderId"].as_str().expect("an id"));
    let first = json!({"tickets": [order["tickets"][0]["ticketId"]]});
    buyer.post(&format!("{path}/cancel"), &first).await.expect(200);
    shop.till.2.lock().next.push_back(Fate::Pending);
    let second = json!({"tickets": [order["tickets"][1]["ticketId"]]});
    let told = buyer.post(&format!("{path}/cancel"), &second).await.expect(200).json();
    assert_eq!(told["refunded"]["amount"], "50.00", "only the first is back");

    shop.till.2.lock().known.retain(|_, fate| *fate != Fate::Pending);
    resume(&shop.state, hold.parse().expect("an id")).await;
    let seen = buyer.get(&path).await.expect(200).json();
    assert_eq!((&seen["status"], &seen["refunded"]["amount"]), (&json!("CANCELLED"), &json!("100.00")));
    let open = shop.count("SELECT count(*) FROM booking.orders WHERE saga <> 'SETTLED'").await;
    assert_eq!(open, 0);
}

#[tokio::test]
async fn a_refund_that_fails_is_made_again_under_another_key_with_growing_pauses() {
    let shop = Shop::open().await;
    let (buyer, _) = shop.buyer();
    let (hold, order) = buy_two(&buyer).await;
    let path = format!("/api/bookings/{}", order["orderId"].as_str().expect("an id"));
    shop.till.2.lock().next.extend([Fate::Failed, Fate::Failed]);
    let told = buyer.post(&format!("{path}/cancel"), &json!({})).await.expect(200).json();
    assert_eq!((&told["status"], &told["refunded"]), (&json!("CANCELLED"), &Value::Null));
    assert_eq!(told["tickets"].as_array().map(Vec::len), Some(2));
    let pause = "SELECT extract(epoch FROM lease_until - clock_timestamp())::bigint FROM booking.orders";
    let first = shop.count(pause).await;
    assert_eq!(shop.till.2.lock().known.len(), 1, "asked once, then it waits");

    let hold = hold.parse().expect("an id");
    resume(&shop.state, hold).await;
    let second = shop.count(pause).await;
    assert!(second > first, "{first} s, then {second} s");
    resume(&shop.state, hold).await;
    let seen = buyer.get(&path).await.expect(200).json();
    assert_eq!(seen["refunded"]["amount"], "100.00");
    assert_eq!(shop.till.2.lock().known.len(), 3, "each try has a key of its own");
    let refunded: i64 = shop.till.0.lock().values().map(|payment| payment.refunded.minor).sum();
    assert_eq!(refunded, 10_000);
    buyer.post(&format!("{path}/cancel"), &json!({})).await.expect_problem(409, "not_cancellable");
    shop.check_books().await;
}
