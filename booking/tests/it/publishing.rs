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
