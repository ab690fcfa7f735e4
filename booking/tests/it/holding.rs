//! Reserve, look, change, release, expire.

use crate::shop::Shop;
use serde_json::{Value, json};

fn reserve(seats: &[&str]) -> Value {
    let seats: Vec<Value> = seats.iter().map(|seat| json!({"seatId": seat})).collect();
    json!({"eventId": "EVT", "seats": seats})
}

#[tokio::test]
async fn seats_are_held_with_their_prices_and_fences() {
    let shop = Shop::open().await;
    let (buyer, _) = shop.buyer();
    let held = buyer.post("/api/bookings/reserve", &reserve(&["A5", "A6", "A5"])).await.expect(201).json();
    assert_eq!(held["seats"].as_array().map(Vec::len), Some(2), "a seat named twice counts once");
    assert_eq!(held["total"], json!({"amount": "162.00", "currency": "EUR"}));
    assert_eq!(held["seats"][0]["seatId"], "A5");
    assert_eq!(held["seats"][0]["zoneId"], 1);
    assert_eq!(held["seats"][0]["category"], "PREMIUM");
    assert_eq!(held["seats"][0]["ticketType"], "adult");
    assert_eq!(held["seats"][0]["price"]["total"]["amount"], "81.00");
    assert_eq!(held["fencingToken"], 1);
    let id = held["reservationId"].as_str().expect("an id").to_owned();
    let seen = buyer.get(&format!("/api/bookings/reservations/{id}")).await.expect(200).json();
    assert_eq!(seen["status"], "ACTIVE");
    let (other, _) = shop.buyer();
    other.get(&format!("/api/bookings/reservations/{id}")).await.expect_problem(404, "not_found");
    shop.check_books().await;
}

#[tokio::test]
async fn a_taken_seat_is_named_and_nothing_is_held() {
    let shop = Shop::open().await;
    let (first, _) = shop.buyer();
    let (second, _) = shop.buyer();
    first.post("/api/bookings/reserve", &reserve(&["B1"])).await.expect(201);
    let problem =
        second.post("/api/bookings/reserve", &reserve(&["B1", "B2"])).await.expect_problem(409, "seats_unavailable");
    assert_eq!(problem["seats"], json!(["B1"]));
    first.post("/api/bookings/reserve", &reserve(&["B2"])).await.expect(201);
    shop.check_books().await;
}

#[tokio::test]
async fn a_released_seat_is_had_again_at_once_with_a_higher_fence() {
    let shop = Shop::open().await;
    let (first, _) = shop.buyer();
    let (second, _) = shop.buyer();
    let held = first.post("/api/bookings/reserve", &reserve(&["C1"])).await.expect(201).json();
    let id = held["reservationId"].as_str().expect("an id");
    second.delete(&format!("/api/bookings/reservations/{id}")).await.expect_problem(404, "not_found");
    first.delete(&format!("/api/bookings/reservations/{id}")).await.expect(204);
    let again = second.post("/api/bookings/reserve", &reserve(&["C1"])).await.expect(201).json();
    assert_eq!(again["fencingToken"], 2);
    first.delete(&format!("/api/bookings/reservations/{id}")).await.expect(204);
    let still = second
        .get(&format!("/api/bookings/reservations/{}", again["reservationId"].as_str().expect("an id")))
        .await
        .expect(200)
        .json();
    assert_eq!(still["status"], "ACTIVE", "a stale release changes nothing");
    shop.check_books().await;
}

#[tokio::test]
async fn who_hangs_up_leaves_no_seat_locked() {
    let shop = Shop::open_with(&[], |offer| offer.sale.max_per_account = Some(2)).await;
    let (first, _) = shop.buyer();
    let (second, _) = shop.buyer();
    let held = first.post("/api/bookings/reserve", &reserve(&["I1"])).await.expect(201).json();
    let path = format!("/api/bookings/reservations/{}", held["reservationId"].as_str().expect("an id"));
    // Nothing is committed while somebody else has the rows: the locks in Redis are had, and the clients go away.
    let mut rows = shop.db.pool().begin().await.expect("a transaction");
    sqlx::query("SELECT 1 FROM booking.seats FOR UPDATE").execute(&mut *rows).await.expect("the seats are locked");
    let more = json!({"add": {"seats": [{"seatId": "J1"}, {"seatId": "J2"}]}});
    let wanted = reserve(&["H1", "H2"]);
    let calls = futures::future::join(first.post("/api/bookings/reserve", &wanted), first.patch(&path, &more));
    let hung_up = tokio::time::timeout(std::time::Duration::from_millis(300), calls).await;
    assert!(hung_up.is_err(), "they were answered too early");
    rows.rollback().await.expect("the seats are free again");
    tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    second.post("/api/bookings/reserve", &reserve(&["H1"])).await.expect(201);
    second.post("/api/bookings/reserve", &reserve(&["J1"])).await.expect(201);
    shop.check_books().await;
}

#[tokio::test]
async fn what_cannot_be_meant_is_told_field_by_field() {
    let shop = Shop::open().await;
    let (buyer, _) = shop.buyer();
    shop.anybody().post("/api/bookings/reserve", &reserve(&["A1"])).await.expect_problem(401, "unauthenticated");
    buyer.post("/api/bookings/reserve", &json!({"eventId": "EVT"})).await.expect_problem(422, "invalid");
    let both = json!({"eventId": "EVT", "seats": [{"seatId": "A1"}], "tickets": []});
    buyer.post("/api/bookings/reserve", &both).await.expect_problem(422, "invalid");
    let unknown =
        buyer.post("/api/bookings/reserve", &reserve(&["A1", "Z9", "Z8"])).await.expect_problem(422, "invalid");
    assert_eq!(unknown["errors"][0]["field"], "seats[1].seatId");
    assert_eq!(unknown["errors"][1]["field"], "seats[2].seatId");
    let none = json!({"eventId": "NONE", "seats": [{"seatId": "A1"}]});
    buyer.post("/api/bookings/reserve", &none).await.expect_problem(404, "not_found");
    let wrong = json!({"eventId": "EVT", "seats": "A1"});
    let wrong = buyer.post("/api/bookings/reserve", &wrong).await.expect_problem(400, "malformed");
    assert_eq!(wrong["errors"][0]["field"], "seats");
    let many = json!({"eventId": "EVT", "tickets": [{"ticketType": "standing", "quantity": 0}]});
    buyer.post("/api/bookings/reserve", &many).await.expect_problem(422, "invalid");
}

#[tokio::test]
async fn a_hold_changes_wholly_or_not_at_all_and_keeps_its_end() {
    let shop = Shop::open().await;
    let (buyer, _) = shop.buyer();
    let (other, _) = shop.buyer();
    other.post("/api/bookings/reserve", &reserve(&["D4"])).await.expect(201);
    let held = buyer.post("/api/bookings/reserve", &reserve(&["D1", "D2"])).await.expect(201).json();
    let path = format!("/api/bookings/reservations/{}", held["reservationId"].as_str().expect("an id"));
    let change =
        json!({"add": {"seats": [{"seatId": "D3"}, {"seatId": "D4"}]}, "remove": {"seats": [{"seatId": "D1"}]}});
    let problem = buyer.patch(&path, &change).await.expect_problem(409, "seats_unavailable");
    assert_eq!(problem["seats"], json!(["D4"]));
    other.post("/api/bookings/reserve", &reserve(&["D3"])).await.expect(201);
    let change =
        json!({"add": {"seats": [{"seatId": "D5", "ticketType": "child"}]}, "remove": {"seats": [{"seatId": "D1"}]}});
    let changed = buyer.patch(&path, &change).await.expect(200).json();
    assert_eq!(changed["expiresAt"], held["expiresAt"]);
    assert_eq!(changed["total"]["amount"], "77.00");
    other.post("/api/bookings/reserve", &reserve(&["D1"])).await.expect(201);
    let nothing = json!({"remove": {"seats": [{"seatId": "D2"}, {"seatId": "D5"}]}});
    buyer.patch(&path, &nothing).await.expect_problem(422, "invalid");
    shop.check_books().await;
}

#[tokio::test]
async fn a_hold_does_not_grow_beyond_what_one_reserve_may_have() {
    let shop = Shop::open().await;
    let (buyer, _) = shop.buyer();
    let standing = |quantity: u32| json!({"tickets": [{"ticketType": "standing", "quantity": quantity}]});
    let mut ask = standing(98);
    ask["eventId"] = json!("EVT");
    let held = buyer.post("/api/bookings/reserve", &ask).await.expect(201).json();
    let path = format!("/api/bookings/reservations/{}", held["reservationId"].as_str().expect("an id"));
    let problem = buyer.patch(&path, &json!({"add": standing(3)})).await.expect_problem(422, "invalid");
    assert_eq!(problem["errors"][0]["field"], "add");
    let seats = json!({"seats": [{"seatId": "D1"}, {"seatId": "D2"}, {"seatId": "D3"}]});
    buyer.patch(&path, &json!({"add": seats})).await.expect_problem(422, "invalid");
    buyer.patch(&path, &json!({"add": standing(2)})).await.expect(200);
    buyer.patch(&path, &json!({"add": standing(2), "remove": standing(2)})).await.expect(200);
    shop.check_books().await;
}

#[tokio::test]
async fn quotas_and_promo_codes_are_stock_too() {
    let shop = Shop::open().await;
    let (buyer, _) = shop.buyer();
    let children = |row: &str, count: usize| {
        let seats: Vec<Value> =
            (1..=count).map(|seat| json!({"seatId": format!("{row}{seat}"), "ticketType": "child"})).collect();
        json!({"eventId": "EVT", "seats": seats})
    };
    let held = buyer.post("/api/bookings/reserve", &children("E", 4)).await.expect(201).json();
    let problem =
        buyer.post("/api/bookings/reserve", &children("F", 2)).await.expect_problem(409, "tickets_unavailable");
    assert_eq!(problem["available"], 1);
    let path = format!("/api/bookings/reservations/{}", held["reservationId"].as_str().expect("an id"));
    buyer
        .put(&format!("{path}/promo-code"), &json!({"code": "nothing"}))
        .await
        .expect_problem(422, "promo_code_invalid");
    let cheaper = buyer.put(&format!("{path}/promo-code"), &json!({"code": "welcome10"})).await.expect(200).json();
    assert_eq!(cheaper["total"]["amount"], "94.00");
    assert_eq!(cheaper["promoCode"], "WELCOME10");
    let dearer = buyer.delete(&format!("{path}/promo-code")).await.expect(200).json();
    assert_eq!(dearer["total"]["amount"], "104.00");
    buyer.delete(&path).await.expect(204);
    buyer.post("/api/bookings/reserve", &children("F", 5)).await.expect(201);
    shop.check_books().await;
}

#[tokio::test]
async fn best_available_sits_together_and_leaves_nobody_alone() {
    let shop = Shop::open().await;
    let (buyer, _) = shop.buyer();
    let best =
        |quantity: u32| json!({"eventId": "EVT", "bestAvailable": {"quantity": quantity, "category": "STANDARD"}});
    let held = buyer.post("/api/bookings/reserve", &best(3)).await.expect(201).json();
    let seats = held["seats"].as_array().expect("seats");
    let columns: Vec<i64> =
        seats.iter().map(|seat| seat["column"].as_str().expect("text").parse().expect("a number")).collect();
    assert!(columns.windows(2).all(|pair| pair[1] == pair[0] + 1), "{columns:?}");
    assert!(seats.iter().all(|seat| seat["row"] == seats[0]["row"] && seat["category"] == "STANDARD"));
    buyer.post("/api/bookings/reserve", &best(0)).await.expect_problem(422, "invalid");
    let wide = json!({"eventId": "EVT", "bestAvailable": {"quantity": 3, "accessible": true}});
    buyer.post("/api/bookings/reserve", &wide).await.expect_problem(409, "no_adjacent_seats");
}

#[tokio::test]
async fn an_overdue_hold_ends_on_contact_though_nobody_sweeps() {
    let shop = Shop::open_with(&[], |offer| offer.sale.hold_seconds = 6).await;
    let (first, _) = shop.buyer();
    let (second, _) = shop.buyer();
    let held = first.post("/api/bookings/reserve", &reserve(&["G1", "G2"])).await.expect(201).json();
    let all = json!({"eventId": "EVT", "tickets": [{"ticketType": "standing", "quantity": 100}]});
    for _ in 0..3 {
        first.post("/api/bookings/reserve", &all).await.expect(201);
    }
    second.post("/api/bookings/reserve", &reserve(&["G1"])).await.expect_problem(409, "seats_unavailable");
    second.post("/api/bookings/reserve", &all).await.expect_problem(409, "tickets_unavailable");
    tokio::time::sleep(std::time::Duration::from_millis(6_900)).await;
    second.post("/api/bookings/reserve", &reserve(&["G1"])).await.expect(201);
    second.post("/api/bookings/reserve", &all).await.expect(201);
    let confirm = json!({"reservationId": held["reservationId"], "paymentMethod": "CREDIT_CARD"});
    first.post("/api/bookings/confirm", &confirm).await.expect_problem(410, "hold_expired");
    let seen = first
        .get(&format!("/api/bookings/reservations/{}", held["reservationId"].as_str().expect("an id")))
        .await
        .expect(200)
        .json();
    assert_eq!(seen["status"], "EXPIRED");
    shop.check_books().await;
}

#[tokio::test]
async fn the_same_key_gives_the_first_answer_again() {
    let shop = Shop::open().await;
    let (buyer, _) = shop.buyer();
    let keyed = buyer.with_header("idempotency-key", "k1");
    let first = keyed.post("/api/bookings/reserve", &reserve(&["H1"])).await.expect(201);
    let again = keyed.post("/api/bookings/reserve", &reserve(&["H1"])).await.expect(201);
    assert_eq!(first.json(), again.json());
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
    keyed.post("/api/bookings/reserve", &reserve(&["H2"])).await.expect_problem(422, "idempotency_key_reused");
    let (other, _) = shop.buyer();
    let other = other.with_header("idempotency-key", "k1");
    other.post("/api/bookings/reserve", &reserve(&["H3"])).await.expect(201);
    other.with_header("idempotency-key", "k2").post("/api/bookings/reserve", &reserve(&["H1"])).await.expect(409);
    other.with_header("idempotency-key", "k2").post("/api/bookings/reserve", &reserve(&["H4"])).await.expect(201);
}

#[tokio::test]
async fn buyers_see_plan_states_and_ticket_types() {
    let shop = Shop::open().await;
    let (buyer, _) = shop.buyer();
    let plan = shop.anybody().get("/api/events/EVT/plan").await.expect(200);
    assert!(plan.header("etag").is_some());
    let plan = plan.json();
    assert_eq!(plan["zones"][0]["rowCount"], 10);
    assert_eq!(plan["zones"][0]["colCount"], 20);
    assert_eq!(plan["zones"][0]["rows"][0]["seats"][0]["price"]["total"]["amount"], "81.00");
    buyer.post("/api/bookings/reserve", &reserve(&["A2"])).await.expect(201);
    let standing = json!({"eventId": "EVT", "tickets": [{"ticketType": "standing", "quantity": 4}]});
    buyer.post("/api/bookings/reserve", &standing).await.expect(201);
    let seats = shop.anybody().get("/api/events/EVT/seats").await.expect(200).json();
    assert!(seats["states"].as_str().expect("text").starts_with("010"));
    assert_eq!(seats["held"], 5);
    let types = shop.anybody().get("/api/events/EVT/ticket-types").await.expect(200).json();
    assert_eq!(types["items"][0]["type"], "standing");
    assert_eq!(types["items"][0]["total"], 300);
    assert_eq!(types["items"][0]["available"], 296);
    assert_eq!(types["items"][0]["reserved"], 4);
    shop.anybody().get("/api/events/NONE/seats").await.expect_problem(404, "not_found");
}
