//! How Onsale is watched: logs that never block, traces that cross roles, metrics that explain themselves.
//!
//! [`init`] is called once, first in `main`. Each role's router is wrapped by [`http::observed`], and
//! [`Guard::metrics_router`] is served on a port of its own, with [`Metrics::keep_up`] beside it. Every metric of every crate is named and
//! explained in [`catalogue`]; tests hold the sources, dashboards and alerts to it.

pub mod catalogue;
pub mod http;
mod logs;
mod process;
pub mod propagation;
mod recorder;
mod runtime;
mod settings;
mod traces;

pub use recorder::Metrics;
pub use settings::{LogFormat, Settings, SettingsError};

use axum::Router;
use opentelemetry_sdk::trace::SdkTracerProvider;
use std::time::Duration;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, Registry};

/// How long the last spans and log lines are waited for at the end.
const FLUSH_MAX: Duration = Duration::from_secs(3);

/// Keeps what was set up alive; [`Guard::finish`] sends what is still on its way.
#[must_use = "logs and traces end when it is dropped"]
pub struct Guard {
    metrics: Metrics,
    logs: logs::Writer,
    traces: Option<SdkTracerProvider>,
}

/// Sets up logs, traces and metrics of this process. Call it once, inside the tokio runtime.
///
/// # Errors
/// When a setting cannot be used, or when it was called before.
pub fn init(service_name: &str, settings: &Settings) -> anyhow::Result<Guard> {
    let filter = EnvFilter::try_new(&settings.filter)
        .map_err(|error| SettingsError::new("RUST_LOG", &settings.filter, error.to_string()))?;
    let (writer, make_writer) = logs::spawn()?;
    let traces = match &settings.otlp_endpoint {
        None => None,
        Some(endpoint) => Some(traces::provider(service_name, endpoint, settings.sampler_ratio)?),
    };
    let mut layers: Vec<Box<dyn Layer<Registry> + Send + Sync>> = Vec::new();
    if let Some(provider) = &traces {
        layers.push(traces::layer(provider, service_name));
    }
    layers.push(logs::layer(settings.format, make_writer).with_filter(filter).boxed());
    tracing_subscriber::registry().with(layers).try_init()?;
    let metrics = Metrics::install(service_name)?;
    Ok(Guard { metrics, logs: writer, traces })
}

impl Guard {
    /// This process's metrics.
    #[must_use]
    pub fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// `/metrics` and `/actuator/prometheus`, for a port of their own.
    pub fn metrics_router(&self) -> Router {
        self.metrics.router()
    }

    /// Sends the last spans and writes the last lines, for a few seconds at most.
    pub async fn finish(self) {
        let Self { logs, traces, .. } = self;
        let flushed = tokio::task::spawn_blocking(move || {
            if let Some(Err(error)) = traces.map(|provider| provider.shutdown_with_timeout(FLUSH_MAX)) {
                tracing::debug!(%error, "the last spans were not sent");
            }
            logs.flush(FLUSH_MAX);
        });
        if flushed.await.is_err() {
            tracing::debug!("the last log lines were not written");
        }
    }
}
