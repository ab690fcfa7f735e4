//! The projection of sold tickets, built anew from the events while it serves.

use crate::shop::{Shop, deliver};
use futures::future::join_all;
use onsale_booking as booking;
use onsale_booking::service::replay_tickets::{self, Mode, Replayed};
use onsale_core::Role;
use onsale_platform::ServiceRole;
use onsale_platform::bus::Bus;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// How long the bus may take to bring what was sold.
const FOLLOWS_WITHIN: Duration = Duration::from_secs(20);

async fn buy(shop: &Shop, seats: &[&str]) -> Value {
    let (buyer, _) = shop.buyer();
    let seats: Vec<_> = seats.iter().map(|seat| json!({"seatId": seat})).collect();
    let held = buyer.post("/api/bookings/reserve", &json!({"eventId": "EVT", "seats": seats})).await.expect(201).json();
    let pay = json!({"reservationId": held["reservationId"], "paymentMethod": "CREDIT_CARD"});
    let order = buyer.post("/api/bookings/confirm", &pay).await.expect(200).json();
    if seats.len() > 1 {
        let path = format!("/api/bookings/{}/cancel", order["orderId"].as_str().expect("an id"));
        buyer.post(&path, &json!({"tickets": [order["tickets"][0]["ticketId"]]})).await.expect(200);
    }
    order
}

async fn replayed(shop: &Shop, mode: Mode) -> Replayed {
    replay_tickets::replay(shop.db.pool(), mode).await.expect("the store can be read")
}

#[tokio::test]
async fn what_is_wrong_is_found_and_put_right() {
    let shop = Shop::open().await;
    let order = buy(&shop, &["A1", "A2"]).await;
    buy(&shop, &["A3"]).await;
    deliver(&shop).await;
    let right = Replayed { orders: 2, tickets: 3, differed: 0 };
    assert_eq!(replayed(&shop, Mode::Check).await, right);
    assert_eq!(replay_tickets::recount(shop.db.pool()).await.expect("counted"), 0);
    let damage = [
        "DELETE FROM booking.sold_tickets WHERE cancelled_at IS NOT NULL",
        "UPDATE booking.sold_tickets SET price = price + 1 WHERE seat_id = 'A3'",
        "INSERT INTO booking.sold_tickets SELECT gen_random_uuid(), gen_random_uuid(), event_id, venue_id, user_id,
             'A9', zone_id, row_label, '9', ticket_type, price, currency, created_on, NULL
         FROM booking.sold_tickets WHERE seat_id = 'A3'",
    ];
    for statement in damage {
        let done = sqlx::query(statement).execute(shop.db.pool()).await.expect("damaged");
        assert_eq!(done.rows_affected(), 1, "{statement}");
    }
    assert_eq!(replayed(&shop, Mode::Check).await.differed, 3);
    assert_eq!(replay_tickets::recount(shop.db.pool()).await.expect("counted"), 3);
    assert_eq!(replayed(&shop, Mode::Build).await.differed, 3);
    assert_eq!(replayed(&shop, Mode::Check).await, right);
    assert_eq!(replay_tickets::recount(shop.db.pool()).await.expect("counted"), 0);
    let clerk = shop.kit.client_of(shop.router.clone(), &shop.kit.user(&[Role::BoxOffice]));
    let ticket = order["tickets"][0]["ticketId"].as_str().expect("an id");
    let seen = clerk.get(&format!("/api/v1/tickets/{ticket}")).await.expect(200).json();
    assert_eq!(seen["status"], "CANCELLED");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn built_anew_again_and_again_while_people_buy_it_ends_as_the_tickets_are() {
    let shop = Shop::open().await;
    let mut platform = shop.kit.platform_of(ServiceRole::Booking);
    platform.bus = Bus::connect(&platform.env, &platform.shutdown).await.expect("the bus");
    booking::spawn_jobs(&platform, &shop.state);
    let pairs = [["A1", "A2"], ["A3", "A4"], ["B1", "B2"], ["B3", "B4"], ["C1", "C2"], ["C3", "C4"]];
    let buying = join_all(pairs.iter().map(|pair| buy(&shop, pair)));
    let building = async {
        for _ in 0..10 {
            replayed(&shop, Mode::Build).await;
        }
    };
    tokio::join!(buying, building);
    let began = Instant::now();
    while replay_tickets::recount(shop.db.pool()).await.expect("counted") > 0 {
        assert!(began.elapsed() < FOLLOWS_WITHIN, "the projection does not follow");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(replayed(&shop, Mode::Check).await, Replayed { orders: 6, tickets: 12, differed: 0 });
}
