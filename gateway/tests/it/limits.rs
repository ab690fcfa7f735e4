//! How often one may call.

use crate::stage::{Place, Stage, settings};
use axum::body::Body;
use axum::extract::Request;
use onsale_platform::serve::PeerAddress;
use serde_json::json;
use std::net::SocketAddr;
use std::sync::atomic::Ordering;
use tower::ServiceExt;

const TIGHT: &[(&str, &str)] = &[
    ("LIMIT_ACCOUNT", "3/60"),
    ("LIMIT_ADDRESS", "5/60"),
    ("LIMIT_API_KEY", "2/60"),
    ("LIMIT_SIGN_IN", "2/60"),
    ("TRUSTED_PROXIES", "10.0.0.0/8"),
];

#[tokio::test]
async fn accounts_are_limited_by_account_and_told_what_is_left() {
    let stage = Stage::with(settings(Place::Local, TIGHT)).await;
    let (one, other) = (stage.kit.customer(), stage.kit.customer());
    let client = stage.client().signed_in(&one.token);
    for left in ["2", "1", "0"] {
        let answer = client.get("/api/bookings").await.expect(200);
        assert_eq!(answer.headers["ratelimit-policy"], "\"account\";q=3;w=60");
        let told = answer.headers["ratelimit"].to_str().expect("text");
        assert!(told.starts_with(&format!("\"account\";r={left};t=")), "{told}");
    }
    let answer = client.get("/api/bookings").await;
    let wait: u64 = answer.headers["retry-after"].to_str().expect("text").parse().expect("seconds");
    assert!((1..=21).contains(&wait), "{wait}");
    answer.expect_problem(429, "rate_limited");
    // Neither another account from the same address nor health is touched.
    stage.client().signed_in(&other.token).get("/api/bookings").await.expect(200);
    client.get("/health/live").await.expect(200);
}

#[tokio::test]
async fn keys_and_bad_tokens_are_limited_too() {
    let stage = Stage::with(settings(Place::Local, TIGHT)).await;
    let key = stage.client().with_header("x-api-key", "osk_good");
    for _ in 0..2 {
        key.get("/api/v1/tickets").await.expect(200);
    }
    key.get("/api/v1/tickets").await.expect_problem(429, "rate_limited");
    // The key was asked of auth once, and counted for the address.
    for _ in 0..4 {
        stage.client().signed_in("guessed").get("/api/bookings").await.expect_problem(401, "unauthenticated");
    }
    stage.client().signed_in("guessed").get("/api/bookings").await.expect_problem(429, "rate_limited");
}

#[tokio::test]
async fn guessed_keys_reach_auth_no_more_often_than_an_address_may_call() {
    let stage = Stage::with(settings(Place::Local, TIGHT)).await;
    let guess = |n: usize| stage.client().with_header("x-api-key", &format!("osk_{n}"));
    for n in 0..5 {
        guess(n).get("/api/v1/tickets").await.expect_problem(401, "unauthenticated");
    }
    for n in 5..8 {
        guess(n).get("/api/v1/tickets").await.expect_problem(429, "rate_limited");
    }
    assert_eq!(stage.exchanges.load(Ordering::SeqCst), 5);
}

#[tokio::test]
async fn sign_ins_count_for_the_address_whoever_is_signed_in() {
    let stage = Stage::with(settings(Place::Local, TIGHT)).await;
    let client = stage.client().signed_in(&stage.kit.customer().token);
    for _ in 0..2 {
        client.post("/api/auth/login", &json!({})).await.expect(200);
    }
    client.post("/api/auth/login", &json!({})).await.expect_problem(429, "rate_limited");
    client.get("/api/auth/me").await.expect(200);
}

async fn status_from(stage: &Stage, peer: &str, forwarded: Option<&str>) -> u16 {
    let peer: SocketAddr = peer.parse().expect("an address");
    let mut request = Request::get("/api/events").extension(PeerAddress(peer));
    if let Some(forwarded) = forwarded {
        request = request.header("x-forwarded-for", forwarded);
    }
    let request = request.body(Body::empty()).expect("a request");
    let response = onsale_gateway::router(stage.state.clone()).oneshot(request).await.expect("an answer");
    response.status().as_u16()
}

#[tokio::test]
async fn the_address_is_the_peers_unless_a_trusted_proxy_says_otherwise() {
    let stage = Stage::with(settings(Place::Local, TIGHT)).await;
    for n in 0..5 {
        // A new address in each header does not help one that is not trusted.
        assert_eq!(status_from(&stage, "198.51.100.7:1", Some(&format!("203.0.113.{n}"))).await, 200);
    }
    assert_eq!(status_from(&stage, "198.51.100.7:2", Some("203.0.113.99")).await, 429);
    assert_eq!(status_from(&stage, "198.51.100.8:1", None).await, 200);
    for n in 0..10 {
        assert_eq!(status_from(&stage, "10.1.2.3:1", Some(&format!("203.0.113.{n}"))).await, 200, "{n}");
    }
}

#[tokio::test]
async fn limits_can_be_off() {
    let stage = Stage::with(settings(Place::Local, &[("LIMITS", "off"), ("LIMIT_ADDRESS", "1/60")])).await;
    for _ in 0..10 {
        let answer = stage.client().get("/api/events").await.expect(200);
        assert!(!answer.headers.contains_key("ratelimit"));
    }
}
