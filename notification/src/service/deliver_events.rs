//! Sends a webhook the events that are due.

use crate::caller::{Message, Refusal};
use crate::domain::signing;
use crate::state::State;
use crate::store::deliveries::{self, DueDelivery};
use crate::store::webhooks::{self, WebhookRow};
use futures::StreamExt;
use onsale_core::WebhookId;
use onsale_platform::random::backoff;
use std::time::{Duration, Instant};

/// For how long an event is tried.
pub(crate) const GIVE_UP_AFTER: Duration = Duration::from_secs(3 * 24 * 3_600);
/// Events that may wait for one webhook.
const WAITING_MAX: i64 = 100_000;
/// Events taken at once.
const EVENTS_MAX: i64 = 16;
/// Events sent to one webhook at the same time. Of slow receivers each holds up only itself.
const AT_ONCE: usize = 4;
/// Longer than sending what was taken at once may take: who dies meanwhile has it tried again after this.
const LEASE: Duration = Duration::from_secs(180);
/// The first pause; it is four times as long each time: about 5 s, 20 s, 80 s, 5 min, 20 min, 85 min, then each 6 h.
const PAUSE_MIN: Duration = Duration::from_secs(5);
const PAUSE_MAX: Duration = Duration::from_secs(6 * 3_600);

/// Sends a webhook what is due, until nothing is, or it is disabled.
pub(crate) async fn deliver_events(state: &State, id: WebhookId) -> Result<(), sqlx::Error> {
    loop {
        let Some(webhook) = webhooks::by_id(&state.pool, id).await? else { return Ok(()) };
        if webhook.disabled_reason.is_some() {
            return Ok(());
        }
        let due = deliveries::take_due(&state.pool, id, EVENTS_MAX, LEASE).await?;
        if due.is_empty() {
            return Ok(());
        }
        let webhook = &webhook;
        let sending = futures::stream::iter(due).map(|event| deliver(state, webhook, event)).buffer_unordered(AT_ONCE);
        // Each outcome is saved for itself; of failures to save the first is told.
        let outcomes: Vec<Result<(), sqlx::Error>> = sending.collect().await;
        outcomes.into_iter().collect::<Result<(), _>>()?;
    }
}

async fn deliver(state: &State, webhook: &WebhookRow, due: DueDelivery) -> Result<(), sqlx::Error> {
    let id = WebhookId(webhook.id);
    let DueDelivery { event_id, body, attempts, is_last } = due;
    let now = state.clock.now();
    let mut keys = vec![state.webhook_key(id, webhook.generation)];
    if webhook.old_secret_until(now).is_some() {
        keys.push(state.webhook_key(id, webhook.generation - 1));
    }
    let timestamp = now.timestamp();
    let signature = signing::signature(&keys, event_id, timestamp, &body);
    let began = Instant::now();
    let outcome = state.caller.send(&webhook.url, Message { id: event_id, timestamp, signature, body }).await;
    let took = began.elapsed();
    match outcome {
        Ok(status) => {
            count("delivered", took);
            deliveries::mark_delivered(&state.pool, id, event_id, i32::from(status.as_u16())).await
        }
        Err(refusal) if is_last || refusal.is_gone() => {
            count("failed", took);
            give_up(state, id, event_id, &refusal).await
        }
        Err(refusal) => {
            count("later", took);
            let Refusal { status, reason, retry_after } = refusal;
            tracing::debug!(webhook = %id, event = %event_id, attempts, reason, "an event was not taken by a webhook");
            let status = status.map(|status| i32::from(status.as_u16()));
            let pause = backoff(attempts, PAUSE_MIN, 4, PAUSE_MAX).max(retry_after.unwrap_or_default());
            deliveries::mark_later(&state.pool, id, event_id, (status, &reason), pause).await
        }
    }
}

/// Gives the event up, and the webhook with it where nothing got through for as long as the event was tried.
async fn give_up(state: &State, id: WebhookId, event: uuid::Uuid, refusal: &Refusal) -> Result<(), sqlx::Error> {
    let status = refusal.status.map(|status| i32::from(status.as_u16()));
    let reason = &refusal.reason;
    let is_alive = deliveries::mark_failed(&state.pool, id, event, (status, reason)).await?;
    tracing::warn!(webhook = %id, %event, reason, "an event is not sent to a webhook any more");
    let why = if refusal.is_gone() {
        "the receiver wants no more events: it answered 410 Gone".to_owned()
    } else if is_alive {
        return Ok(());
    } else {
        format!("nothing got through for 3 days; at last: {reason}")
    };
    if webhooks::disable(&state.pool, id, &why).await? {
        state.subscribed.forget().await;
        tracing::error!(webhook = %id, why, "a webhook was disabled");
    }
    Ok(())
}

/// Disables webhooks for which too much waits: nothing may grow without bound.
pub(crate) async fn disable_overdue(state: &State) -> Result<(), sqlx::Error> {
    let reason = format!("more than {WAITING_MAX} events waited");
    for webhook in webhooks::disable_overdue(&state.pool, WAITING_MAX, &reason).await? {
        state.subscribed.forget().await;
        tracing::error!(%webhook, reason, "a webhook was disabled");
    }
    Ok(())
}

fn count(outcome: &'static str, took: Duration) {
    metrics::histogram!("onsale_webhook_seconds", "outcome" => outcome).record(took.as_secs_f64());
}
