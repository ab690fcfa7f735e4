//! The recorder of metrics in Prometheus' form, and the addresses where it is read.

use crate::catalogue::{self, CATALOGUE, Kind};
use crate::{process, runtime};
use anyhow::Context;
use axum::Router;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::get;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle, PrometheusRecorder};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Prometheus' text format, version 0.0.4.
const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";
const TIDIED_EVERY: Duration = Duration::from_secs(5);

/// Seconds, from half a millisecond to the longest deadline.
const LATENCIES: &[f64] = &[0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];
/// Members of a batch; 256 is the most (DESIGN.md, "Holding a seat").
const SIZES: &[f64] = &[1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0];

/// Measures what is only known when it is asked for.
type Gauges = Box<dyn Fn() + Send + Sync>;

/// Reads this process's metrics. Cheap to clone.
#[derive(Clone)]
pub struct Metrics {
    handle: PrometheusHandle,
    gauges: Arc<RwLock<Vec<Gauges>>>,
}

impl Metrics {
    /// Makes the recorder that `metrics::counter!` and its like write to.
    pub(crate) fn install(service_name: &str) -> anyhow::Result<Self> {
        let recorder = recorder(service_name)?;
        let handle = recorder.handle();
        metrics::set_global_recorder(recorder).context("the metrics' recorder was installed before")?;
        catalogue::describe();
        begin_at_zero();
        Ok(Self { handle, gauges: Arc::default() })
    }

    /// Has `set` run before each reading: it sets gauges to what stands just then, such as a pool's connections. It
    /// must not wait for anything.
    pub fn on_read(&self, set: impl Fn() + Send + Sync + 'static) {
        self.gauges.write().unwrap_or_else(PoisonError::into_inner).push(Box::new(set));
    }

    /// All metrics, in Prometheus' text format.
    #[must_use]
    pub fn render(&self) -> String {
        for set in self.gauges.read().unwrap_or_else(PoisonError::into_inner).iter() {
            set();
        }
        let mut text = self.handle.render();
        process::append(&mut text);
        text
    }

    /// `/metrics` and `/actuator/prometheus`.
    pub fn router(&self) -> Router {
        Router::new().route("/metrics", get(answer)).route("/actuator/prometheus", get(answer)).with_state(self.clone())
    }

    /// Tidies the recorder every few seconds until `stop`, for histograms that nobody reads grow without it; and measures
    /// how late the runtime is.
    pub async fn keep_up(self, stop: CancellationToken) {
        tokio::select! {
            () = stop.cancelled() => {}
            () = self.tidy() => {}
            () = runtime::probe() => {}
        }
    }

    async fn tidy(&self) {
        loop {
            tokio::time::sleep(TIDIED_EVERY).await;
            self.handle.run_upkeep();
        }
    }
}

async fn answer(State(metrics): State<Metrics>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, CONTENT_TYPE)], metrics.render())
}

/// A counter that counts for the first time is else seen by nobody: a rate needs a value before. Those with labels begin
/// where their labels are known.
fn begin_at_zero() {
    for metric in CATALOGUE.iter().filter(|metric| metric.kind == Kind::Counter && metric.labels.is_empty()) {
        metrics::counter!(metric.name).absolute(0);
    }
}

pub(crate) fn recorder(service_name: &str) -> anyhow::Result<PrometheusRecorder> {
    Ok(PrometheusBuilder::new()
        .add_global_label("process", service_name)
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), LATENCIES)?
        .set_buckets_for_metric(Matcher::Suffix("_size".to_owned()), SIZES)?
        .build_recorder())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counters_without_labels_are_there_before_they_count() {
        let recorder = recorder("test").expect("buckets are right");
        let text = metrics::with_local_recorder(&recorder, || {
            begin_at_zero();
            metrics::counter!("onsale_refunds_failed_total").increment(2);
            recorder.handle().render()
        });
        assert!(text.contains("onsale_payment_mismatches_total{process=\"test\"} 0"), "{text}");
        assert!(text.contains("onsale_refunds_failed_total{process=\"test\"} 2"), "{text}");
    }

    #[test]
    fn histograms_have_buckets_and_every_metric_its_help() {
        let recorder = recorder("test").expect("buckets are right");
        let text = metrics::with_local_recorder(&recorder, || {
            catalogue::describe();
            metrics::histogram!("onsale_batch_size", "queue" => "holds").record(3.0);
            metrics::histogram!("onsale_http_request_duration_seconds").record(0.004);
            recorder.handle().render()
        });
        assert!(text.contains("onsale_batch_size_bucket{process=\"test\",queue=\"holds\",le=\"4\"} 1"), "{text}");
        assert!(text.contains("le=\"0.005\"} 1"), "{text}");
        assert!(text.contains("# HELP onsale_batch_size "), "{text}");
        assert!(!text.contains("quantile"), "summaries cannot be added up over processes: {text}");
    }
}
