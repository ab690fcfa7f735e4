//! An event that changes after it was published.

use crate::shop::{Shop, offer, price};
use onsale_core::events::Topic;
use serde_json::{Value, json};

fn reserve(seats: &[&str]) -> Value {
    let seats: Vec<Value> = seats.iter().map(|seat| json!({"seatId": seat})).collect();
    json!({"eventId": "EVT", "seats": seats})
}

#[tokio::test]
async fn new_prices_are_for_new_holds_and_what_is_held_keeps_its_own() {
    let shop = Shop::open().await;
    let (early, _) = shop.buyer();
    let held = early.post("/api/bookings/reserve", &reserve(&["A1", "D1"])).await.expect(201).json();
    assert_eq!(held["total"]["amount"], "132.00");
    let hold = format!("/api/bookings/reservations/{}", held["reservationId"].as_str().expect("an id"));

    let mut second = offer("EVT", None, shop.kit.platform().clock.now());
    second.version = 2;
    second.ticket_types[0].price = price(4_900, 100);
    let mut third = second.clone();
    third.version = 3;
    third.ticket_types[0].price = price(9_900, 100);
    shop.publish(Topic::EventUpdated, &third).await;
    // An older version that comes late changes nothing.
    shop.publish(Topic::EventUpdated, &second).await;

    let (late, _) = shop.buyer();
    let dear = late.post("/api/bookings/reserve", &reserve(&["A2", "D2"])).await.expect(201).json();
    assert_eq!(dear["total"]["amount"], "151.00", "A2 costs 100.00 now");
    late.post("/api/bookings/reserve", &reserve(&["A1"])).await.expect_problem(409, "seats_unavailable");

    let seen = early.get(&hold).await.expect(200).json();
    assert_eq!((&seen["total"], &seen["seats"]), (&held["total"], &held["seats"]));
    let more = early.patch(&hold, &json!({"add": {"seats": [{"seatId": "A3"}]}})).await.expect(200).json();
    assert_eq!(more["total"]["amount"], "213.00", "one hold, one list of prices");
    let pay = json!({"reservationId": held["reservationId"], "paymentMethod": "CREDIT_CARD"});
    let order = early.post("/api/bookings/confirm", &pay).await.expect(200).json();
    assert_eq!(order["total"]["amount"], "213.00");
    let charged: Vec<i64> = shop.till.0.lock().values().map(|payment| payment.amount.minor).collect();
    assert_eq!(charged, [21_300]);
    let ready: Vec<(i64, String)> = sqlx::query_as(
        "SELECT sequence, data ->> 'capacity' FROM booking.events WHERE topic = 'inventory-ready' ORDER BY id",
    )
    .fetch_all(shop.db.pool())
    .await
    .expect("events");
    let all = |version| (version, "500".to_owned());
    assert_eq!(ready, [all(1), all(3), all(2)], "admin hears of each version");
    shop.check_books().await;
}

#[tokio::test]
async fn an_event_that_was_called_off_stays_so_whatever_order_its_messages_come_in() {
    let shop = Shop::open().await;
    let mut other = offer("OFF", None, shop.kit.platform().clock.now());
    shop.publish(Topic::EventCancelled, &other).await;
    let (buyer, _) = shop.buyer();
    let wanted = json!({"eventId": "OFF", "seats": [{"seatId": "A1"}]});
    buyer.post("/api/bookings/reserve", &wanted).await.expect_problem(404, "not_found");
    shop.publish(Topic::EventPublished, &other).await;
    buyer.post("/api/bookings/reserve", &wanted).await.expect_problem(409, "not_on_sale");
    other.version = 2;
    shop.publish(Topic::EventUpdated, &other).await;
    buyer.post("/api/bookings/reserve", &wanted).await.expect_problem(409, "not_on_sale");
}

#[tokio::test]
async fn holds_of_an_event_that_was_called_off_are_neither_paid_nor_enlarged() {
    let shop = Shop::open().await;
    let (buyer, _) = shop.buyer();
    let held = buyer.post("/api/bookings/reserve", &reserve(&["A1", "A2"])).await.expect(201).json();
    let paid = buyer.post("/api/bookings/reserve", &reserve(&["B1"])).await.expect(201).json();
    let pay = |held: &Value| json!({"reservationId": held["reservationId"], "paymentMethod": "CREDIT_CARD"});
    let order = buyer.post("/api/bookings/confirm", &pay(&paid)).await.expect(200).json();
    shop.publish(Topic::EventCancelled, &offer("EVT", None, shop.kit.platform().clock.now())).await;

    let path = format!("/api/bookings/reservations/{}", held["reservationId"].as_str().expect("an id"));
    let add = json!({"add": {"seats": [{"seatId": "A3"}]}});
    buyer.patch(&path, &add).await.expect_problem(409, "not_on_sale");
    buyer.post("/api/bookings/confirm", &pay(&held)).await.expect_problem(409, "not_on_sale");
    assert_eq!(shop.till.0.lock().len(), 1, "nothing more was charged");
    buyer.patch(&path, &json!({"remove": {"seats": [{"seatId": "A2"}]}})).await.expect(200);
    buyer.delete(&path).await.expect(204);
    let again = buyer.post("/api/bookings/confirm", &pay(&paid)).await.expect(200).json();
    assert_eq!(again["orderId"], order["orderId"], "what is paid is paid");
    shop.check_books().await;
}

#[tokio::test]
async fn after_the_sale_a_hold_is_paid_but_not_enlarged() {
    let shop = Shop::open().await;
    let (buyer, _) = shop.buyer();
    let held = buyer.post("/api/bookings/reserve", &reserve(&["A1"])).await.expect(201).json();
    let now = shop.kit.platform().clock.now();
    let mut closed = offer("EVT", None, now);
    (closed.version, closed.sale.off_sale_at) = (2, Some(now));
    shop.publish(Topic::EventUpdated, &closed).await;
    let path = format!("/api/bookings/reservations/{}", held["reservationId"].as_str().expect("an id"));
    let add = json!({"add": {"seats": [{"seatId": "A3"}]}});
    buyer.patch(&path, &add).await.expect_problem(409, "not_on_sale");
    let pay = json!({"reservationId": held["reservationId"], "paymentMethod": "CREDIT_CARD"});
    buyer.post("/api/bookings/confirm", &pay).await.expect(200);
}

#[tokio::test]
async fn a_promo_code_with_fewer_uses_than_it_has_had_is_used_up_and_the_offer_stands() {
    let shop = Shop::open().await;
    let (buyer, _) = shop.buyer();
    for seat in ["A1", "A2"] {
        let held = buyer.post("/api/bookings/reserve", &reserve(&[seat])).await.expect(201).json();
        let path = format!("/api/bookings/reservations/{}", held["reservationId"].as_str().expect("an id"));
        buyer.put(&format!("{path}/promo-code"), &json!({"code": "WELCOME10"})).await.expect(200);
    }
    let mut second = offer("EVT", None, shop.kit.platform().clock.now());
    second.version = 2;
    second.promo_codes[0].max_uses = Some(1);
    second.ticket_types[0].price = price(9_900, 100);
    shop.publish(Topic::EventUpdated, &second).await;
    let held = buyer.post("/api/bookings/reserve", &reserve(&["A3"])).await.expect(201).json();
    assert_eq!(held["total"]["amount"], "100.00", "the new price");
    let path = format!("/api/bookings/reservations/{}", held["reservationId"].as_str().expect("an id"));
    let problem = buyer.put(&format!("{path}/promo-code"), &json!({"code": "WELCOME10"})).await;
    problem.expect_problem(409, "promo_code_invalid");
}
