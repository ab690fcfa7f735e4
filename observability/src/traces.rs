//! Spans go to a collector by OTLP over gRPC, in batches made beside the requests.

use crate::http::REQUEST_TARGET;
use opentelemetry::global;
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_otlp::{SpanExporter, WithExportConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::{Sampler, SdkTracerProvider};
use std::time::Duration;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::{Layer, Registry};

/// How long the collector may take to accept a batch.
const EXPORT_MAX: Duration = Duration::from_secs(3);

/// The way of spans to `endpoint`. A collector that is away loses them; nothing waits for it.
pub(crate) fn provider(service_name: &str, endpoint: &str, ratio: f64) -> anyhow::Result<SdkTracerProvider> {
    let exporter = SpanExporter::builder().with_tonic().with_endpoint(endpoint).with_timeout(EXPORT_MAX).build()?;
    let resource = Resource::builder().with_service_name(service_name.to_owned()).build();
    let sampler = Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(ratio)));
    global::set_text_map_propagator(TraceContextPropagator::new());
    Ok(SdkTracerProvider::builder().with_resource(resource).with_sampler(sampler).with_batch_exporter(exporter).build())
}

/// Turns spans of `tracing` into OpenTelemetry's.
pub(crate) fn layer(provider: &SdkTracerProvider, service_name: &str) -> Box<dyn Layer<Registry> + Send + Sync> {
    let tracer = provider.tracer(service_name.to_owned());
    // What the exporter itself does must not become spans, or each batch would make the next one.
    let own =
        ["h2", "hyper", "hyper_util", "tonic", "tower", "opentelemetry", "opentelemetry_sdk", "opentelemetry_otlp"];
    let targets = Targets::new()
        .with_default(LevelFilter::INFO)
        .with_target(REQUEST_TARGET, LevelFilter::DEBUG)
        .with_targets(own.map(|target| (target, LevelFilter::OFF)));
    tracing_opentelemetry::layer()
        .with_tracer(tracer)
        .with_location(false)
        .with_threads(false)
        .with_filter(targets)
        .boxed()
}
