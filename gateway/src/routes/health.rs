//! The gateway's own health, and that of everything behind it.

use crate::state::State;
use axum::Json;
use axum::body::Body;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use onsale_platform::upstream::Upstream;
use serde_json::{Map, Value, json};
use std::time::Duration;

/// How long one service may take to say how it is.
const ANSWER_MAX: Duration = Duration::from_secs(1);

/// `GET /health/live`: the process runs.
pub(super) async fn live() -> Json<Value> {
    Json(json!({"status": "UP"}))
}

/// `GET /health/ready`: requests may be sent here. A service that is away does not change that:
/// every other gateway misses it as well, and pages and the rest of the services go on.
pub(super) async fn ready() -> Json<Value> {
    Json(json!({"status": "UP"}))
}

/// `GET /actuator/health`: everything behind the gateway, each asked.
pub(super) async fn aggregated(state: axum::extract::State<State>) -> Response {
    let ways = &state.ways;
    let asked = [
        ("auth", &ways.auth),
        ("booking", &ways.booking),
        ("payment", &ways.payment),
        ("search", &ways.search),
        ("admin", &ways.admin),
    ];
    let answers = asked.map(|(name, way)| async move { (name, is_up(way).await) });
    let answers = futures::future::join_all(answers).await;
    let all = answers.iter().all(|(_, up)| *up);
    let components: Map<String, Value> =
        answers.into_iter().map(|(name, up)| (name.to_owned(), json!({"status": word(up)}))).collect();
    let status = if all { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(json!({"status": word(all), "components": components}))).into_response()
}

/// Whether it says that it is ready; one in this process without an address for it is up as we are.
async fn is_up(way: &Upstream) -> bool {
    let mut request = Request::new(Body::empty());
    *request.uri_mut() = axum::http::Uri::from_static("/health/ready");
    match way.clone().within(ANSWER_MAX).call(request).await {
        Ok(response) => response.status().is_success() || response.status() == StatusCode::NOT_FOUND,
        Err(_) => false,
    }
}

fn word(up: bool) -> &'static str {
    if up { "UP" } else { "DOWN" }
}
