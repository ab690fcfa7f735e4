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
/// While a database is away: when it is back, what waited is told within seconds.
const OUTAGE_PAUSE_MAX: Duration = Duration::from_secs(5);
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
        let is_outage = is_outage(&error);
        if !is_outage {
            attempts += 1;
        }
        if matches!(error, ConsumeError::Poison(_)) || attempts >= ATTEMPTS_MAX {
            return Outcome::Failed { error: error.to_string(), attempts };
        }
        tracing::debug!(consumer = C::GROUP, event = %event.id, topic = %event.topic, attempts, %error, "not handled yet");
        pause = pause.min(if is_outage { OUTAGE_PAUSE_MAX } else { PAUSE_MAX });
        tokio::select! {
            () = stop.cancelled() => return Outcome::Stopped,
            () = tokio::time::sleep(jittered(pause)) => pause *= 2,
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ServiceRole;
    use onsale_core::events::Topic;
    use serde_json::json;
    use std::sync::Mutex;
    use tokio::time::Instant;

    /// Fails until a moment, in one way.
    struct Until {
        back: Instant,
        error: fn() -> ConsumeError,
        tries: Mutex<u32>,
    }

    impl Consumer for Until {
        const GROUP: &'static str = "test.until";
        const TOPICS: &'static [Topic] = &[Topic::TicketConfirmed];
        const ROLE: ServiceRole = ServiceRole::Booking;

        async fn handle(&self, _delivery: Delivery) -> Result<(), ConsumeError> {
            *self.tries.lock().expect("not poisoned") += 1;
            if Instant::now() < self.back { Err((self.error)()) } else { Ok(()) }
        }
    }

    fn event() -> CloudEvent {
        let event = json!({
            "specversion": "1.0", "id": "01900000-0000-7000-8000-000000000001", "source": "/booking",
            "type": Topic::TicketConfirmed, "subject": "o-1", "time": "2026-05-01T10:00:00Z",
            "datacontenttype": "application/json", "dataschema": "/schemas/events/x.json",
            "sequence": "00000000000000000001", "data": {}
        });
        serde_json::from_value(event).expect("an event")
    }

    #[tokio::test(start_paused = true)]
    async fn after_an_outage_what_waited_is_handled_within_seconds_and_nothing_was_given_up() {
        for minutes in [1, 60] {
            let back = Instant::now() + Duration::from_secs(60 * minutes);
            let consumer = Until { back, error: || ConsumeError::Away("away".to_owned()), tries: Mutex::new(0) };
            let outcome = attempt(&consumer, event(), &Semaphore::new(1), &CancellationToken::new()).await;
            assert_eq!(outcome, Outcome::Done);
            assert!(back.elapsed() <= Duration::from_millis(7_600), "{:?}", back.elapsed());
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_fails_by_itself_is_given_up_after_about_a_quarter_of_an_hour() {
        let (began, error) = (Instant::now(), || ConsumeError::Retry("no".to_owned()));
        let never = began + Duration::from_secs(86_400);
        let consumer = Until { back: never, error, tries: Mutex::new(0) };
        let outcome = attempt(&consumer, event(), &Semaphore::new(1), &CancellationToken::new()).await;
        assert!(matches!(outcome, Outcome::Failed { attempts: ATTEMPTS_MAX, .. }), "{outcome:?}");
        assert_eq!(*consumer.tries.lock().expect("not poisoned"), ATTEMPTS_MAX);
        assert!((600..1_300).contains(&began.elapsed().as_secs()), "{:?}", began.elapsed());
    }
}
