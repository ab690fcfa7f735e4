//! What is sent to make events and people, and to buy, is what the house's wire types take.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use axum::{Json, Router};
use onsale_core::api::accounts::RegisterRequest;
use onsale_core::api::admin::{EventDraft, PlanGenerator, VenueDraft};
use onsale_core::api::booking::{ConfirmRequest, ReserveRequest};
use onsale_load_testing::scenario::People;
use onsale_load_testing::setup::{Admin, ZONE_SEATS, sign_up};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

#[derive(Clone, Default)]
struct StandIn {
    emails: Arc<Mutex<BTreeSet<String>>>,
    /// Asked for since it was published; the first look comes too early.
    looks: Arc<Mutex<u32>>,
}

async fn register(State(house): State<StandIn>, Json(request): Json<RegisterRequest>) -> impl IntoResponse {
    assert!(request.password.len() >= 8 && !request.name.is_empty());
    let new = house.emails.lock().expect("nobody panicked").insert(request.email.clone());
    if new {
        (StatusCode::CREATED, Json(json!({"token": format!("token-of-{}", request.email)})))
    } else {
        (StatusCode::CONFLICT, Json(json!({"code": "email_taken"})))
    }
}

async fn venue(headers: HeaderMap, Json(venue): Json<VenueDraft>) -> StatusCode {
    assert_eq!(headers["authorization"], "Bearer admin");
    assert_eq!(venue.id.expect("its own id").to_string(), "BENCH");
    StatusCode::CREATED
}

async fn plan(Json(plan): Json<PlanGenerator>) -> impl IntoResponse {
    let seats: u32 = plan.zones.iter().map(|zone| zone.rows * zone.seats_per_row).sum();
    assert_eq!(seats, 2 * 1300);
    (StatusCode::CREATED, Json(json!({"planId": "plan-1"})))
}

async fn event(Json(mut event): Json<Value>) -> StatusCode {
    event["planId"] = Value::Null;
    let event: EventDraft = serde_json::from_value(event).expect("an event's draft");
    assert_eq!(event.ticket_types.len(), 1);
    assert_eq!(event.ticket_types[0].price.total, event.ticket_types[0].price.lines[0].amount);
    StatusCode::CREATED
}

async fn look(State(house): State<StandIn>) -> StatusCode {
    let mut looks = house.looks.lock().expect("nobody panicked");
    *looks += 1;
    if *looks == 1 { StatusCode::NOT_FOUND } else { StatusCode::OK }
}

async fn stand_in() -> (SocketAddr, StandIn) {
    let house = StandIn::default();
    let router = Router::new()
        .route("/api/auth/register", post(register))
        .route("/api/admin/venues", post(venue))
        .route("/api/admin/venues/BENCH/plans", post(plan))
        .route("/api/admin/events", post(event))
        .route("/api/admin/events/E1/publish", post(|| async { StatusCode::OK }))
        .route("/api/events/E1", get(look))
        .with_state(house.clone());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("its address");
    tokio::spawn(async move { axum::serve(listener, router).await });
    (address, house)
}

fn body_of(request: &[u8]) -> &[u8] {
    let end = request.windows(4).position(|window| window == b"\r\n\r\n").expect("a head");
    &request[end + 4..]
}

#[tokio::test]
async fn a_hall_an_event_and_people_are_made_by_the_public_api() {
    let (address, house) = stand_in().await;
    let tokens = sign_up(address, 40, "p").await.expect("they register");
    assert_eq!(tokens.len(), 40);
    assert_eq!(tokens[7], "token-of-p7@loadtest.com");
    assert!(sign_up(address, 1, "p").await.is_err(), "who cannot be registered is not passed over");

    let admin = Admin::new(address, "admin".to_owned());
    let hall = admin.create_hall(ZONE_SEATS + 1).await.expect("a hall");
    assert_eq!(hall.seats(), 2 * ZONE_SEATS);
    admin.publish_event(&hall, "E1").await.expect("an event");
    assert_eq!(*house.looks.lock().expect("nobody panicked"), 2, "it waits until the event is listed");

    let events = ["E1".to_owned(), "E2".to_owned()];
    let people = People { tokens: &tokens, hall: &hall, events: &events };
    let mut wanted = BTreeSet::new();
    for n in 0..hall.seats() {
        let request: ReserveRequest = serde_json::from_slice(body_of(&people.reserve(n))).expect("a reserve request");
        for seat in request.seats.expect("seats") {
            assert!(wanted.insert((request.event_id.clone(), seat.seat_id)), "a seat is wanted twice");
        }
    }
    assert_eq!(wanted.len(), 2 * hall.seats());
    let reservation = "0197f2a0-0000-7000-8000-000000000001";
    let request: ConfirmRequest =
        serde_json::from_slice(body_of(&people.confirm(3, reservation))).expect("a confirm request");
    assert_eq!(request.reservation_id.to_string(), reservation);
}
