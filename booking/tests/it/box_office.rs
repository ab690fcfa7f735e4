//! `/api/v1`: the counter's sale, and the queries that follow the events.

use crate::shop::{Shop, bring, deliver, messages};
use axum::http::StatusCode;
use futures::future::join_all;
use onsale_booking as booking;
use onsale_booking::service::choose::Chosen;
use onsale_booking::service::hold_seats::{self, Asking};
use onsale_booking::service::inventories::Inventories;
use onsale_booking::service::{drive_order, release_hold};
use onsale_core::api::booking::PaymentMethod;
use onsale_core::api::box_office::SellTicket;
use onsale_core::api::internal::PaymentStatus;
use onsale_core::{ApiKeyId, ReservationId, Role, Scope, UserId};
use onsale_platform::ServiceRole;
use onsale_platform::bus::Bus;
use onsale_platform::idempotency::IdempotencyKey;
use onsale_platform::outbox::Metadata;
use onsale_testkit::{TestClient, TestUser};
use serde_json::{Value, json};
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};
use uuid::Uuid;

const SALES: &str = "/api/v1/tickets";

fn clerk(shop: &Shop) -> (TestClient, TestUser) {
    let user = shop.kit.user(&[Role::BoxOffice]);
    (shop.kit.client_of(shop.router.clone(), &user), user)
}

fn sale(user: UserId, row: &str, column: &str) -> Value {
    json!({"userId": user, "venueId": "V1", "eventId": "EVT", "zoneId": 1, "rowLabel": row, "colLabel": column})
}

async fn only_active_hold(shop: &Shop) -> ReservationId {
    let active = sqlx::query_scalar("SELECT id FROM booking.reservations WHERE status = 'ACTIVE'");
    ReservationId(active.fetch_one(shop.db.pool()).await.expect("one hold"))
}

fn fields(body: &Value) -> Vec<&str> {
    body.as_object().expect("an object").keys().map(String::as_str).collect()
}

#[tokio::test]
async fn the_counter_sells_a_seat_in_one_call_and_the_queries_follow() {
    let shop = Shop::open().await;
    let (clerk, _) = clerk(&shop);
    let (buyer, user) = shop.buyer();
    let sold = clerk.post(SALES, &sale(user.id, "A", "1")).await.expect(201).json();
    let names = "colLabel,column,createdOn,eventId,price,row,rowLabel,status,ticketId,userId,venueId,zoneId";
    let mut sent = fields(&sold);
    sent.sort_unstable();
    assert_eq!(sent.join(","), names);
    assert_eq!(
        (&sold["status"], &sold["userId"], &sold["price"]),
        (&json!("CONFIRMED"), &json!(user.id), &json!(81.0))
    );
    assert_eq!((&sold["row"], &sold["column"]), (&sold["rowLabel"], &sold["colLabel"]));
    // The same desk, the same till: the buyer owns the order, the cash is captured.
    let orders = buyer.get("/api/bookings").await.expect(200).json();
    assert_eq!(orders["items"][0]["tickets"][0]["ticketId"], sold["ticketId"]);
    let paid: Vec<_> = shop.till.0.lock().values().map(|paid| (paid.method, paid.status, paid.amount.minor)).collect();
    assert_eq!(paid, [(PaymentMethod::Cash, PaymentStatus::Captured, 8_100)]);
    let (other, _) = shop.buyer();
    let taken = json!({"eventId": "EVT", "seats": [{"seatId": "A1"}]});
    other.post("/api/bookings/reserve", &taken).await.expect_problem(409, "seats_unavailable");
    let problem = clerk.post(SALES, &sale(user.id, "A", "1")).await.expect_problem(409, "seats_unavailable");
    assert_eq!(problem["seats"], json!(["A1"]));
    // The two labels have other names.
    let other_names =
        json!({"userId": user.id, "venueId": "V1", "eventId": "EVT", "zoneId": 1, "row": "D", "column": "7"});
    let second = clerk.post(SALES, &other_names).await.expect(201).json();
    assert_eq!((&second["rowLabel"], &second["colLabel"], &second["price"]), (&json!("D"), &json!("7"), &json!(51.0)));

    deliver(&shop).await;
    deliver(&shop).await;
    let seen = clerk.get(&format!("{SALES}/{}", sold["ticketId"].as_str().expect("an id"))).await.expect(200).json();
    let mut expected = sold.clone();
    expected["status"] = json!("SOLD");
    assert_eq!(seen, expected);
    let count = clerk.get("/api/v1/tickets/count/EVT").await.expect(200).json();
    assert_eq!(count, json!({"eventId": "EVT", "soldCount": 2, "zones": [{"zoneId": 1, "soldCount": 2}]}));
    let revenue = clerk.get("/api/v1/tickets/revenue/V1/EVT").await.expect(200).json();
    assert_eq!(revenue, json!({"venueId": "V1", "eventId": "EVT", "totalRevenue": 132.0}));
    let money = clerk.get("/api/v1/tickets/money/V1/EVT").await.expect(200).json();
    assert_eq!(money, json!({"eventId": "EVT", "ticketPrice": 66.0}));
    shop.check_books().await;
}

#[tokio::test]
async fn roles_and_scopes_say_who_sells_and_who_reads() {
    let shop = Shop::open().await;
    let (customer, user) = shop.buyer();
    let reads = [
        SALES,
        "/api/v1/tickets/018f0000-0000-7000-8000-000000000000",
        "/api/v1/tickets/count/EVT",
        "/api/v1/tickets/revenue/V1/EVT",
        "/api/v1/tickets/money/V1/EVT",
    ];
    for read in reads {
        shop.anybody().get(read).await.expect_problem(401, "unauthenticated");
        customer.get(read).await.expect_problem(403, "forbidden");
    }
    shop.anybody().post(SALES, &sale(user.id, "A", "1")).await.expect_problem(401, "unauthenticated");
    customer.post(SALES, &sale(user.id, "A", "1")).await.expect_problem(403, "forbidden");
    let key = |scope| {
        let token = shop.kit.api_key_token(ApiKeyId(Uuid::nil()), user.id, &[scope]);
        shop.anybody().signed_in(&token)
    };
    key(Scope::TicketsRead).post(SALES, &sale(user.id, "A", "1")).await.expect_problem(403, "forbidden");
    key(Scope::TicketsRead).get(SALES).await.expect(200);
    key(Scope::TicketsSell).get(SALES).await.expect_problem(403, "forbidden");
    key(Scope::TicketsSell).post(SALES, &sale(user.id, "A", "1")).await.expect(201);
    let admin = shop.kit.user(&[Role::Admin]);
    shop.kit.client_of(shop.router.clone(), &admin).post(SALES, &sale(user.id, "A", "2")).await.expect(201);
    let health = shop.anybody().get("/api/v1/health").await.expect(200).json();
    assert_eq!(health["status"], "UP");
    assert_eq!(health["endpoints"].as_array().map(Vec::len), Some(7));
}

#[tokio::test]
async fn what_does_not_fit_the_event_is_named() {
    let shop = Shop::open().await;
    let (clerk, user) = clerk(&shop);
    let with = |field: &str, value: Value| {
        let mut body = sale(user.id, "A", "1");
        body[field] = value;
        body
    };
    let cases = [
        ("venueId", json!("V2")),
        ("zoneId", json!(2)),
        ("rowLabel", json!("a")),
        ("rowLabel", json!("")),
        ("colLabel", json!("01")),
        ("colLabel", json!("21")),
    ];
    for (field, value) in cases {
        let problem = clerk.post(SALES, &with(field, value)).await.expect_problem(422, "invalid");
        assert_eq!(problem["errors"].as_array().map(Vec::len), Some(1), "{problem}");
        assert_eq!(problem["errors"][0]["field"], field);
    }
    let mut both = with("venueId", json!("V2"));
    both["rowLabel"] = json!("Z");
    let problem = clerk.post(SALES, &both).await.expect_problem(422, "invalid");
    assert_eq!(problem["errors"].as_array().map(Vec::len), Some(2));
    clerk.post(SALES, &with("eventId", json!("NONE"))).await.expect_problem(404, "not_found");
    for (field, value) in
        [("userId", json!("me")), ("zoneId", json!(-1)), ("zoneId", json!("1")), ("colLabel", json!(1))]
    {
        clerk.post(SALES, &with(field, value)).await.expect_problem(400, "malformed");
    }
    assert_eq!(shop.count("SELECT count(*) FROM booking.reservations").await, 0);
}

#[tokio::test]
async fn the_limit_per_person_does_not_bind_the_counter() {
    let shop = Shop::open_with(&[], |offer| offer.sale.max_per_account = Some(1)).await;
    let (clerk, _) = clerk(&shop);
    let (buyer, user) = shop.buyer();
    for column in ["1", "2", "3"] {
        clerk.post(SALES, &sale(user.id, "E", column)).await.expect(201);
    }
    let own = json!({"eventId": "EVT", "seats": [{"seatId": "E4"}]});
    buyer.post("/api/bookings/reserve", &own).await.expect_problem(409, "limit_reached");
}

#[tokio::test]
async fn before_the_sale_opens_the_counter_is_closed_too() {
    let shop = Shop::open_with(&[], |offer| offer.sale.on_sale_at += chrono::TimeDelta::days(1)).await;
    let (clerk, user) = clerk(&shop);
    clerk.post(SALES, &sale(user.id, "A", "1")).await.expect_problem(409, "not_on_sale");
}

#[tokio::test]
async fn the_same_key_sells_once() {
    let shop = Shop::open().await;
    let (clerk, user) = clerk(&shop);
    let keyed = clerk.with_header("idempotency-key", "sale-1");
    let first = keyed.post(SALES, &sale(user.id, "A", "1")).await.expect(201);
    assert_eq!(first.header("idempotent-replayed"), None);
    let again = keyed.post(SALES, &sale(user.id, "A", "1")).await.expect(201);
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
    assert_eq!(again.json(), first.json());
    keyed.post(SALES, &sale(user.id, "A", "2")).await.expect_problem(422, "idempotency_key_reused");
    // Another seller's key of the same name is another key.
    let (other, _) = self::clerk(&shop);
    let other = other.with_header("idempotency-key", "sale-1");
    other.post(SALES, &sale(user.id, "A", "1")).await.expect_problem(409, "seats_unavailable");
    // What was refused is not kept.
    other.post(SALES, &sale(user.id, "A", "2")).await.expect(201);

    let hasty = clerk.with_header("idempotency-key", "sale-2");
    let body = sale(user.id, "B", "1");
    for answer in join_all((0..8).map(|_| hasty.post(SALES, &body))).await {
        if answer.status != StatusCode::CREATED {
            answer.expect_problem(409, "in_progress");
        }
    }
    hasty.post(SALES, &body).await.expect(201);
    assert_eq!(shop.count("SELECT count(*) FROM booking.orders").await, 3);
    assert_eq!(shop.count("SELECT count(*) FROM booking.tickets WHERE status = 'VALID'").await, 3);
    shop.check_books().await;
}

#[tokio::test]
async fn a_sale_whose_till_was_away_is_finished_under_its_key() {
    let shop = Shop::open_with(&[("BOOKING_CONFIRM_WAIT_MS", "500")], |_| {}).await;
    let (clerk, user) = clerk(&shop);
    let keyed = clerk.with_header("idempotency-key", "sale-1");
    shop.till.1.store(true, Ordering::Relaxed);
    let problem = keyed.post(SALES, &sale(user.id, "A", "1")).await.expect_problem(503, "unavailable");
    assert!(problem["orderId"].is_string());
    shop.till.1.store(false, Ordering::Relaxed);
    drive_order::resume(&shop.state, only_active_hold(&shop).await).await;
    let sold = keyed.post(SALES, &sale(user.id, "A", "1")).await.expect(201).json();
    assert_eq!(sold["status"], "CONFIRMED");
    assert_eq!(shop.count("SELECT count(*) FROM booking.tickets").await, 1);
    assert_eq!(shop.till.0.lock().len(), 1, "charged once");
    shop.check_books().await;
}

#[tokio::test]
async fn a_sale_that_broke_off_after_its_hold_goes_on_or_begins_anew() {
    let shop = Shop::open().await;
    let (clerk, seller) = clerk(&shop);
    for (column, is_over) in [("1", false), ("2", true)] {
        let body = sale(seller.id, "A", column);
        let request: SellTicket = serde_json::from_value(body.clone()).expect("a sale");
        let key = IdempotencyKey(Some(format!("broken-{column}")));
        let asking = Asking {
            account: seller.id,
            why: Metadata::default(),
            key: key.scoped(seller.id, "POST /api/v1/tickets (hold)", &request),
            admission: None,
        };
        let event = request.event_id.clone();
        let inventory = Inventories::new(shop.db.pool().clone()).on_sale(&event).await.expect("an inventory");
        let seat = inventory.seat_at(1, "A", column).expect("a seat");
        let kind = inventory.type_for_seat(seat, None).expect("a type");
        let chosen = Chosen { seats: vec![(seat, kind)], tickets: Vec::new() };
        hold_seats::reserve_at_counter(&shop.state, asking, &inventory, chosen).await.expect("held");
        if is_over {
            let hold = only_active_hold(&shop).await;
            release_hold::release(&shop.state, seller.id, hold, Metadata::default()).await.expect("released");
        }
        let keyed = clerk.with_header("idempotency-key", &format!("broken-{column}"));
        let sold = keyed.post(SALES, &body).await.expect(201).json();
        assert_eq!(keyed.post(SALES, &body).await.expect(201).json(), sold);
    }
    assert_eq!(shop.count("SELECT count(*) FROM booking.reservations").await, 3);
    assert_eq!(shop.count("SELECT count(*) FROM booking.tickets").await, 2);
    shop.check_books().await;
}

#[tokio::test]
async fn the_list_is_an_array_newest_first_with_links() {
    let shop = Shop::open().await;
    let (clerk, user) = clerk(&shop);
    for column in 1..=5 {
        clerk.post(SALES, &sale(user.id, "F", &column.to_string())).await.expect(201);
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    deliver(&shop).await;
    let all = clerk.get(SALES).await.expect(200);
    assert_eq!(all.header("link"), None);
    let columns = |body: &Value| -> Vec<String> {
        let items = body.as_array().expect("an array");
        items.iter().map(|item| item["colLabel"].as_str().expect("a label").to_owned()).collect()
    };
    assert_eq!(columns(&all.json()), ["5", "4", "3", "2", "1"]);
    let mut path = format!("{SALES}?limit=2");
    let mut seen = Vec::new();
    for _ in 0..3 {
        let page = clerk.get(&path).await.expect(200);
        seen.push(columns(&page.json()));
        let Some(link) = page.header("link") else { break };
        let next = link.strip_prefix('<').and_then(|link| link.strip_suffix(">; rel=\"next\"")).expect("a link");
        next.clone_into(&mut path);
    }
    assert_eq!(seen, [vec!["5", "4"], vec!["3", "2"], vec!["1"]]);
    for limit in ["0", "101"] {
        clerk.get(&format!("{SALES}?limit={limit}")).await.expect_problem(422, "invalid");
    }
    clerk.get(&format!("{SALES}?limit=many")).await.expect_problem(400, "malformed");
    clerk.get(&format!("{SALES}?cursor=nonsense")).await.expect_problem(400, "malformed");
}

#[tokio::test]
async fn cancelled_tickets_count_no_more_in_whichever_order_the_messages_come() {
    let shop = Shop::open().await;
    let (clerk, _) = clerk(&shop);
    let (buyer, _) = shop.buyer();
    let standing = json!({"eventId": "EVT", "tickets": [{"ticketType": "standing", "quantity": 2}]});
    let held = buyer.post("/api/bookings/reserve", &standing).await.expect(201).json();
    let pay = json!({"reservationId": held["reservationId"], "paymentMethod": "CREDIT_CARD"});
    let order = buyer.post("/api/bookings/confirm", &pay).await.expect(200).json();
    deliver(&shop).await;
    let count = clerk.get("/api/v1/tickets/count/EVT").await.expect(200).json();
    assert_eq!(count, json!({"eventId": "EVT", "soldCount": 2, "zones": []}));
    let listed = clerk.get(SALES).await.expect(200).json();
    assert!(listed[0].get("rowLabel").is_none() && listed[0].get("zoneId").is_none());
    let path = format!("/api/bookings/{}/cancel", order["orderId"].as_str().expect("an id"));
    let one = &order["tickets"][0]["ticketId"];
    buyer.post(&path, &json!({"tickets": [one]})).await.expect(200);
    deliver(&shop).await;
    let revenue = clerk.get("/api/v1/tickets/revenue/V1/EVT").await.expect(200).json();
    assert_eq!(revenue["totalRevenue"], 31.0);
    let seen = clerk.get(&format!("{SALES}/{}", one.as_str().expect("an id"))).await.expect(200).json();
    assert_eq!(seen["status"], "CANCELLED");

    // As after a repair of what was set aside: the sale comes after its cancellation.
    sqlx::query("TRUNCATE booking.inbox, booking.sold_tickets").execute(shop.db.pool()).await.expect("emptied");
    for event in messages(&shop).await.into_iter().rev() {
        bring(&shop, [event]).await;
    }
    let count = clerk.get("/api/v1/tickets/count/EVT").await.expect(200).json();
    assert_eq!(count["soldCount"], 1);
    assert_eq!(clerk.get(SALES).await.expect(200).json().as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn nothing_sold_is_zero_and_unknown_is_404() {
    let shop = Shop::open().await;
    let (clerk, _) = clerk(&shop);
    let count = clerk.get("/api/v1/tickets/count/EVT").await.expect(200).json();
    assert_eq!(count, json!({"eventId": "EVT", "soldCount": 0, "zones": []}));
    let revenue = clerk.get("/api/v1/tickets/revenue/V1/EVT").await.expect(200);
    assert!(revenue.text().contains("\"totalRevenue\":0.0"), "{}", revenue.text());
    let money = clerk.get("/api/v1/tickets/money/V1/EVT").await.expect(200);
    assert!(money.text().contains("\"ticketPrice\":0.0"), "{}", money.text());
    for path in ["count/NONE", "revenue/V1/NONE", "money/V1/NONE", "revenue/V2/EVT", "money/V2/EVT", "not-an-id"] {
        clerk.get(&format!("{SALES}/{path}")).await.expect_problem(404, "not_found");
    }
    assert_eq!(clerk.get(SALES).await.expect(200).json(), json!([]));
}

#[tokio::test]
async fn a_ticket_is_waited_for_half_a_second() {
    let shop = Shop::open().await;
    let (clerk, user) = clerk(&shop);
    let sold = clerk.post(SALES, &sale(user.id, "A", "1")).await.expect(201).json();
    let path = format!("{SALES}/{}", sold["ticketId"].as_str().expect("an id"));
    let asked = Instant::now();
    clerk.get(&path).await.expect_problem(404, "not_found");
    assert!(asked.elapsed() >= Duration::from_millis(400), "it was not waited");
    let late = async {
        tokio::time::sleep(Duration::from_millis(120)).await;
        deliver(&shop).await;
    };
    let (seen, ()) = tokio::join!(clerk.get(&path), late);
    assert_eq!(seen.expect(200).json()["status"], "SOLD");
}

#[tokio::test]
async fn the_projection_follows_the_bus() {
    let shop = Shop::open().await;
    let mut platform = shop.kit.platform_of(ServiceRole::Booking);
    platform.bus = Bus::connect(&platform.env, &platform.shutdown).await.expect("the bus");
    booking::spawn_jobs(&platform, &shop.state);
    let (clerk, user) = clerk(&shop);
    let sold = clerk.post(SALES, &sale(user.id, "A", "1")).await.expect(201).json();
    let path = format!("{SALES}/{}", sold["ticketId"].as_str().expect("an id"));
    let mut seen = clerk.get(&path).await;
    for _ in 0..20 {
        if seen.status == StatusCode::OK {
            break;
        }
        seen = clerk.get(&path).await;
    }
    assert_eq!(seen.expect(200).json()["ticketId"], sold["ticketId"]);
}

#[test]
fn the_page_about_the_api_names_every_call() {
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/api.md")).expect("docs/api.md");
    let document = serde_json::to_value(onsale_booking::openapi()).expect("JSON");
    let mut calls = 0;
    for (path, item) in document["paths"].as_object().expect("paths") {
        for method in item.as_object().expect("an item").keys().filter(|_| path.starts_with("/api/v1/")) {
            let call = format!("{} {path}", method.to_ascii_uppercase());
            assert!(page.contains(&format!("`{call}")), "docs/api.md lacks {call}");
            calls += 1;
        }
    }
    assert_eq!(calls, 7);
}

#[tokio::test]
async fn the_counter_sells_by_invoice_and_marks_it_as_paid_once() {
    let shop = Shop::open().await;
    let (clerk, staff) = clerk(&shop);
    let (buyer, user) = shop.buyer();
    let mut wish = sale(user.id, "A", "1");
    wish["paymentMethod"] = json!("CREDIT_CARD");
    let problem = clerk.post(SALES, &wish).await.expect_problem(422, "invalid");
    assert_eq!(problem["errors"][0]["field"], "paymentMethod");
    wish["paymentMethod"] = json!("INVOICE");
    clerk.post(SALES, &wish).await.expect(201);
    let paid: Vec<_> = shop.till.0.lock().values().map(|paid| (paid.method, paid.status)).collect();
    assert_eq!(paid, [(PaymentMethod::Invoice, PaymentStatus::Captured)]);

    let order = buyer.get("/api/bookings").await.expect(200).json()["items"][0].clone();
    let path = format!("/api/admin/orders/{}/settle", order["orderId"].as_str().expect("an id"));
    buyer.post(&path, &json!({})).await.expect_problem(403, "forbidden");
    shop.anybody().post(&path, &json!({})).await.expect_problem(401, "unauthenticated");
    // payment is away: nothing is known, and asking again is safe.
    shop.till.1.store(true, Ordering::Relaxed);
    clerk.post(&path, &json!({})).await.expect_problem(503, "unavailable");
    shop.till.1.store(false, Ordering::Relaxed);
    let settled = clerk.post(&path, &json!({})).await.expect(200).json();
    assert_eq!((&settled["orderNumber"], &settled["amount"]), (&order["orderNumber"], &order["total"]));
    assert_eq!(clerk.post(&path, &json!({})).await.expect(200).json(), settled, "a second time is none");
    let noted: Vec<(Uuid, String)> =
        sqlx::query_as("SELECT actor_id, action FROM booking.audit WHERE action = 'order.settle'")
            .fetch_all(shop.db.pool())
            .await
            .expect("the log");
    assert_eq!(noted, [(staff.id.0, "order.settle".to_owned())]);
    for statement in ["UPDATE booking.audit SET action = 'x'", "DELETE FROM booking.audit"] {
        sqlx::query(statement).execute(shop.db.pool()).await.expect_err("the log only grows");
    }

    let id = |order: &Value| format!("/api/admin/orders/{}/settle", order["orderId"].as_str().expect("an id"));
    clerk.post(SALES, &sale(user.id, "A", "2")).await.expect(201);
    let cash = buyer.get("/api/bookings").await.expect(200).json()["items"][0].clone();
    clerk.post(&id(&cash), &json!({})).await.expect_problem(409, "not_owed");
    let nowhere = "/api/admin/orders/018f0000-0000-7000-8000-000000000000/settle";
    clerk.post(nowhere, &json!({})).await.expect_problem(404, "not_found");
    shop.check_books().await;
}
