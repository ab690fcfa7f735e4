//! What booking tells the metrics of how it stands, and that it finds what must never be.

use crate::shop::Shop;
use metrics_exporter_prometheus::PrometheusBuilder;
use onsale_booking::service::tell_standing::{Known, round};
use serde_json::json;

#[tokio::test]
async fn seats_and_masters_are_told_and_a_seat_sold_without_a_ticket_is_found() {
    let shop = Shop::open().await;
    let recorder = PrometheusBuilder::new().build_recorder();
    let _local = metrics::set_default_local_recorder(&recorder);
    let (buyer, _) = shop.buyer();
    let wish = json!({"eventId": "EVT", "seats": [{"seatId": "A5"}, {"seatId": "A6"}]});
    buyer.post("/api/bookings/reserve", &wish).await.expect(201);
    let mut known = Known::default();
    round(&shop.state, &mut known).await.expect("looked up");
    let told = recorder.handle().render();
    for line in [
        "onsale_seats{event=\"EVT\",state=\"held\"} 2",
        "onsale_seats{event=\"EVT\",state=\"sold\"} 0",
        "onsale_redis_masters{state=\"lost\"} 0",
        "onsale_orders_open{status=\"capturing\"} 0",
        "onsale_invariant_violations{invariant=\"without_ticket\"} 0",
        "onsale_invariant_violations{invariant=\"miscounted\"} 0",
    ] {
        assert!(told.lines().any(|known| known == line), "{line} is not in\n{told}");
    }

    let tampered = "UPDATE booking.seats SET state = 2 WHERE state = 1";
    sqlx::query(tampered).execute(shop.db.pool()).await.expect("tampered");
    round(&shop.state, &mut known).await.expect("looked up");
    let told = recorder.handle().render();
    assert!(told.contains("invariant=\"without_ticket\"} 0"), "an event that did not change is not looked at again");
    sqlx::query("UPDATE booking.counters SET version = version + 1").execute(shop.db.pool()).await.expect("changed");
    round(&shop.state, &mut known).await.expect("looked up");
    let told = recorder.handle().render();
    assert!(told.contains("invariant=\"without_ticket\"} 2"), "{told}");
    assert!(told.contains("invariant=\"miscounted\"} 4"), "two held too few and two sold too many: {told}");

    sqlx::query("UPDATE booking.seats SET state = 1 WHERE state = 2").execute(shop.db.pool()).await.expect("mended");
    sqlx::query("UPDATE booking.counters SET version = version + 1").execute(shop.db.pool()).await.expect("changed");
    round(&shop.state, &mut known).await.expect("looked up");
    assert!(recorder.handle().render().contains("invariant=\"miscounted\"} 0"), "what was mended is told no more");
}

#[tokio::test]
async fn a_paid_order_counts_tickets_and_takings_and_leaves_no_open_saga() {
    let shop = Shop::open().await;
    let recorder = PrometheusBuilder::new().build_recorder();
    let _local = metrics::set_default_local_recorder(&recorder);
    let (buyer, _) = shop.buyer();
    let wish = json!({"eventId": "EVT", "seats": [{"seatId": "A5"}, {"seatId": "A6"}]});
    let held = buyer.post("/api/bookings/reserve", &wish).await.expect(201).json();
    let paid = json!({"reservationId": held["reservationId"], "paymentMethod": "CREDIT_CARD"});
    buyer.post("/api/bookings/confirm", &paid).await.expect(200);
    round(&shop.state, &mut Known::default()).await.expect("looked up");
    let told = recorder.handle().render();
    for line in [
        "onsale_seats{event=\"EVT\",state=\"sold\"} 2",
        "onsale_tickets_sold_total 2",
        "onsale_takings_minor_total{currency=\"EUR\"} 16200",
        "onsale_orders_open{status=\"authorising\"} 0",
        "onsale_invariant_violations{invariant=\"seat_not_sold\"} 0",
        "onsale_invariant_violations{invariant=\"without_ticket\"} 0",
    ] {
        assert!(told.lines().any(|known| known == line), "{line} is not in\n{told}");
    }
}
