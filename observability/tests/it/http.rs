//! Requests counted by route, never by path.

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use axum::response::IntoResponse;
use axum::routing::get;
use metrics_exporter_prometheus::PrometheusBuilder;
use onsale_observability::http::{RouteLabel, observed};
use std::time::Duration;
use tower::ServiceExt;

async fn ask(router: &Router, method: &str, path: &str) -> StatusCode {
    let request = Request::builder().method(method).uri(path).body(Body::empty()).expect("a request");
    router.clone().oneshot(request).await.expect("an answer").status()
}

fn router() -> Router {
    let routes = Router::new()
        .route("/seats/{id}", get(|| async { "a seat" }).delete(|| async { StatusCode::CONFLICT }))
        .route("/broken", get(|| async { StatusCode::INTERNAL_SERVER_ERROR }))
        .route("/slow", get(|| async { tokio::time::sleep(Duration::from_secs(60)).await }))
        .route(
            "/proxy/{*rest}",
            get(|| async {
                let mut response = "elsewhere".into_response();
                response.extensions_mut().insert(RouteLabel("booking"));
                response
            }),
        );
    observed(routes, "booking")
}

#[tokio::test]
async fn requests_are_counted_by_route_method_and_class() {
    let recorder = PrometheusBuilder::new().build_recorder();
    let _local = metrics::set_default_local_recorder(&recorder);
    let router = router();
    for n in 0..20 {
        assert_eq!(ask(&router, "GET", &format!("/seats/{n}")).await, StatusCode::OK);
    }
    ask(&router, "DELETE", "/seats/1").await;
    ask(&router, "GET", "/broken").await;
    ask(&router, "GET", "/proxy/api/bookings/7").await;
    ask(&router, "BREW", "/seats/1").await;
    for n in 0..5 {
        assert_eq!(ask(&router, "GET", &format!("/made/up/{n}")).await, StatusCode::NOT_FOUND);
    }
    let text = recorder.handle().render();
    let count = |route: &str, method: &str, status: &str| {
        let start = "onsale_http_requests_total{";
        let line = text.lines().find(|line| {
            line.starts_with(start)
                && line.contains(&format!("route=\"{route}\""))
                && line.contains(&format!("method=\"{method}\""))
                && line.contains(&format!("status=\"{status}\""))
        });
        line.and_then(|line| line.rsplit(' ').next()).and_then(|n| n.parse::<u64>().ok()).unwrap_or(0)
    };
    assert_eq!(count("/seats/{id}", "GET", "2xx"), 20, "{text}");
    assert_eq!(count("/seats/{id}", "DELETE", "4xx"), 1, "{text}");
    assert_eq!(count("/seats/{id}", "other", "4xx"), 1, "{text}");
    assert_eq!(count("/broken", "GET", "5xx"), 1, "{text}");
    assert_eq!(count("booking", "GET", "2xx"), 1, "{text}");
    assert_eq!(count("unmatched", "GET", "4xx"), 5, "{text}");
    assert!(!text.contains("made/up") && !text.contains("/seats/7"), "a raw path became a label: {text}");
    assert!(text.contains("onsale_http_requests_in_flight{role=\"booking\"} 0"), "{text}");
}

#[tokio::test]
async fn a_client_that_goes_away_is_counted_and_leaves_nothing_behind() {
    let recorder = PrometheusBuilder::new().build_recorder();
    let _local = metrics::set_default_local_recorder(&recorder);
    let router = router();
    let gone = tokio::time::timeout(Duration::from_millis(20), ask(&router, "GET", "/slow")).await;
    assert!(gone.is_err(), "the route is slow");
    let text = recorder.handle().render();
    assert!(text.contains("onsale_http_requests_cancelled_total{role=\"booking\"} 1"), "{text}");
    assert!(text.contains("onsale_http_requests_in_flight{role=\"booking\"} 0"), "{text}");
}
