//! The lowest price of what is left.

use crate::shop::Shop;
use onsale_platform::ServiceRole;
use onsale_testkit::TestClient;
use serde_json::{Value, json};
use std::time::Duration;

/// Standing places at 31.00 for four, a row at 51.00 with two places for children at 26.00, everything else at 81.00.
async fn open() -> Shop {
    Shop::open_with(&[], |offer| {
        offer.ticket_types[3].capacity = Some(4);
        offer.quotas[0].capacity = 2;
        let rows = offer.plan.iter_mut().flat_map(|plan| &mut plan.zones[0].rows);
        for seat in rows.filter(|row| row.label != "D").flat_map(|row| &mut row.seats) {
            seat.category = "PREMIUM".to_owned();
        }
    })
    .await
}

async fn hold(buyer: &TestClient, wanted: Value) -> String {
    let mut asked = wanted;
    asked["eventId"] = json!("EVT");
    let held = buyer.post("/api/bookings/reserve", &asked).await.expect(201).json();
    held["reservationId"].as_str().expect("an id").to_owned()
}

fn row_d(seats: std::ops::RangeInclusive<u32>, kind: &str) -> Value {
    json!({"seats": seats.map(|seat| json!({"seatId": format!("D{seat}"), "ticketType": kind})).collect::<Vec<_>>()})
}

/// What search is told, within 2 s.
async fn is_told(search: &TestClient, lowest: Value) {
    let mut told = Value::Null;
    for _ in 0..20 {
        told = search.get("/internal/availability").await.expect(200).json()["items"][0].clone();
        if told["lowest"] == lowest {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("{lowest} was waited for: {told}");
}

#[tokio::test]
async fn the_lowest_price_is_of_what_is_left() {
    let shop = open().await;
    let search = shop.anybody().signed_in(&shop.kit.service_token(ServiceRole::Search, ServiceRole::Booking));
    let (buyer, _) = shop.buyer();
    is_told(&search, Value::Null).await;
    let children = hold(&buyer, row_d(1..=1, "child")).await;
    is_told(&search, json!(2_600)).await;
    hold(&buyer, row_d(2..=2, "child")).await;
    is_told(&search, json!(3_100)).await;
    hold(&buyer, json!({"tickets": [{"ticketType": "standing", "quantity": 4}]})).await;
    is_told(&search, json!(5_100)).await;
    hold(&buyer, row_d(3..=11, "adult")).await;
    hold(&buyer, row_d(12..=20, "adult")).await;
    is_told(&search, json!(8_100)).await;
    buyer.delete(&format!("/api/bookings/reservations/{children}")).await.expect(204);
    is_told(&search, json!(2_600)).await;
}
