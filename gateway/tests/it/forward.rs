//! Where requests go, and that answers come back as they are: with the services in the gateway's
//! process and behind sockets.

use crate::stage::{BOTH, Place, Stage, settings};
use axum::body::{Body, Bytes};
use axum::http::Method;
use futures::StreamExt;
use http_body_util::BodyExt;
use serde_json::json;
use std::time::Duration;

const TABLE: &[(&str, &str)] = &[
    ("/.well-known/jwks.json", "auth"),
    ("/api/auth/login", "auth"),
    ("/api/admin/users", "auth"),
    ("/api/admin/users/1/x", "auth"),
    ("/api/admin/api-keys", "auth"),
    ("/api/events", "search"),
    ("/api/search/suggest?q=a", "search"),
    ("/api/events/EVT001/plan", "booking"),
    ("/api/events/EVT001/seats", "booking"),
    ("/api/events/EVT001/ticket-types", "booking"),
    ("/api/bookings", "booking"),
    ("/api/bookings/reserve", "booking"),
    ("/api/v1/tickets", "booking"),
    ("/api/payments/webhooks/stripe", "payment"),
    ("/api/admin/venues", "admin"),
    ("/api/admin/events", "admin"),
    ("/api/admin/events/EVT001", "admin"),
    ("/api/admin/events/EVT001/publish", "admin"),
    ("/api/admin/sales?events=EVT001", "booking"),
    ("/api/admin/events/EVT001/orders?limit=2", "booking"),
    ("/api/admin/events/EVT001/orders/1", "booking"),
];

#[tokio::test]
async fn each_address_goes_to_its_service_and_no_other_goes_anywhere() {
    for place in BOTH {
        let stage = Stage::new(place).await;
        let client = stage.client();
        for (path, role) in TABLE {
            let told = client.get(path).await.expect(200).json();
            assert_eq!((told["role"].as_str(), told["path"].as_str()), (Some(*role), Some(*path)), "{place:?}");
        }
        for path in
            ["/internal/revocations", "/metrics", "/actuator/prometheus", "/sandbox/pay/1", "/api/nothing", "/api"]
        {
            client.get(path).await.expect_problem(404, "not_found");
        }
    }
}

#[tokio::test]
async fn answers_and_errors_pass_unchanged() {
    for place in BOTH {
        let stage = Stage::new(place).await;
        let answer = stage.client().post("/api/bookings/taken", &json!({})).await;
        let problem = answer.expect_problem(409, "seats_unavailable");
        assert_eq!(problem["seats"], json!(["A1"]));
        let odd = stage.client().get("/api/bookings/teapot").await;
        assert_eq!(odd.status, 418);
        assert!(odd.headers.contains_key("x-own") && !odd.headers.contains_key("x-onsale-secret"));
    }
}

#[tokio::test]
async fn bodies_stream_through_up_to_their_bound() {
    for place in BOTH {
        let stage = Stage::new(place).await;
        let client = stage.client();
        let send = |path: &'static str, kilobytes: usize, said: bool| {
            let client = client.clone();
            async move {
                let parts =
                    futures::stream::iter(0..kilobytes).map(|_| Ok::<_, std::io::Error>(Bytes::from(vec![b'x'; 1024])));
                let body = if said { Body::from(vec![b'x'; kilobytes * 1024]) } else { Body::from_stream(parts) };
                client.send(Method::POST, path, body).await
            }
        };
        for said in [true, false] {
            let told = send("/api/bookings/reserve", 64, said).await.expect(200).json();
            assert_eq!(told["bytes"], 64 * 1024);
            send("/api/bookings/reserve", 65, said).await.expect_problem(413, "body_too_large");
            let told = send("/api/admin/venues/V/plans", 1024, said).await.expect(200).json();
            assert_eq!(told["bytes"], 1024 * 1024);
        }
    }
}

#[tokio::test]
async fn a_slow_service_is_not_waited_for_beyond_the_deadline() {
    for place in BOTH {
        let stage = Stage::with(settings(place, &[("UPSTREAM_DEADLINE_MS", "200")])).await;
        stage.client().get("/api/bookings/slow").await.expect_problem(504, "timeout");
    }
}

#[tokio::test]
async fn a_service_that_is_away_is_503_and_the_others_go_on() {
    let stage = Stage::with(settings(Place::Local, &[("UPSTREAM_BOOKING", "http://127.0.0.1:1")])).await;
    for _ in 0..30 {
        let answer = stage.client().post("/api/bookings/reserve", &json!({})).await;
        assert!(answer.headers.contains_key("retry-after"));
        answer.expect_problem(503, "unavailable");
    }
    stage.client().get("/api/events").await.expect(200);
    let health = stage.client().get("/actuator/health").await.expect(503).json();
    assert_eq!(
        (health["components"]["booking"]["status"].as_str(), health["components"]["search"]["status"].as_str()),
        (Some("DOWN"), Some("UP"))
    );
    stage.client().get("/health/ready").await.expect(200);
}

#[tokio::test]
async fn a_full_gateway_refuses_at_once() {
    let stage =
        Stage::with(settings(Place::Local, &[("GATEWAY_CONCURRENCY", "1"), ("UPSTREAM_DEADLINE_MS", "3000")])).await;
    let waiting = tokio::spawn({
        let client = stage.client();
        async move { client.get("/api/bookings/slow").await }
    });
    tokio::time::sleep(Duration::from_millis(100)).await;
    let began = std::time::Instant::now();
    stage.client().get("/api/events").await.expect_problem(503, "unavailable");
    assert!(began.elapsed() < Duration::from_millis(500));
    waiting.await.expect("it ended").expect_problem(504, "timeout");
    stage.client().get("/api/events").await.expect(200);
}

#[tokio::test]
async fn mail_is_read_in_development_only() {
    let stage = Stage::with(settings(Place::Local, &[])).await;
    let told = stage.client().get("/dev/mail/1/html").await.expect(200).json();
    assert_eq!(told["role"], "notification");
    let stage = Stage::with(settings(Place::Local, &[("ONSALE_ENV", "production")])).await;
    stage.client().get("/dev/mail").await.expect(404);
    stage.client().get("/dev/mail/1/html").await.expect(404);
}

#[tokio::test]
async fn the_demo_shows_the_sandboxs_pay_page() {
    let stage = Stage::with(settings(Place::Local, &[("DEMO", "on")])).await;
    let told = stage.client().get("/sandbox/pay/1").await.expect(200).json();
    assert_eq!(told["role"], "sandbox");
    let body = Body::empty().collect().await.expect("empty").to_bytes();
    assert!(body.is_empty());
}
