//! Confirm: pays, declines, goes on elsewhere; one order a hold whatever is sent.

use crate::shop::Shop;
use onsale_core::api::internal::PaymentStatus;
use onsale_platform::ServiceRole;
use onsale_testkit::TestClient;
use serde_json::{Value, json};

async fn hold(buyer: &TestClient, seats: &[&str]) -> String {
    let seats: Vec<Value> = seats.iter().map(|seat| json!({"seatId": seat})).collect();
    let held = buyer.post("/api/bookings/reserve", &json!({"eventId": "EVT", "seats": seats})).await.expect(201).json();
    held["reservationId"].as_str().expect("an id").to_owned()
}

fn pay(reservation: &str, token: Option<&str>) -> Value {
    json!({"reservationId": reservation, "paymentMethod": "CREDIT_CARD", "paymentToken": token})
}

#[tokio::test]
async fn a_paid_hold_becomes_tickets_with_signed_codes() {
    let shop = Shop::open().await;
    let (buyer, user) = shop.buyer();
    let hold = hold(&buyer, &["A1", "A2"]).await;
    let wrong = json!({"reservationId": hold, "paymentMethod": "CREDIT_CARD",
                       "expectedTotal": {"amount": "1.00", "currency": "EUR"}});
    let problem = buyer.post("/api/bookings/confirm", &wrong).await.expect_problem(409, "price_changed");
    assert_eq!(problem["total"]["amount"], "162.00");
    let order = buyer.post("/api/bookings/confirm", &pay(&hold, None)).await.expect(200).json();
    assert_eq!(order["status"], "CONFIRMED");
    assert_eq!(order["userId"], json!(user.id));
    let tickets = order["tickets"].as_array().expect("tickets");
    assert_eq!(tickets.len(), 2);
    assert!(tickets.iter().all(|ticket| ticket["qr"].as_str().is_some_and(|qr| qr.len() > 60)));
    let id = order["orderId"].as_str().expect("an id");
    let seen = buyer.get(&format!("/api/bookings/{id}")).await.expect(200).json();
    assert_eq!(seen["tickets"], order["tickets"]);
    let picture = format!("/api/bookings/{id}/tickets/{}/qr.svg", tickets[0]["ticketId"].as_str().expect("an id"));
    assert!(buyer.get(&picture).await.expect(200).text().contains("<svg"));
    let payments = buyer.get(&format!("/api/bookings/{id}/payments")).await.expect(200).json();
    assert_eq!(payments["items"][0]["status"], "CAPTURED");
    let mine = buyer.get("/api/bookings").await.expect(200).json();
    assert_eq!(mine["items"].as_array().map(Vec::len), Some(1));
    let (other, _) = shop.buyer();
    other.get(&format!("/api/bookings/{id}")).await.expect_problem(404, "not_found");
    other.get(&format!("/api/bookings/user/{}", user.id)).await.expect_problem(404, "not_found");
    other.get(&picture).await.expect_problem(404, "not_found");
    shop.check_books().await;
}

#[tokio::test]
async fn a_declined_payment_leaves_the_hold_and_another_one_may_follow() {
    let shop = Shop::open().await;
    let (buyer, _) = shop.buyer();
    let hold = hold(&buyer, &["B1"]).await;
    let problem = buyer
        .post("/api/bookings/confirm", &pay(&hold, Some("pm_declined")))
        .await
        .expect_problem(402, "payment_declined");
    assert_eq!(problem["declineCode"], "card_declined");
    let (other, _) = shop.buyer();
    let taken = json!({"eventId": "EVT", "seats": [{"seatId": "B1"}]});
    other.post("/api/bookings/reserve", &taken).await.expect_problem(409, "seats_unavailable");
    let order = buyer.post("/api/bookings/confirm", &pay(&hold, None)).await.expect(200).json();
    assert_eq!(problem["orderId"], order["orderId"], "one order a hold, whatever is tried");
    assert_eq!(shop.till.0.lock().len(), 2, "each attempt has a key of its own");
    shop.check_books().await;
}

#[tokio::test]
async fn a_redirect_is_answered_202_and_finished_when_the_payer_has_paid() {
    let shop = Shop::open().await;
    let (buyer, _) = shop.buyer();
    let hold = hold(&buyer, &["C1"]).await;
    let answer = buyer.post("/api/bookings/confirm", &pay(&hold, Some("pm_redirect"))).await.expect(202);
    assert!(answer.header("retry-after").is_some());
    let location = answer.header("location").expect("a place to look").to_owned();
    let order = answer.json();
    assert_eq!(order["nextAction"], json!({"type": "redirect", "url": "https://bank.example/pay"}));
    assert_eq!(order["status"], "PENDING");
    assert_eq!(order["tickets"], json!([]), "no tickets before CONFIRMED");
    for payment in shop.till.0.lock().values_mut() {
        payment.status = PaymentStatus::Authorised;
    }
    let hold = hold.parse().expect("an id");
    onsale_booking::service::drive_order::resume(&shop.state, hold).await;
    let order = buyer.get(&location).await.expect(200).json();
    assert_eq!(order["status"], "CONFIRMED");
    assert_eq!(order["tickets"].as_array().map(Vec::len), Some(1));
    assert!(shop.till.0.lock().values().all(|payment| payment.status == PaymentStatus::Captured));
}

#[tokio::test]
async fn twenty_confirms_of_one_hold_are_one_order_and_one_charge() {
    let shop = Shop::open().await;
    let (buyer, _) = shop.buyer();
    let hold = hold(&buyer, &["D1"]).await;
    let body = pay(&hold, None);
    let answers = futures::future::join_all((0..20).map(|_| buyer.post("/api/bookings/confirm", &body))).await;
    let orders: std::collections::BTreeSet<String> = answers
        .into_iter()
        .map(|answer| answer.expect(200).json()["orderId"].as_str().expect("an id").to_owned())
        .collect();
    assert_eq!(orders.len(), 1);
    assert_eq!(shop.till.0.lock().len(), 1);
    assert_eq!(shop.count("SELECT count(*) FROM booking.tickets").await, 1);
}

#[tokio::test]
async fn confirm_under_a_key_is_replayed_also_when_it_was_declined() {
    let shop = Shop::open().await;
    let (buyer, _) = shop.buyer();
    let hold = hold(&buyer, &["E1"]).await;
    let keyed = buyer.with_header("idempotency-key", "pay-1");
    let first = keyed.post("/api/bookings/confirm", &pay(&hold, Some("pm_declined"))).await;
    let again = keyed.post("/api/bookings/confirm", &pay(&hold, Some("pm_declined"))).await;
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
    assert_eq!(
        first.expect_problem(402, "payment_declined")["orderId"],
        again.expect_problem(402, "payment_declined")["orderId"]
    );
    keyed.post("/api/bookings/confirm", &pay(&hold, None)).await.expect_problem(422, "idempotency_key_reused");
    let keyed = buyer.with_header("idempotency-key", "pay-2");
    let first = keyed.post("/api/bookings/confirm", &pay(&hold, None)).await.expect(200).json();
    let again = keyed.post("/api/bookings/confirm", &pay(&hold, None)).await.expect(200);
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
    assert_eq!(first, again.json());
    assert_eq!(shop.till.0.lock().values().filter(|p| p.status == PaymentStatus::Captured).count(), 1);
}

#[tokio::test]
async fn a_delivered_order_is_completed_once_and_by_services_only() {
    let shop = Shop::open().await;
    let (buyer, _) = shop.buyer();
    let hold = hold(&buyer, &["H1"]).await;
    let order = buyer.post("/api/bookings/confirm", &pay(&hold, None)).await.expect(200).json();
    let id = order["orderId"].as_str().expect("an id");
    let delivered = format!("/internal/orders/{id}/delivered");
    buyer.post(&delivered, &json!({})).await.expect_problem(403, "forbidden");
    shop.anybody().post(&delivered, &json!({})).await.expect_problem(401, "unauthenticated");
    let token = shop.kit.service_token(ServiceRole::Notification, ServiceRole::Booking);
    let notification = shop.anybody().signed_in(&token);
    for _ in 0..2 {
        notification.post(&delivered, &json!({})).await.expect(204);
    }
    let seen = buyer.get(&format!("/api/bookings/{id}")).await.expect(200).json();
    assert_eq!((&seen["status"], &seen["tickets"]), (&json!("COMPLETED"), &order["tickets"]));
    let advanced = "SELECT count(*) FROM booking.events WHERE type = 'order-advanced'";
    assert_eq!(shop.count(advanced).await, 1, "a second time is none");

    buyer.post(&format!("/api/bookings/{id}/cancel"), &json!({})).await.expect(200);
    notification.post(&delivered, &json!({})).await.expect(204);
    let seen = buyer.get(&format!("/api/bookings/{id}")).await.expect(200).json();
    assert_eq!(seen["status"], "CANCELLED", "a cancelled order stays cancelled");
    shop.check_books().await;
}

#[tokio::test]
async fn what_must_not_pass_does_not() {
    let shop = Shop::open().await;
    let (buyer, _) = shop.buyer();
    let hold = hold(&buyer, &["F1"]).await;
    buyer.post("/api/bookings/confirm", &pay(&hold, Some("4242424242424242"))).await.expect_problem(422, "invalid");
    let foreign = json!({"reservationId": hold, "paymentMethod": "CREDIT_CARD", "returnUrl": "https://evil.example/"});
    let problem = buyer.post("/api/bookings/confirm", &foreign).await.expect_problem(422, "invalid");
    assert_eq!(problem["errors"][0]["field"], "returnUrl");
    for url in ["//evil.example", "http://localhost:8080.evil.example/", "/\\evil.example"] {
        let body = json!({"reservationId": hold, "paymentMethod": "CREDIT_CARD", "returnUrl": url});
        buyer.post("/api/bookings/confirm", &body).await.expect_problem(422, "invalid");
    }
    for url in ["/\u{0}", "/\r\n", "/\u{7f}"] {
        let body = json!({"reservationId": hold, "paymentMethod": "CREDIT_CARD", "returnUrl": url});
        let problem = buyer.post("/api/bookings/confirm", &body).await.expect_problem(422, "invalid");
        assert_eq!(problem["errors"][0]["field"], "returnUrl");
    }
    let cash = json!({"reservationId": hold, "paymentMethod": "CASH"});
    buyer.post("/api/bookings/confirm", &cash).await.expect_problem(403, "forbidden");
    let (other, _) = shop.buyer();
    other.post("/api/bookings/confirm", &pay(&hold, None)).await.expect_problem(404, "not_found");
    // Fields that are not ours change nothing (RELIABILITY.md, mass assignment).
    let more = json!({"reservationId": hold, "paymentMethod": "CREDIT_CARD", "total": "0.01", "status": "CONFIRMED",
                      "userId": "00000000-0000-0000-0000-000000000000", "cardNumber": "4242424242424242"});
    let order = buyer.post("/api/bookings/confirm", &more).await.expect(200).json();
    assert_eq!(order["total"]["amount"], "51.00");
}

#[tokio::test]
async fn every_aggregate_counts_its_events_without_a_hole() {
    let shop = Shop::open().await;
    let (buyer, _) = shop.buyer();
    let first = hold(&buyer, &["G1"]).await;
    buyer.post("/api/bookings/confirm", &pay(&first, Some("pm_declined"))).await.expect(402);
    let order = buyer.post("/api/bookings/confirm", &pay(&first, None)).await.expect(200).json();
    let path = format!("/api/bookings/{}/cancel", order["orderId"].as_str().expect("an id"));
    buyer.post(&path, &json!({})).await.expect(200);
    let second = hold(&buyer, &["G2"]).await;
    buyer.delete(&format!("/api/bookings/reservations/{second}")).await.expect(204);
    let holes = shop
        .count(
            "SELECT count(*) FROM (
                 SELECT version, row_number() OVER (PARTITION BY aggregate_id ORDER BY version) AS place,
                        sequence, count(sequence) OVER (PARTITION BY aggregate_id ORDER BY version) AS published
                 FROM booking.events) counted
             WHERE version <> place OR (sequence IS NOT NULL AND sequence <> published)",
        )
        .await;
    assert_eq!(holes, 0);
    let behind = shop
        .count(
            "SELECT (SELECT count(*) FROM booking.reservations r
                     WHERE r.version <> (SELECT max(version) FROM booking.events WHERE aggregate_id = r.id::text))
                  + (SELECT count(*) FROM booking.orders o
                     WHERE o.version <> (SELECT max(version) FROM booking.events WHERE aggregate_id = o.id::text))",
        )
        .await;
    assert_eq!(behind, 0, "rows and events agree on the version");
}
