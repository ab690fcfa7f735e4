//! Cancel with quote and refund.

use crate::shop::Shop;
use serde_json::json;

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
