//! What is sent, counted and kept.

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Router, serve};
use onsale_load_testing::client::{Answer, Connection, request, text_member};
use onsale_load_testing::load::{Pace, run};
use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

type Taken = Arc<Mutex<BTreeSet<Bytes>>>;

/// Holds a seat once; then it is taken.
async fn reserve(State(taken): State<Taken>, headers: HeaderMap, body: Bytes) -> Response {
    if headers.get("authorization").is_none_or(|value| value != "Bearer good") {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    if taken.lock().expect("nobody panicked").insert(body) {
        (StatusCode::CREATED, "{\"reservationId\":\"r-1\",\"seats\":[]}").into_response()
    } else {
        (StatusCode::CONFLICT, "{\"code\":\"seats_unavailable\"}").into_response()
    }
}

async fn chunked() -> Body {
    let parts = ["{\"token\":", "\"t-1\"}"].map(Ok::<_, std::io::Error>);
    Body::from_stream(futures::stream::iter(parts))
}

async fn stand_in() -> SocketAddr {
    let router = Router::new()
        .route("/reserve", post(reserve))
        .route("/chunked", get(chunked))
        .route("/slow", get(|| async { tokio::time::sleep(Duration::from_millis(100)).await }))
        .with_state(Taken::default());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("its address");
    tokio::spawn(async move { serve(listener, router).await });
    address
}

fn keep(answer: &Answer) -> Option<String> {
    if answer.status == 201 { text_member(&answer.body, "reservationId") } else { None }
}

#[tokio::test]
async fn every_request_is_sent_once_and_its_answer_counted() {
    let address = stand_in().await;
    let mut requests: Vec<_> = (0..500)
        .map(|n| request("POST", "/reserve", Some("good"), Some(&format!("{{\"seat\":{}}}", n % 400))))
        .collect();
    requests.push(request("POST", "/reserve", None, Some("{}")));
    let outcome = run(address, requests, 16, Pace::Closed, keep).await.expect("it ran");
    assert_eq!(outcome.by_status, BTreeMap::from([(201, 400), (401, 1), (409, 100)]));
    assert_eq!(outcome.kept.len(), 400);
    assert_eq!(outcome.latencies.len(), 501);
    assert_eq!(outcome.others(201), BTreeMap::from([(401, 1), (409, 100)]));
}

#[tokio::test]
async fn an_open_loop_keeps_its_pace_and_counts_waiting_as_latency() {
    let address = stand_in().await;
    let requests = vec![request("GET", "/slow", None, None); 20];
    let outcome = run(address, requests.clone(), 20, Pace::Open(100.0), keep).await.expect("it ran");
    assert!(outcome.took >= Duration::from_millis(290), "20 requests at 100 a second came in {:?}", outcome.took);
    assert!(outcome.latency_ms(0.99) < 250.0, "{}", outcome.latency_ms(0.99));
    // One connection cannot keep the pace: each waits for those before it, and that is told.
    let outcome = run(address, requests, 1, Pace::Open(100.0), keep).await.expect("it ran");
    assert!(outcome.latency_ms(0.99) > 1500.0, "waiting was left out: {}", outcome.latency_ms(0.99));
}

#[tokio::test]
async fn chunked_answers_are_read_and_the_connection_goes_on() {
    let mut connection = Connection::new(stand_in().await);
    for _ in 0..3 {
        let answer = connection.call(&request("GET", "/chunked", None, None)).await.expect("an answer");
        assert_eq!(text_member(&answer.body, "token").as_deref(), Some("t-1"));
    }
}

#[tokio::test]
async fn an_answer_that_never_comes_is_counted_as_none() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("its address");
    drop(listener);
    let outcome = run(address, vec![request("GET", "/", None, None); 3], 2, Pace::Closed, keep).await.expect("it ran");
    assert_eq!(outcome.by_status, BTreeMap::from([(0, 3)]));
}
