//! Makes, changes, shows and takes away webhooks, for admins.

use crate::domain::signing;
use crate::error::WebhookError;
use crate::service::deliver_events::GIVE_UP_AFTER;
use crate::service::queue_events::SENT_TOPICS;
use crate::state::State;
use crate::store::deliveries;
use crate::store::webhooks::{self, NewWebhook, WebhookRow};
use onsale_core::api::webhooks::{ChangeWebhook, CreateWebhook, Webhook, WebhookDelivery, WebhookDeliveryStatus};
use onsale_core::events::Topic;
use onsale_core::{UserId, WebhookId};
use onsale_platform::audit::{self, Act};
use onsale_platform::{ServiceRole, random};
use serde_json::{Value, json};
use sqlx::PgConnection;
use uuid::Uuid;

/// Webhooks of an installation.
const WEBHOOKS_MAX: i64 = 100;

/// Makes a webhook; its secret is in this answer only.
pub(crate) async fn create(state: &State, by: UserId, wanted: &CreateWebhook) -> Result<Webhook, WebhookError> {
    state.caller.check(&wanted.url)?;
    let topics = topics(&wanted.topics)?;
    let id: WebhookId = random::new_id(&state.clock);
    let description = wanted.description.as_deref();
    let new = NewWebhook { id, url: &wanted.url, topics: &topics, description, created_by: by.0 };
    let mut transaction = state.pool.begin().await?;
    if webhooks::lock_and_count(&mut transaction).await? >= WEBHOOKS_MAX {
        return Err(WebhookError::TooMany(WEBHOOKS_MAX));
    }
    let row = webhooks::insert(&mut transaction, &new).await?;
    let detail = json!({"topics": topics, "description": description});
    note(state, &mut transaction, (by, "webhook.create", id), detail).await?;
    transaction.commit().await?;
    state.subscribed.forget().await;
    tracing::info!(target: "audit", webhook = %id, %by, "a webhook was made");
    Ok(with_secret(state, row))
}

/// The newest first, from below an id on; one more than `limit` where there are more.
pub(crate) async fn list(state: &State, below: Option<Uuid>, limit: i64) -> Result<Vec<Webhook>, WebhookError> {
    let now = state.clock.now();
    let rows = webhooks::page(&state.pool, below, limit + 1).await?;
    Ok(rows.into_iter().map(|row| row.webhook(now, None)).collect())
}

/// One of them.
pub(crate) async fn show(state: &State, id: WebhookId) -> Result<Webhook, WebhookError> {
    let row = webhooks::by_id(&state.pool, id).await?.ok_or(WebhookError::NotFound("webhook"))?;
    Ok(row.webhook(state.clock.now(), None))
}

/// Changes it; what is absent stays.
pub(crate) async fn change(
    state: &State,
    by: UserId,
    id: WebhookId,
    change: &ChangeWebhook,
) -> Result<Webhook, WebhookError> {
    if let Some(url) = &change.url {
        state.caller.check(url)?;
    }
    let topics = change.topics.as_deref().map(topics).transpose()?;
    let change = ChangeWebhook { topics, ..change.clone() };
    let mut transaction = state.pool.begin().await?;
    let row = webhooks::update(&mut transaction, id, &change).await?.ok_or(WebhookError::NotFound("webhook"))?;
    let detail = json!({"topics": change.topics, "url": change.url.is_some(), "description": change.description});
    note(state, &mut transaction, (by, "webhook.change", id), detail).await?;
    transaction.commit().await?;
    state.subscribed.forget().await;
    state.queued.notify_one();
    tracing::info!(target: "audit", webhook = %id, %by, "a webhook was changed");
    Ok(row.webhook(state.clock.now(), None))
}

/// Gives it a new secret, told in this answer only; the old one signs as well for a day.
pub(crate) async fn rotate(state: &State, by: UserId, id: WebhookId) -> Result<Webhook, WebhookError> {
    let mut transaction = state.pool.begin().await?;
    let row = webhooks::rotate(&mut transaction, id).await?.ok_or(WebhookError::NotFound("webhook"))?;
    note(state, &mut transaction, (by, "webhook.rotate", id), json!({})).await?;
    transaction.commit().await?;
    tracing::info!(target: "audit", webhook = %id, %by, "a webhook's secret was replaced");
    Ok(with_secret(state, row))
}

/// Takes it away, with what waits for it.
pub(crate) async fn delete(state: &State, by: UserId, id: WebhookId) -> Result<(), WebhookError> {
    let mut transaction = state.pool.begin().await?;
    if !webhooks::delete(&mut transaction, id).await? {
        return Err(WebhookError::NotFound("webhook"));
    }
    note(state, &mut transaction, (by, "webhook.delete", id), json!({})).await?;
    transaction.commit().await?;
    state.subscribed.forget().await;
    tracing::info!(target: "audit", webhook = %id, %by, "a webhook was taken away");
    Ok(())
}

/// The log of its events, the newest first; one more than `limit` where there are more.
pub(crate) async fn log(
    state: &State,
    id: WebhookId,
    status: Option<WebhookDeliveryStatus>,
    (below, limit): (Option<Uuid>, i64),
) -> Result<Vec<WebhookDelivery>, WebhookError> {
    webhooks::by_id(&state.pool, id).await?.ok_or(WebhookError::NotFound("webhook"))?;
    Ok(deliveries::page(&state.pool, id, status, below, limit + 1).await?)
}

/// Sends an event of the log again, under the same id.
pub(crate) async fn send_again(
    state: &State,
    by: UserId,
    id: WebhookId,
    event: Uuid,
) -> Result<WebhookDelivery, WebhookError> {
    webhooks::by_id(&state.pool, id).await?.ok_or(WebhookError::NotFound("webhook"))?;
    let mut transaction = state.pool.begin().await?;
    let delivery = deliveries::send_again(&mut transaction, id, event, GIVE_UP_AFTER).await?;
    let delivery = delivery.ok_or(WebhookError::NotFound("delivery"))?;
    note(state, &mut transaction, (by, "webhook.resend", id), json!({"event": event})).await?;
    transaction.commit().await?;
    state.queued.notify_one();
    tracing::info!(target: "audit", webhook = %id, %event, %by, "an event is sent to a webhook again");
    Ok(delivery)
}

/// Notes who did what to which webhook, in the act's own transaction.
async fn note(
    state: &State,
    conn: &mut PgConnection,
    (by, action, id): (UserId, &'static str, WebhookId),
    detail: Value,
) -> Result<(), sqlx::Error> {
    let act = Act {
        at: state.clock.now(),
        actor: Some(by),
        organisation: None,
        action,
        object_type: "webhook",
        object_id: &id.to_string(),
        detail,
    };
    audit::note(conn, ServiceRole::Notification, act).await
}

fn with_secret(state: &State, row: WebhookRow) -> Webhook {
    let secret = signing::shown(&state.webhook_key(WebhookId(row.id), row.generation));
    row.webhook(state.clock.now(), Some(secret))
}

/// The topics' names, each once.
fn topics(names: &[String]) -> Result<Vec<String>, WebhookError> {
    let mut topics = Vec::with_capacity(names.len());
    for name in names {
        let topic = name.parse::<Topic>().ok().filter(|topic| SENT_TOPICS.contains(topic));
        let topic = topic.ok_or_else(|| WebhookError::Topic(name.clone()))?;
        topics.push(topic.as_str().to_owned());
    }
    topics.sort_unstable();
    topics.dedup();
    Ok(topics)
}
