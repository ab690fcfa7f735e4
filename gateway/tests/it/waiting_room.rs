//! The waiting room behind the edge, and reserve, which asks for its admission.

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use chrono::TimeDelta;
use onsale_core::Role;
use onsale_core::api::internal::EventPulse;
use onsale_gateway::State;
use onsale_platform::ServiceRole;
use onsale_platform::clock::Clock;
use onsale_testkit::{Answer, TestClient, TestDb, TestKit};
use serde_json::json;
use std::time::{Duration, Instant};

const RESERVE: &str = "/api/bookings/reserve";

/// Says whether it saw an admission, and what it was asked for.
async fn reserve(headers: HeaderMap, body: Bytes) -> Response {
    let saw = headers.contains_key("x-admission").to_string();
    (StatusCode::CREATED, [("x-saw-admission", saw)], body).into_response()
}

/// Booking and admin, as far as a line needs them.
pub(crate) fn install(kit: &TestKit) {
    let pulse = || async {
        let pulse = EventPulse { free: 100, held: 0, sold: 0, holds: 0, last_hold_ends_at: None };
        axum::Json(pulse)
    };
    let booking = Router::new()
        .route(RESERVE, post(reserve))
        .route("/internal/events/{id}/pulse", get(pulse))
        .route("/internal/admissions/spent", post(|| async { axum::Json(json!({"admissions": []})) }));
    kit.install(ServiceRole::Booking, booking);
    kit.install(ServiceRole::Admin, Router::new().route("/api/admin/events/{id}", get(|| async { "{}" })));
    let search = Router::new()
        .route("/api/events", get(|| async { "[]" }))
        .route("/api/events/{id}", get(|| async { axum::Json(crate::stage::detail()) }));
    kit.install(ServiceRole::Search, search);
}

pub(crate) fn started(kit: &TestKit) -> (State, TestClient) {
    let openapi = utoipa::openapi::OpenApiBuilder::new().build();
    let state = onsale_gateway::start(kit.platform(), &openapi).expect("the settings are usable");
    onsale_gateway::spawn_jobs(kit.platform(), &state);
    (state.clone(), TestClient::new(onsale_gateway::router(state)))
}

/// Until an answer has this status.
pub(crate) async fn until<F: Future<Output = Answer>>(status: u16, ask: impl Fn() -> F) -> Answer {
    let began = Instant::now();
    loop {
        let answer = ask().await;
        if answer.status.as_u16() == status {
            return answer;
        }
        assert!(began.elapsed() < Duration::from_secs(20), "{} and not {status}: {}", answer.status, answer.text());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn reserve_needs_the_admission_of_its_event_and_account() {
    let db = TestDb::new().await;
    let kit = TestKit::builder(&db).await.build();
    install(&kit);
    let (_state, client) = started(&kit);
    let wanted = json!({"eventId": "EVT001", "seats": [{"seatId": "A1"}]});
    let (buyer, thief) = (kit.customer(), kit.customer());
    let buying = client.signed_in(&buyer.token);
    until(201, || buying.post(RESERVE, &wanted)).await;

    let admin = client.signed_in(&kit.user(&[Role::Admin]).token);
    let now = kit.platform().clock.now();
    let room = json!({"mode": "LINE", "opensAt": now - TimeDelta::minutes(1), "startsAt": now});
    admin.put("/api/admin/events/EVT001/queue", &room).await.expect(200);
    buying.post(RESERVE, &wanted).await.expect_problem(403, "not_admitted");
    buying.with_header("x-admission", "x").post(RESERVE, &wanted).await.expect_problem(403, "not_admitted");
    let other = buying.with_header("x-admission", "x").post(RESERVE, &json!({"eventId": "EVT002"})).await.expect(201);
    assert_eq!(other.header("x-saw-admission"), Some("false"), "nobody asked for it");

    // Anybody joins, also with a token that is over.
    let joined = client.signed_in("over").post("/api/queue/EVT001/join", &json!({})).await.expect(201).json();
    let token = joined["queueToken"].as_str().expect("a token");
    let asking = buying.with_header("x-queue-token", token);
    let began = Instant::now();
    let admission = loop {
        let status = asking.get("/api/queue/EVT001/status").await.expect(200).json();
        if let Some(token) = status["admission"]["token"].as_str() {
            break token.to_owned();
        }
        assert!(began.elapsed() < Duration::from_secs(20), "not admitted: {status}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    };
    let admitted = buying.with_header("x-admission", &admission).post(RESERVE, &wanted).await.expect(201);
    assert_eq!(admitted.json(), wanted, "the body goes on as it came");
    assert_eq!(admitted.header("x-saw-admission"), Some("true"));
    let stolen = client.signed_in(&thief.token).with_header("x-admission", &admission);
    stolen.post(RESERVE, &wanted).await.expect_problem(403, "not_admitted");
    client.with_header("x-admission", &admission).post(RESERVE, &wanted).await.expect_problem(403, "not_admitted");
    // The line learns of it.
    let began = Instant::now();
    while onsale_testkit::database::count(db.pool(), "gateway.beats WHERE held_at IS NOT NULL").await == 0 {
        assert!(began.elapsed() < Duration::from_secs(20), "the hold was not noted");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(onsale_testkit::database::count(db.pool(), "gateway.reserves").await, 1);
}

#[tokio::test]
async fn without_its_database_the_gateway_goes_on_but_lets_nobody_past_the_line() {
    let clock = Clock::manual(crate::stage::start());
    let away = "postgres://onsale@127.0.0.1:1/onsale";
    let kit = TestKit::without_database(clock).setting("DATABASE_URL", away).build();
    install(&kit);
    let (_state, client) = started(&kit);
    client.get("/api/events").await.expect(200);
    let buying = client.signed_in(&kit.customer().token);
    let refusal = buying.post(RESERVE, &json!({"eventId": "EVT001"})).await;
    assert!(refusal.header("retry-after").is_some());
    refusal.expect_problem(503, "unavailable");
    client.get("/api/queue/EVT001").await.expect_problem(503, "unavailable");
}
