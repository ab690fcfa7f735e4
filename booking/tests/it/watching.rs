//! The live map.

use crate::shop::Shop;
use axum::body::{Body, BodyDataStream};
use axum::http::Request;
use futures::StreamExt;
use onsale_booking as booking;
use serde_json::{Value, json};
use std::time::Duration;
use tower::ServiceExt;

async fn watch(shop: &Shop) -> BodyDataStream {
    watch_from(shop, None).await
}

async fn watch_from(shop: &Shop, last: Option<i64>) -> BodyDataStream {
    let mut request = Request::get("/api/events/EVT/live").body(Body::empty()).expect("a request");
    if let Some(version) = last {
        request.headers_mut().insert("last-event-id", version.into());
    }
    shop.router.clone().oneshot(request).await.expect("an answer").into_body().into_data_stream()
}

/// The next message: its name and what it says.
async fn next(stream: &mut BodyDataStream) -> (String, Value) {
    let bytes = tokio::time::timeout(Duration::from_secs(4), stream.next()).await.expect("a message in time");
    let text = String::from_utf8(bytes.expect("it goes on").expect("bytes").to_vec()).expect("text");
    let of = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default().trim().to_owned();
    (of("event:"), serde_json::from_str(&of("data:")).expect("JSON"))
}

#[tokio::test]
async fn a_hold_that_ran_out_is_free_on_the_map_before_and_after_it_is_swept() {
    let shop = Shop::open_with(&[], |offer| offer.sale.hold_seconds = 2).await;
    let mut stream = watch(&shop).await;
    assert_eq!(next(&mut stream).await.0, "snapshot");
    tokio::time::sleep(Duration::from_millis(1_200)).await;
    let (buyer, _) = shop.buyer();
    let wanted = json!({"eventId": "EVT", "seats": [{"seatId": "A1"}]});
    buyer.post("/api/bookings/reserve", &wanted).await.expect(201);
    let (name, held) = next(&mut stream).await;
    assert_eq!((name.as_str(), &held["changes"]), ("delta", &json!([[0, 1]])));
    // Nobody sweeps here: the seat is free by its time alone, and the version is the same.
    let (name, over) = next(&mut stream).await;
    assert_eq!((name.as_str(), &over["changes"]), ("delta", &json!([[0, 0]])));
    assert_eq!(over["version"], held["version"]);
    booking::service::expire_holds::of_all(&shop.state).await.expect("it is swept");
    let (_, swept) = next(&mut stream).await;
    assert_eq!(swept["changes"], json!([]));
    assert!(swept["version"].as_i64() > over["version"].as_i64());
}

#[tokio::test]
async fn what_changes_right_after_the_snapshot_is_told_without_another_change() {
    let shop = Shop::open().await;
    let mut stream = watch(&shop).await;
    let (name, first) = next(&mut stream).await;
    assert_eq!((name.as_str(), &first["held"]), ("snapshot", &json!(0)));
    let (buyer, _) = shop.buyer();
    for (number, seat) in ["A1", "A2"].into_iter().enumerate() {
        let wanted = json!({"eventId": "EVT", "seats": [{"seatId": seat}]});
        buyer.post("/api/bookings/reserve", &wanted).await.expect(201);
        let (name, told) = next(&mut stream).await;
        assert_eq!((name.as_str(), &told["changes"]), ("delta", &json!([[number, 1]])), "{seat}: {told}");
    }
}

async fn hold(shop: &Shop, seat: &str) {
    let (buyer, _) = shop.buyer();
    let wanted = json!({"eventId": "EVT", "seats": [{"seatId": seat}]});
    buyer.post("/api/bookings/reserve", &wanted).await.expect(201);
}

#[tokio::test]
async fn a_change_is_written_once_for_all_with_how_much_is_left() {
    let shop = Shop::open().await;
    let mut crowd = Vec::new();
    for _ in 0..5 {
        let mut stream = watch(&shop).await;
        assert_eq!(next(&mut stream).await.0, "snapshot");
        crowd.push(stream);
    }
    let mut all = Vec::new();
    hold(&shop, "A3").await;
    for stream in &mut crowd {
        all.push(tokio::time::timeout(Duration::from_secs(4), stream.next()).await.expect("in time"));
    }
    let all: Vec<_> = all.into_iter().map(|bytes| bytes.expect("it goes on").expect("bytes")).collect();
    assert!(all.iter().all(|bytes| bytes.as_ptr() == all[0].as_ptr()), "the same bytes");
    let text = String::from_utf8(all[0].to_vec()).expect("text");
    let data = text.lines().find_map(|line| line.strip_prefix("data: ")).expect("data");
    let told: Value = serde_json::from_str(data).expect("JSON");
    let seats = shop.anybody().get("/api/events/EVT/seats").await.expect(200).json();
    assert_eq!((&told["version"], &told["changes"]), (&seats["version"], &json!([[2, 1]])));
    for count in ["free", "held", "sold"] {
        assert_eq!(told[count], seats[count], "{count}");
    }
    assert_eq!(told["held"], 1);
}

#[tokio::test]
async fn who_comes_back_is_told_what_followed_and_who_knows_nothing_that_is_kept_all() {
    let shop = Shop::open().await;
    let mut stream = watch(&shop).await;
    let first = next(&mut stream).await.1["version"].as_i64().expect("a version");
    // Nothing happened since: nothing is said until something does.
    let mut back = watch_from(&shop, Some(first)).await;
    hold(&shop, "A1").await;
    let (name, told) = next(&mut back).await;
    assert_eq!((name.as_str(), &told["from"], &told["changes"]), ("delta", &json!(first), &json!([[0, 1]])));
    let second = next(&mut stream).await.1["version"].as_i64().expect("a version");
    drop((stream, back));
    // Nobody watches for a moment.
    hold(&shop, "A2").await;
    let mut back = watch_from(&shop, Some(second)).await;
    let mut changes = Vec::new();
    while !changes.contains(&json!([1, 1])) {
        let (name, told) = next(&mut back).await;
        assert_eq!(name, "delta");
        changes.extend(told["changes"].as_array().expect("changes").clone());
    }
    let mut other = watch_from(&shop, Some(first - 1)).await;
    let (name, all) = next(&mut other).await;
    assert_eq!((name.as_str(), &all["states"].as_str().expect("states")[..3]), ("snapshot", "110"));
}
