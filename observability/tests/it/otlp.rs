//! The whole set-up of a process, with a collector that takes what it sends.

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Request};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use onsale_observability::http::observed;
use onsale_observability::{Settings, init, propagation};
use std::sync::{Arc, Mutex};
use tower::ServiceExt;

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
const PARENT: &str = "b7ad6b7169203331";

type Received = Arc<Mutex<Vec<u8>>>;

async fn take(State(received): State<Received>, body: Bytes) -> impl IntoResponse {
    received.lock().expect("nobody panicked").extend_from_slice(&body);
    [("content-type", "application/grpc"), ("grpc-status", "0")]
}

async fn collector() -> (String, Received) {
    let received = Received::default();
    let router = Router::new()
        .route("/opentelemetry.proto.collector.trace.v1.TraceService/Export", post(take))
        .with_state(Arc::clone(&received));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("its address");
    tokio::spawn(async move { axum::serve(listener, router).await });
    (format!("http://{address}"), received)
}

/// Tells the headers that a call to another role would carry.
async fn calls_on() -> impl IntoResponse {
    let mut headers = HeaderMap::new();
    propagation::inject(&mut headers);
    headers
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_trace_crosses_the_process_and_reaches_the_collector() {
    let (endpoint, received) = collector().await;
    let settings = Settings::read(|name| match name {
        "OTEL_EXPORTER_OTLP_ENDPOINT" => Some(endpoint.clone()),
        "OTEL_TRACES_SAMPLER_ARG" => Some("0".to_owned()),
        "RUST_LOG" => Some("off".to_owned()),
        _ => None,
    });
    let guard = init("onsale-test", &settings.expect("readable")).expect("set up");
    let router = observed(Router::new().route("/holds/{id}", get(calls_on)), "booking");
    let ask = |traceparent: Option<String>| {
        let request = Request::builder().uri("/holds/42");
        let request = match traceparent {
            Some(value) => request.header("traceparent", value),
            None => request,
        };
        router.clone().oneshot(request.body(Body::empty()).expect("a request"))
    };

    let sampled = ask(Some(format!("00-{TRACE}-{PARENT}-01"))).await.expect("an answer");
    let onward = sampled.headers()["traceparent"].to_str().expect("text").to_owned();
    assert!(onward.starts_with(&format!("00-{TRACE}-")) && onward.ends_with("-01"), "{onward}");
    assert!(!onward.contains(PARENT), "the request's own span is the parent of what it calls: {onward}");

    let begun_here = ask(None).await.expect("an answer");
    let onward = begun_here.headers()["traceparent"].to_str().expect("text").to_owned();
    assert!(onward.ends_with("-00"), "with a share of 0 a trace begun here is not kept: {onward}");

    guard
        .metrics()
        .on_read(|| metrics::gauge!("onsale_pool_connections", "role" => "booking", "state" => "idle").set(3.0));
    let metrics = guard.metrics_router();
    let request = Request::builder().uri("/actuator/prometheus").body(Body::empty()).expect("a request");
    let answer = metrics.oneshot(request).await.expect("an answer");
    let text = axum::body::to_bytes(answer.into_body(), 1 << 20).await.expect("a body");
    let text = String::from_utf8(text.to_vec()).expect("text");
    assert!(text.contains("route=\"/holds/{id}\",status=\"2xx\"} 2"), "{text}");
    assert!(text.contains("process_cpu_seconds_total "), "{text}");
    assert!(text.contains("role=\"booking\",state=\"idle\"} 3"), "{text}");

    guard.finish().await;
    let sent = received.lock().expect("nobody panicked").clone();
    let has = |wanted: &[u8]| sent.windows(wanted.len()).any(|window| window == wanted);
    assert!(has(b"onsale-test"), "the service's name was not sent: {} bytes", sent.len());
    assert!(has(b"GET /holds/{id}"), "the span's name was not sent");
    assert!(!has(b"/holds/42"), "the raw path was sent");
}
