//! Calls between services: what each outcome means to the caller, and how addresses are found.

use axum::Router;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::{get, post};
use onsale_platform::clock::Clock;
use onsale_platform::problem::{self, Problem};
use onsale_platform::serve::{Bounds, serve_within};
use onsale_platform::shutdown::Shutdown;
use onsale_platform::upstream::{CallError, Upstream};
use onsale_platform::{Platform, ServiceRole};
use onsale_testkit::TestKit;
use serde_json::{Value, json};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::net::TcpListener;

/// Answers as it is asked to, and counts how often it was.
pub(crate) fn service(name: &'static str, asked: Arc<AtomicUsize>) -> Router {
    let count = axum::middleware::from_fn(move |request: axum::extract::Request, next: axum::middleware::Next| {
        asked.fetch_add(1, Ordering::SeqCst);
        next.run(request)
    });
    let unavailable = || async { Problem::unavailable("Busy.", Duration::from_secs(1)) };
    Router::new()
        .route("/name", get(move || async move { axum::Json(name) }))
        .route("/nothing", post(|| async { StatusCode::NO_CONTENT }))
        .route(
            "/left",
            get(|headers: axum::http::HeaderMap| async move {
                axum::Json(headers["x-onsale-deadline-ms"].to_str().unwrap_or_default().parse::<u64>().unwrap_or(0))
            }),
        )
        .route(
            "/refuses",
            post(|| async { Problem::conflict("seats_unavailable", "Gone.").with_member("seats", ["A1"]) }),
        )
        .route("/busy", get(unavailable).post(unavailable))
        .route("/broken", post(|| async { StatusCode::INTERNAL_SERVER_ERROR.into_response() }))
        .route("/slow", get(|| async { tokio::time::sleep(Duration::from_secs(30)).await }))
        .layer(count)
        .layer(axum::middleware::from_fn(problem::layer))
}

pub(crate) async fn served(router: Router, at: Ipv4Addr, port: u16) -> (SocketAddr, Shutdown) {
    let listener = TcpListener::bind((at, port)).await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    let shutdown = Shutdown::new();
    tokio::spawn(serve_within(Bounds::internal(), listener, router, shutdown.clone()));
    (address, shutdown)
}

pub(crate) fn platform(settings: &[(&str, String)]) -> (TestKit, Platform) {
    let mut builder = TestKit::without_database(Clock::manual(chrono::DateTime::UNIX_EPOCH));
    for (name, value) in settings {
        builder = builder.setting(name, value.clone());
    }
    let kit = builder.build();
    let platform = kit.platform().clone();
    (kit, platform)
}

/// The same service in this process and behind a socket.
async fn both(settings: &[(&str, String)], asked: &Arc<AtomicUsize>) -> Vec<(TestKit, Upstream, Shutdown)> {
    let (local_kit, local) = platform(settings);
    local.upstreams.install(ServiceRole::Payment, service("one", asked.clone()));
    let (address, shutdown) = served(service("one", asked.clone()), Ipv4Addr::LOCALHOST, 0).await;
    let mut settings = settings.to_vec();
    settings.push(("UPSTREAM_PAYMENT", format!("http://{address}")));
    let (remote_kit, remote) = platform(&settings);
    vec![
        (local_kit, local.upstreams.to(ServiceRole::Payment), Shutdown::new()),
        (remote_kit, remote.upstreams.to(ServiceRole::Payment), shutdown),
    ]
}

#[tokio::test]
async fn each_outcome_says_what_is_known_of_it() {
    let asked = Arc::new(AtomicUsize::new(0));
    for (_kit, way, _shutdown) in both(&[], &asked).await {
        assert_eq!(way.get::<String>("/name").await.expect("an answer"), "one");
        way.post::<_, ()>("/nothing", &json!({})).await.expect("an answer without a body");
        let refused = way.post::<_, Value>("/refuses", &json!({})).await.expect_err("a refusal");
        let CallError::Refused(problem) = refused else { panic!("{refused:?}") };
        assert_eq!((problem.status, problem.code.as_str()), (409, "seats_unavailable"));
        assert_eq!(problem.members["seats"], json!(["A1"]));
        assert!(matches!(way.get::<Value>("/busy").await, Err(CallError::NotTaken(_))));
        // It may have been applied: a transaction whose answer was lost is a 503, too.
        assert!(matches!(way.post::<_, Value>("/busy", &json!({})).await, Err(CallError::Unknown(_))));
        assert!(matches!(way.post::<_, Value>("/broken", &json!({})).await, Err(CallError::Unknown(_))));
        let short = way.clone().within(Duration::from_millis(50));
        assert!(matches!(short.get::<Value>("/slow").await, Err(CallError::Unknown(_))));
    }
}

#[tokio::test]
async fn nothing_that_changes_something_is_sent_twice_and_what_was_not_sent_is_known() {
    let (_kit, platform) = platform(&[("UPSTREAM_PAYMENT", "http://127.0.0.1:1".to_owned())]);
    let way = platform.upstreams.to(ServiceRole::Payment);
    for _ in 0..10 {
        assert!(matches!(way.post::<_, Value>("/broken", &json!({})).await, Err(CallError::NotTaken(_))));
    }
    // Now the breaker is open: nobody is asked any more.
    let began = Instant::now();
    assert!(matches!(way.post::<_, Value>("/broken", &json!({})).await, Err(CallError::NotTaken(_))));
    assert!(began.elapsed() < Duration::from_millis(50));

    let asked = Arc::new(AtomicUsize::new(0));
    for (_kit, way, _shutdown) in both(&[], &asked).await {
        asked.store(0, Ordering::SeqCst);
        assert!(way.post::<_, Value>("/broken", &json!({})).await.is_err());
        assert_eq!(asked.load(Ordering::SeqCst), 1);
    }
}

#[tokio::test]
async fn deadlines_shrink_on_their_way() {
    let asked = Arc::new(AtomicUsize::new(0));
    for (kit, way, _shutdown) in both(&[("UPSTREAM_DEADLINE_MS", "2000".to_owned())], &asked).await {
        assert!((1_900..=2_000).contains(&way.get::<u64>("/left").await.expect("an answer")));
        assert!(
            (400..=500).contains(
                &way.clone().within(Duration::from_millis(500)).get::<u64>("/left").await.expect("an answer")
            )
        );
        // What is called while a request is served has no more time than that request.
        let inner = way.clone();
        let outer = Router::new().route(
            "/outer",
            get(move || async move {
                tokio::time::sleep(Duration::from_millis(100)).await;
                axum::Json(inner.get::<u64>("/left").await.unwrap_or(0))
            }),
        );
        kit.install(ServiceRole::Admin, outer);
        let outer = kit.platform().upstreams.to(ServiceRole::Admin).within(Duration::from_millis(700));
        let left: u64 = outer.get("/outer").await.expect("an answer");
        assert!((400..=600).contains(&left), "{left}");
    }
}

#[tokio::test]
async fn a_full_service_refuses_at_once() {
    let asked = Arc::new(AtomicUsize::new(0));
    for (_kit, way, _shutdown) in both(&[("UPSTREAM_LIMIT_PAYMENT", "1".to_owned())], &asked).await {
        let first = tokio::spawn({
            let way = way.clone().within(Duration::from_millis(500));
            async move { way.get::<Value>("/slow").await }
        });
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert!(matches!(way.get::<Value>("/name").await, Err(CallError::NotTaken(_))));
        assert!(first.await.expect("it ended").is_err());
        assert!(way.get::<Value>("/name").await.is_ok());
    }
}
