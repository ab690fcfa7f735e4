//! The box office of an organisation, and what it reaches of others.

use crate::shop::{Shop, deliver};
use onsale_core::{OrganisationId, Role};
use onsale_testkit::TestClient;
use serde_json::{Value, json};
use uuid::Uuid;

const HOUSE: OrganisationId = OrganisationId(Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0009_0001));

fn member(shop: &Shop, organisation: OrganisationId, role: Role) -> TestClient {
    let user = shop.kit.member(organisation, &[Role::Customer, role]);
    shop.kit.client_of(shop.router.clone(), &user)
}

async fn bought(shop: &Shop, buyer: &TestClient) -> Value {
    let wish = json!({"eventId": "EVT", "seats": [{"seatId": "A1"}]});
    let held = buyer.post("/api/bookings/reserve", &wish).await.expect(201).json();
    let payment = json!({"reservationId": held["reservationId"], "paymentMethod": "CREDIT_CARD"});
    let order = buyer.post("/api/bookings/confirm", &payment).await.expect(200).json();
    deliver(shop).await;
    order
}

#[tokio::test]
async fn a_counter_reaches_the_orders_of_its_own_events_only() {
    let shop = Shop::open_with(&[], |offer| offer.organisation_id = HOUSE).await;
    let (own, other) = (member(&shop, HOUSE, Role::BoxOffice), member(&shop, OrganisationId::DEFAULT, Role::BoxOffice));
    let admin = member(&shop, OrganisationId::DEFAULT, Role::Admin);
    let (buyer, user) = shop.buyer();
    let order = bought(&shop, &buyer).await;
    let path = format!("/api/bookings/{}", order["orderId"].as_str().expect("an id"));
    let ticket = format!("/api/v1/tickets/{}", order["tickets"][0]["ticketId"].as_str().expect("an id"));
    for path in [&path, &format!("{path}/payments"), &format!("{path}/cancel-quote"), &ticket] {
        let _ = own.get(path).await.expect(200);
        let _ = admin.get(path).await.expect(200);
        other.get(path).await.expect_problem(404, "not_found");
    }
    let settle = format!("/api/admin/orders/{}/settle", order["orderId"].as_str().expect("an id"));
    other.post(&settle, &json!({})).await.expect_problem(404, "not_found");
    own.post(&settle, &json!({})).await.expect_problem(409, "not_owed");
    let all = format!("/api/bookings/user/{}", user.id);
    assert_eq!(other.get(&all).await.expect(200).json()["items"], json!([]));
    assert_eq!(own.get(&all).await.expect(200).json()["items"].as_array().map(Vec::len), Some(1));
    for path in ["/api/v1/tickets/count/EVT", "/api/v1/tickets/revenue/V1/EVT", "/api/v1/tickets/money/V1/EVT"] {
        let _ = own.get(path).await.expect(200);
        other.get(path).await.expect_problem(404, "not_found");
    }
    assert_eq!(other.get("/api/v1/tickets").await.expect(200).json(), json!([]));
    assert_eq!(own.get("/api/v1/tickets").await.expect(200).json().as_array().map(Vec::len), Some(1));
    other.post(&format!("{path}/cancel"), &json!({})).await.expect_problem(404, "not_found");
    let _ = own.post(&format!("{path}/cancel"), &json!({})).await.expect(200);
    let noted: (String, Uuid) = sqlx::query_as("SELECT action, organisation_id FROM booking.acts")
        .fetch_one(shop.db.pool())
        .await
        .expect("what staff did");
    assert_eq!(noted, ("order.cancel".to_owned(), HOUSE.0));
}

#[tokio::test]
async fn a_counter_sells_its_own_events_only_also_for_cash() {
    let shop = Shop::open_with(&[], |offer| offer.organisation_id = HOUSE).await;
    let (own, other) = (member(&shop, HOUSE, Role::BoxOffice), member(&shop, OrganisationId::DEFAULT, Role::BoxOffice));
    let (_, user) = shop.buyer();
    let sale =
        json!({"userId": user.id, "venueId": "V1", "eventId": "EVT", "zoneId": 1, "rowLabel": "A", "colLabel": "1"});
    other.post("/api/v1/tickets", &sale).await.expect_problem(404, "not_found");
    let _ = own.post("/api/v1/tickets", &sale).await.expect(201);
    let wish = json!({"eventId": "EVT", "seats": [{"seatId": "A2"}]});
    let cash = async |clerk: &TestClient| {
        let held = clerk.post("/api/bookings/reserve", &wish).await.expect(201).json();
        let payment = json!({"reservationId": held["reservationId"], "paymentMethod": "CASH"});
        let answer = clerk.post("/api/bookings/confirm", &payment).await;
        let path = format!("/api/bookings/reservations/{}", held["reservationId"].as_str().expect("an id"));
        (answer, path)
    };
    let (refused, hold) = cash(&other).await;
    refused.expect_problem(403, "forbidden");
    let _ = other.delete(&hold).await.expect(204);
    let (sold, _) = cash(&own).await;
    let _ = sold.expect(200);
}

#[tokio::test]
async fn settings_hold_for_new_holds_from_the_moment_they_change() {
    let shop = Shop::open().await;
    let (buyer, _) = shop.buyer();
    let wish = |seat: &str| json!({"eventId": "EVT", "seats": [{"seatId": seat}]});
    let set = |version, settings| {
        let settings = serde_json::from_value(settings).expect("settings");
        let version = onsale_core::api::settings::SettingsVersion { version, settings, ..Default::default() };
        shop.kit.platform().settings.put(version);
    };
    let lasts = |hold: &Value| {
        let ends: chrono::DateTime<chrono::Utc> = hold["expiresAt"].as_str().expect("a time").parse().expect("a time");
        (ends - shop.kit.platform().clock.now()).num_seconds()
    };
    let first = buyer.post("/api/bookings/reserve", &wish("A1")).await.expect(201).json();
    assert!(lasts(&first) > 120, "{first}");
    set(1, json!({"holdSeconds": 90}));
    let second = buyer.post("/api/bookings/reserve", &wish("A2")).await.expect(201).json();
    assert!((60..=90).contains(&lasts(&second)), "{second}");
    set(2, json!({"sales": false}));
    buyer.post("/api/bookings/reserve", &wish("A3")).await.expect_problem(503, "unavailable");
    // What is held can be paid.
    let payment = json!({"reservationId": first["reservationId"], "paymentMethod": "CREDIT_CARD"});
    let _ = buyer.post("/api/bookings/confirm", &payment).await.expect(200);
    set(3, json!({}));
    let _ = buyer.post("/api/bookings/reserve", &wish("A3")).await.expect(201);
}
