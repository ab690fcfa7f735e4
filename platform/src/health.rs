//! `/health/live`, `/health/ready` and `/actuator/health`: every role has them.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use futures::future::BoxFuture;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

type Check = Arc<dyn Fn() -> BoxFuture<'static, Result<(), String>> + Send + Sync>;

/// What a process needs to be ready. Cheap to clone.
#[derive(Clone, Default)]
pub struct Health {
    checks: Vec<(&'static str, Check)>,
}

impl Health {
    /// Nothing is needed yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Also needs this: `check` says within a second whether it is there, or why not.
    #[must_use]
    pub fn needs<F>(mut self, name: &'static str, check: F) -> Self
    where
        F: Fn() -> BoxFuture<'static, Result<(), String>> + Send + Sync + 'static,
    {
        self.checks.push((name, Arc::new(check)));
        self
    }

    /// Also needs this database.
    #[must_use]
    pub fn needs_database(self, pool: sqlx::PgPool) -> Self {
        self.needs("postgresql", move || {
            let pool = pool.clone();
            Box::pin(async move {
                sqlx::query("SELECT 1").execute(&pool).await.map(|_| ()).map_err(|error| error.to_string())
            })
        })
    }

    /// The three addresses.
    pub fn router(self) -> Router {
        Router::new()
            .route("/health/live", get(|| async { Json(json!({"status": "UP"})) }))
            .route("/health/ready", get(ready))
            .route("/actuator/health", get(ready))
            .with_state(self)
    }
}

async fn ready(State(health): State<Health>) -> Response {
    let answers = health.checks.iter().map(|(name, check)| async move {
        let outcome = tokio::time::timeout(Duration::from_secs(1), check()).await;
        (*name, outcome.unwrap_or_else(|_| Err("no answer within 1 s".to_owned())))
    });
    let answers = futures::future::join_all(answers).await;
    let up = answers.iter().all(|(_, outcome)| outcome.is_ok());
    let components: serde_json::Map<String, Value> = answers
        .into_iter()
        .map(|(name, outcome)| {
            let component = match outcome {
                Ok(()) => json!({"status": "UP"}),
                Err(reason) => json!({"status": "DOWN", "details": {"error": reason}}),
            };
            (name.to_owned(), component)
        })
        .collect();
    let status = if up { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(json!({"status": if up { "UP" } else { "DOWN" }, "components": components}))).into_response()
}
