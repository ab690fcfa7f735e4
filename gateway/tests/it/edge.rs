//! What passes the edge and what does not: headers, origins, traces, and the headers of answers.

use crate::stage::{BOTH, Place, Stage, settings};
use axum::body::Body;
use axum::http::Method;
use onsale_testkit::TestClient;
use serde_json::{Value, json};

async fn headers_seen(client: &TestClient) -> Value {
    client.get("/api/bookings").await.expect(200).json()["headers"].clone()
}

#[tokio::test]
async fn services_never_see_forged_headers() {
    for place in BOTH {
        let stage = Stage::new(place).await;
        let forged = [
            "x-user-id",
            "x_user_id",
            "x-internal-role",
            "x-onsale-client-address",
            "x_onsale_client_address",
            "x-forwarded-for",
            "x_forwarded_for",
            "forwarded",
            "x-real-ip",
            "te",
            "keep-alive",
            "proxy-authorization",
        ];
        let client = forged.iter().fold(stage.client(), |client, name| client.with_header(name, "203.0.113.66"));
        let client =
            client.with_header("connection", "x-secret").with_header("x-secret", "1").with_header("cookie", "a=b");
        let seen = headers_seen(&client).await;
        for (name, value) in seen.as_object().expect("headers") {
            assert!(!value.as_str().unwrap_or_default().contains("203.0.113.66"), "{place:?}: {name}");
        }
        assert_eq!(seen["x-onsale-client-address"], "0.0.0.0");
        assert!(seen["x-secret"].is_null() && seen["cookie"].is_null(), "{seen}");
    }
}

#[tokio::test]
async fn the_callers_request_id_and_trace_are_kept_and_made_where_there_are_none() {
    for place in BOTH {
        let stage = Stage::new(place).await;
        let trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        let own = stage.client().with_header("x-request-id", "order-7").with_header("traceparent", trace);
        let answer = own.get("/api/bookings").await.expect(200);
        assert_eq!(answer.headers["x-request-id"], "order-7");
        let seen = &answer.json()["headers"];
        assert_eq!((seen["x-request-id"].as_str(), seen["traceparent"].as_str()), (Some("order-7"), Some(trace)));

        let problem = own.get("/api/bookings/taken").await.expect_problem(409, "seats_unavailable");
        assert_eq!(problem["traceId"], "4bf92f3577b34da6a3ce929d0e0e4736");

        let seen = headers_seen(&stage.client().with_header("traceparent", "nonsense")).await;
        let made = seen["traceparent"].as_str().expect("a trace");
        assert!(made.starts_with("00-") && made.len() == 55, "{made}");
        let missing = stage.client().get("/nowhere").await.expect_problem(404, "not_found");
        assert_eq!(missing["traceId"].as_str().map(str::len), Some(32));
    }
}

#[tokio::test]
async fn every_answer_carries_the_security_headers() {
    let stage = Stage::with(settings(Place::Local, &[("PUBLIC_URL", "https://tickets.example.org")])).await;
    for (path, page) in [
        ("/", true),
        ("/events/EVT001", true),
        ("/api/docs", true),
        ("/nowhere", true),
        ("/api/events", false),
        ("/api/x", false),
    ] {
        let answer = stage.client().with_header("accept", "text/html").get(path).await;
        let header = |name: &str| answer.headers[name].to_str().expect("text").to_owned();
        let policy = header("content-security-policy");
        for part in ["base-uri 'none'", "frame-ancestors 'none'"] {
            assert!(policy.contains(part), "{path}: {policy}");
        }
        if page {
            assert!(policy.contains("default-src 'none'") && policy.contains("object-src 'none'"), "{path}: {policy}");
            assert!(
                policy.contains("script-src 'strict-dynamic' 'wasm-unsafe-eval' 'nonce-"),
                "no script of any origin, none inline: {policy}"
            );
        } else {
            assert!(policy.contains("default-src 'none'"), "{path}: {policy}");
        }
        assert_eq!(header("x-content-type-options"), "nosniff");
        assert_eq!(header("referrer-policy"), "strict-origin-when-cross-origin");
        assert!(header("strict-transport-security").starts_with("max-age=63072000"));
        assert!(answer.headers.contains_key("x-request-id"));
    }
    let plain = Stage::new(Place::Local).await.client().get("/").await;
    assert!(!plain.headers.contains_key("strict-transport-security"), "never on plain http");
}

#[tokio::test]
async fn another_sites_page_cannot_change_anything_with_the_visitors_cookie() {
    let stage = Stage::with(settings(Place::Local, &[("CORS_ALLOWED_ORIGINS", "https://shop.example.org")])).await;
    let with_cookie = stage.client().with_header("cookie", "refresh=secret");
    let foreign = ["https://evil.example", "null", "http://localhost:8080.evil.example", "https://shop.example.org"];
    for origin in foreign {
        let client = with_cookie.with_header("origin", origin);
        client.post("/api/auth/refresh", &json!({})).await.expect_problem(403, "forbidden");
        client.get("/api/events").await.expect(200);
    }
    let cross_site = with_cookie.with_header("sec-fetch-site", "cross-site");
    cross_site.post("/api/auth/refresh", &json!({})).await.expect_problem(403, "forbidden");
    for own in [("origin", "http://localhost:8080"), ("sec-fetch-site", "same-origin"), ("x-other", "1")] {
        with_cookie.with_header(own.0, own.1).post("/api/auth/refresh", &json!({})).await.expect(200);
    }
    let by_host = with_cookie.with_header("host", "127.0.0.1:9").with_header("origin", "http://127.0.0.1:9");
    let told = by_host.post("/api/auth/refresh", &json!({})).await.expect(200).json();
    assert_eq!(told["headers"]["cookie"], "refresh=secret", "auth gets its cookie");
}

#[tokio::test]
async fn only_listed_origins_may_read_and_never_with_credentials() {
    let stage = Stage::with(settings(Place::Local, &[("CORS_ALLOWED_ORIGINS", "https://shop.example.org")])).await;
    let listed = stage.client().with_header("origin", "https://shop.example.org");
    let answer = listed.get("/api/events").await.expect(200);
    assert_eq!(answer.headers["access-control-allow-origin"], "https://shop.example.org");
    assert!(!answer.headers.contains_key("access-control-allow-credentials"));
    let asked = listed.with_header("access-control-request-method", "POST");
    let answer = asked.send(Method::OPTIONS, "/api/bookings/reserve", Body::empty()).await.expect(204);
    assert_eq!(answer.headers["access-control-allow-origin"], "https://shop.example.org");
    assert!(answer.headers["access-control-allow-methods"].to_str().expect("text").contains("POST"));
    for origin in ["https://evil.example", "https://shop.example.org.evil.example", "http://shop.example.org", "null"] {
        let answer = stage.client().with_header("origin", origin).get("/api/events").await.expect(200);
        assert!(!answer.headers.contains_key("access-control-allow-origin"), "{origin}");
    }
}

#[tokio::test]
async fn what_is_refused_on_the_way_is_a_problem_too() {
    let stage = Stage::new(Place::Local).await;
    let send = |method: Method, path: &'static str| {
        let client = stage.client();
        async move { client.send(method, path, Body::empty()).await }
    };
    send(Method::DELETE, "/problems").await.expect_problem(405, "method_not_allowed");
    send(Method::TRACE, "/api/events").await.expect_problem(405, "method_not_allowed");
    send(Method::GET, "/api/auth/../internal/users").await.expect_problem(400, "malformed");
    send(Method::GET, "/api/bookings/%2e%2e/x").await.expect_problem(400, "malformed");
    send(Method::GET, "/problems/none_such").await.expect_problem(404, "not_found");
}
