//! Holds under the admission of a waiting room.

use crate::shop::Shop;
use chrono::TimeDelta;
use onsale_core::{AdmissionId, UserId};
use onsale_platform::ServiceRole;
use onsale_platform::random;
use onsale_platform::tokens::{AdmissionClaims, AdmissionTokens, DeploymentSecret};
use onsale_testkit::TestClient;
use serde_json::{Value, json};
use uuid::Uuid;

const ADMISSION: &str = "x-admission";

/// An admission of an account to an event for so long.
fn admission(shop: &Shop, account: UserId, event: &str, lasts: TimeDelta) -> (AdmissionId, String) {
    let platform = shop.kit.platform();
    let now = platform.clock.now();
    let claims = AdmissionClaims {
        jti: random::new_id(&platform.clock),
        sub: account,
        event: event.parse().expect("an id"),
        iat: now.timestamp(),
        exp: (now + lasts).timestamp(),
    };
    let secret = DeploymentSecret::of(&platform.env).expect("a secret");
    (claims.jti, AdmissionTokens::new(&secret).sign(&claims))
}

fn seat(name: &str) -> Value {
    json!({"eventId": "EVT", "seats": [{"seatId": name}]})
}

async fn hold(client: &TestClient, name: &str) -> String {
    let held = client.post("/api/bookings/reserve", &seat(name)).await.expect(201).json();
    held["reservationId"].as_str().expect("an id").to_owned()
}

#[tokio::test]
async fn an_admission_is_good_until_its_order_is_made() {
    let shop = Shop::open().await;
    let gateway = shop.anybody().signed_in(&shop.kit.service_token(ServiceRole::Gateway, ServiceRole::Booking));
    let (buyer, user) = shop.buyer();
    let (id, token) = admission(&shop, user.id, "EVT", TimeDelta::minutes(10));
    let admitted = buyer.with_header(ADMISSION, &token);
    let spent = async || gateway.post("/internal/admissions/spent", &json!({"admissions": [id]})).await.json();

    let given_back = hold(&admitted, "A1").await;
    admitted.delete(&format!("/api/bookings/reservations/{given_back}")).await.expect(204);
    assert_eq!(spent().await, json!({"admissions": [], "holding": []}));
    let held = hold(&admitted, "A1").await;
    let other = hold(&admitted, "A2").await;
    assert_eq!(spent().await, json!({"admissions": [], "holding": [id]}));
    let pulse = gateway.get("/internal/events/EVT/pulse").await.expect(200).json();
    assert_eq!((&pulse["held"], &pulse["sold"], &pulse["holds"]), (&json!(2), &json!(0), &json!(2)));
    assert!(pulse["lastHoldEndsAt"].is_string(), "{pulse}");

    let wanted = |id: &str| json!({"reservationId": id, "paymentMethod": "CREDIT_CARD"});
    buyer.post("/api/bookings/confirm", &wanted(&held)).await.expect(200);
    let refused = admitted.post("/api/bookings/reserve", &seat("A3")).await.expect_problem(403, "not_admitted");
    assert!(refused["detail"].as_str().is_some_and(|detail| detail.contains("join the line again")), "{refused}");
    assert_eq!(spent().await, json!({"admissions": [id], "holding": [id]}));
    // What was held before is still theirs to pay.
    buyer.post("/api/bookings/confirm", &wanted(&other)).await.expect(200);
    let pulse = gateway.get("/internal/events/EVT/pulse").await.expect(200).json();
    assert_eq!((&pulse["held"], &pulse["sold"], &pulse["holds"]), (&json!(0), &json!(2), &json!(0)));
    let (_, again) = admission(&shop, user.id, "EVT", TimeDelta::minutes(10));
    hold(&buyer.with_header(ADMISSION, &again), "A3").await;
    shop.check_books().await;
}

#[tokio::test]
async fn an_order_that_failed_spends_nothing() {
    let shop = Shop::open().await;
    let (buyer, user) = shop.buyer();
    let (_, token) = admission(&shop, user.id, "EVT", TimeDelta::minutes(10));
    let admitted = buyer.with_header(ADMISSION, &token);
    let held = hold(&admitted, "B1").await;
    let wanted = json!({"reservationId": held, "paymentMethod": "CREDIT_CARD", "paymentToken": "pm_declined"});
    buyer.post("/api/bookings/confirm", &wanted).await.expect(402);
    buyer.delete(&format!("/api/bookings/reservations/{held}")).await.expect(204);
    hold(&admitted, "B1").await;
}

#[tokio::test]
async fn an_admission_of_another_account_event_or_time_is_refused() {
    let shop = Shop::open().await;
    let (buyer, user) = shop.buyer();
    let stranger = UserId(Uuid::nil());
    for token in [
        admission(&shop, stranger, "EVT", TimeDelta::minutes(10)).1,
        admission(&shop, user.id, "OTHER", TimeDelta::minutes(10)).1,
        admission(&shop, user.id, "EVT", TimeDelta::seconds(-1)).1,
        "nonsense".to_owned(),
    ] {
        let client = buyer.with_header(ADMISSION, &token);
        client.post("/api/bookings/reserve", &seat("C1")).await.expect_problem(403, "not_admitted");
    }
    hold(&buyer, "C1").await;
}
