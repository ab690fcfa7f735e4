//! Trying a message until it is handled, or given up.

use super::{ConsumeError, Consumer, Delivery};
use crate::pg;
use crate::random::jittered;
use futures::FutureExt;
use onsale_core::events::CloudEvent;
use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tracing::Instrument;
use tracing_opentelemetry::OpenTelemetrySpanExt;

/// How often a message is tried that fails by itself; with the pauses that is about a quarter of an hour.
const ATTEMPTS_MAX: u32 = 36;
/// The first pause; it doubles.
const PAUSE_MIN: Duration = Duration::from_millis(100);
const PAUSE_MAX: Duration = Duration::from_secs(30);
/// How long one try may take.
const HANDLE_MAX: Duration = Duration::from_secs(30);

/// What became of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Outcome {
    /// Its effect is there.
    Done,
    /// It will not work.
    Failed {
        /// What went wrong the last time.
        error: String,
        /// How often it was tried.
        attempts: u32,
    },
    /// It was time to stop: it comes again.
    Stopped,
}

/// Handles a message, however often that takes. `room` bounds how many are handled at the same time;
/// who pauses takes none.
pub(super) async fn attempt<C: Consumer>(
    consumer: &C,
    event: CloudEvent,
    room: &Semaphore,
    stop: &CancellationToken,
) -> Outcome {
    let mut attempts = 0;
    let mut pause = PAUSE_MIN;
    loop {
        let outcome = tokio::select! {
            () = stop.cancelled() => return Outcome::Stopped,
            permit = room.acquire() => match permit {
                Ok(_permit) => handle_once(consumer, event.clone()).await,
                Err(_) => return Outcome::Stopped,
            },
        };
        let Err(error) = outcome else { return Outcome::Done };
        metrics::counter!("onsale_consumer_failures_total", "consumer" => C::GROUP).increment(1);
        // A database that is away is nobody's fault: no message is given up for it.
        if !is_outage(&error) {
            attempts += 1;
        }
        if matches!(error, ConsumeError::Poison(_)) || attempts >= ATTEMPTS_MAX {
            return Outcome::Failed { error: error.to_string(), attempts };
        }
        tracing::debug!(consumer = C::GROUP, event = %event.id, topic = %event.topic, attempts, %error, "not handled yet");
        tokio::select! {
            () = stop.cancelled() => return Outcome::Stopped,
            () = tokio::time::sleep(jittered(pause)) => pause = (pause * 2).min(PAUSE_MAX),
        }
    }
}

async fn handle_once<C: Consumer>(consumer: &C, event: CloudEvent) -> Result<(), ConsumeError> {
    let span = tracing::info_span!("consume", consumer = C::GROUP, topic = %event.topic, event = %event.id);
    continue_trace(&span, event.traceparent.as_deref());
    let delivery = Delivery { event, consumer: C::GROUP, role: C::ROLE };
    // A panic must cost this message only, not the consumer.
    let handling = AssertUnwindSafe(consumer.handle(delivery)).catch_unwind().instrument(span);
    match tokio::time::timeout(HANDLE_MAX, handling).await {
        Ok(Ok(handled)) => handled,
        Ok(Err(_)) => Err(ConsumeError::Retry("the handler panicked".to_owned())),
        Err(_) => Err(ConsumeError::Retry(format!("not handled within {HANDLE_MAX:?}"))),
    }
}

/// Makes the span a part of the trace that the event came from.
fn continue_trace(span: &tracing::Span, traceparent: Option<&str>) {
    let Some(traceparent) = traceparent else { return };
    let headers = HashMap::from([("traceparent".to_owned(), traceparent.to_owned())]);
    let parent = opentelemetry::global::get_text_map_propagator(|propagator| propagator.extract(&headers));
    // Where nothing is traced there is nothing to continue.
    let _untraced = span.set_parent(parent);
}

fn is_outage(error: &ConsumeError) -> bool {
    match error {
        ConsumeError::Database(error) => pg::is_unavailable(error) || pg::is_retryable(error),
        ConsumeError::Away(_) => true,
        ConsumeError::Retry(_) | ConsumeError::Poison(_) => false,
    }
}
