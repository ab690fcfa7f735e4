//! With masters away, PostgreSQL decides alone.

use crate::shop::Shop;
use futures::future::join_all;
use onsale_testkit::TestRedis;
use serde_json::json;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_any_master_there_is_still_one_winner() {
    // Nobody listens on these ports.
    let nowhere = "redis://127.0.0.1:1,redis://127.0.0.1:2,redis://127.0.0.1:3";
    let shop = Shop::open_with(&[("REDIS_URLS", nowhere), ("BOOKING_WITHOUT_REDIS_MAX", "1000")], |_| {}).await;
    let buyers: Vec<_> = (0..100).map(|_| shop.buyer().0).collect();
    let body = json!({"eventId": "EVT", "seats": [{"seatId": "A1"}]});
    let answers = join_all(buyers.iter().map(|buyer| buyer.post("/api/bookings/reserve", &body))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status.as_u16() == 201).count(), 1);
    for answer in answers.into_iter().filter(|answer| answer.status.as_u16() != 201) {
        assert_eq!(answer.expect_problem(409, "seats_unavailable")["seats"], json!(["A1"]));
    }
    shop.check_books().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn past_the_bulkhead_it_is_503_at_once() {
    let nowhere = "redis://127.0.0.1:1,redis://127.0.0.1:2,redis://127.0.0.1:3";
    let shop = Shop::open_with(&[("REDIS_URLS", nowhere), ("BOOKING_WITHOUT_REDIS_MAX", "2")], |_| {}).await;
    let buyers: Vec<_> = (0..100).map(|_| shop.buyer().0).collect();
    let bodies = (0..100).map(|seat| {
        json!({"eventId": "EVT", "seats": [{"seatId": format!("{}{}", char::from(b'A' + seat / 20), seat % 20 + 1)}]})
    });
    let calls =
        buyers.iter().zip(bodies).map(|(buyer, body)| async move { buyer.post("/api/bookings/reserve", &body).await });
    let answers = join_all(calls).await;
    let held = answers.iter().filter(|answer| answer.status.as_u16() == 201).count();
    assert!(held >= 2, "{held} were held");
    for answer in answers.into_iter().filter(|answer| answer.status.as_u16() != 201) {
        assert!(answer.header("retry-after").is_some());
        answer.expect_problem(503, "unavailable");
    }
    shop.check_books().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_shed_leaves_no_key_on_the_master_that_is_left() {
    let redis = TestRedis::new().await;
    let one_of_three = format!("{},redis://127.0.0.1:1,redis://127.0.0.1:2", redis.urls()[0]);
    let shop = Shop::open_with(&[("REDIS_URLS", &one_of_three), ("BOOKING_WITHOUT_REDIS_MAX", "0")], |_| {}).await;
    let body = json!({"eventId": "EVT", "seats": [{"seatId": "A1"}]});
    for _ in 0..2 {
        let (buyer, _) = shop.buyer();
        buyer.post("/api/bookings/reserve", &body).await.expect_problem(503, "unavailable");
    }
}
