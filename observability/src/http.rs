//! Each request of a role's router: counted by route, method and status class, timed, and traced.

mod instruments;

use crate::propagation;
use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use instruments::{Instruments, Running};
use std::sync::Arc;
use tracing::field::Empty;
use tracing::{Instrument, Span};
use tracing_opentelemetry::OpenTelemetrySpanExt;

/// The target of requests' spans. They are of level `debug`, so that only traces see them by default.
pub(crate) const REQUEST_TARGET: &str = "onsale_observability::request";

/// The label of requests that no route takes; raw paths are never labels, for anyone can make them up.
const UNMATCHED: &str = "unmatched";

/// In a response's extensions: the route that a request is counted under, where it is not the one that axum
/// matched; a proxy names the route of its table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RouteLabel(pub &'static str);

/// Wraps every route of a role's router, also what it refuses: `onsale_http_requests_total`,
/// `onsale_http_request_duration_seconds`, `onsale_http_requests_in_flight`, and a span that continues the
/// caller's trace. Time counts until the answer's head; a stream's end is not waited for.
pub fn observed(router: Router, role: &'static str) -> Router {
    router.layer(from_fn_with_state(Arc::new(Instruments::new(role)), observe))
}

async fn observe(State(instruments): State<Arc<Instruments>>, request: Request, next: Next) -> Response {
    let method = request.method().clone();
    let matched = request.extensions().get::<MatchedPath>().cloned();
    let span = span_of(&request, matched.as_ref(), instruments.role());
    let running = Running::new(&instruments);
    let response = if span.is_disabled() {
        next.run(request).await
    } else {
        let response = next.run(request).instrument(span.clone()).await;
        span.record("http.response.status_code", response.status().as_u16());
        if response.status().is_server_error() {
            span.record("otel.status_code", "ERROR");
        }
        response
    };
    let label = response.extensions().get::<RouteLabel>().copied();
    let route = label.map_or_else(|| matched.as_ref().map_or(UNMATCHED, MatchedPath::as_str), |label| label.0);
    running.end(&method, route, response.status());
    response
}

fn span_of(request: &Request, matched: Option<&MatchedPath>, role: &'static str) -> Span {
    let span = tracing::debug_span!(
        target: REQUEST_TARGET,
        "request",
        role,
        otel.kind = "server",
        otel.name = Empty,
        otel.status_code = Empty,
        http.request.method = request.method().as_str(),
        http.route = Empty,
        http.response.status_code = Empty,
    );
    if !span.is_disabled() {
        let route = matched.map_or(UNMATCHED, MatchedPath::as_str);
        span.record("http.route", route);
        span.record("otel.name", format!("{} {route}", request.method()));
        // It fails only where nothing traces.
        let _untraced = span.set_parent(propagation::extract(request.headers()));
    }
    span
}
