//! Table `notification.deliveries`.

use chrono::{DateTime, Utc};
use onsale_core::WebhookId;
use onsale_core::api::webhooks::{WebhookDelivery, WebhookDeliveryStatus};
use onsale_core::events::Topic;
use sqlx::{PgConnection, PgPool};
use std::time::Duration;
use uuid::Uuid;

/// An event to be sent now.
#[derive(Debug)]
pub(crate) struct DueDelivery {
    pub(crate) event_id: Uuid,
    pub(crate) body: String,
    /// Which try this is, from 1.
    pub(crate) attempts: i32,
    /// Whether it is the last one.
    pub(crate) is_last: bool,
}

/// A row, as the log shows it.
struct DeliveryRow {
    event_id: Uuid,
    topic: String,
    status: String,
    attempts: i32,
    next_attempt_at: DateTime<Utc>,
    last_status: Option<i32>,
    last_error: Option<String>,
    created_at: DateTime<Utc>,
    delivered_at: Option<DateTime<Utc>>,
}

impl DeliveryRow {
    fn delivery(self) -> WebhookDelivery {
        let status = status_of(&self.status);
        WebhookDelivery {
            event_id: self.event_id,
            topic: self.topic,
            status,
            attempts: self.attempts,
            next_attempt_at: Some(self.next_attempt_at).filter(|_| status == WebhookDeliveryStatus::Pending),
            last_status: self.last_status,
            last_error: self.last_error,
            created_at: self.created_at,
            delivered_at: self.delivered_at,
        }
    }
}

fn status_of(text: &str) -> WebhookDeliveryStatus {
    // The table's check lets no other words in.
    match text {
        "delivered" => WebhookDeliveryStatus::Delivered,
        "failed" => WebhookDeliveryStatus::Failed,
        _ => WebhookDeliveryStatus::Pending,
    }
}

fn word(status: WebhookDeliveryStatus) -> &'static str {
    match status {
        WebhookDeliveryStatus::Pending => "pending",
        WebhookDeliveryStatus::Delivered => "delivered",
        WebhookDeliveryStatus::Failed => "failed",
    }
}

/// Queues an event for every webhook that wants its topic, once each; says for how many.
pub(crate) async fn queue(
    conn: &mut PgConnection,
    event: Uuid,
    topic: Topic,
    body: &str,
    give_up_after: Duration,
) -> Result<u64, sqlx::Error> {
    let queued = sqlx::query!(
        "INSERT INTO notification.deliveries (webhook_id, event_id, topic, body, give_up_at)
         SELECT id, $1, $2, $3, now() + make_interval(secs => $4) FROM notification.webhooks
         WHERE deleted_at IS NULL AND disabled_at IS NULL AND $2 = ANY(topics)
         ON CONFLICT ON CONSTRAINT deliveries_pkey DO NOTHING",
        event,
        topic.as_str(),
        body,
        give_up_after.as_secs_f64(),
    )
    .execute(conn)
    .await?;
    Ok(queued.rows_affected())
}

/// Takes events that are due for a webhook, and counts a try for each. Who dies with them in hand has them tried again
/// after `lease`.
pub(crate) async fn take_due(
    pool: &PgPool,
    webhook: WebhookId,
    events_max: i64,
    lease: Duration,
) -> Result<Vec<DueDelivery>, sqlx::Error> {
    sqlx::query_as!(
        DueDelivery,
        r#"UPDATE notification.deliveries
           SET attempts = attempts + 1, next_attempt_at = now() + make_interval(secs => $3)
           WHERE webhook_id = $1 AND event_id IN (
               SELECT event_id FROM notification.deliveries
               WHERE webhook_id = $1 AND status = 'pending' AND next_attempt_at <= now()
               ORDER BY next_attempt_at
               LIMIT $2
               FOR UPDATE SKIP LOCKED
           )
           RETURNING event_id, body, attempts, give_up_at <= now() AS "is_last!""#,
        webhook.0,
        events_max,
        lease.as_secs_f64(),
    )
    .fetch_all(pool)
    .await
}

/// The receiver took it.
pub(crate) async fn mark_delivered(
    pool: &PgPool,
    webhook: WebhookId,
    event: Uuid,
    status: i32,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE notification.deliveries
         SET status = 'delivered', delivered_at = now(), last_status = $3, last_error = NULL
         WHERE webhook_id = $1 AND event_id = $2 AND status = 'pending'",
        webhook.0,
        event,
        status,
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// It did not, and is asked again after `pause`, at the latest when its time ends.
pub(crate) async fn mark_later(
    pool: &PgPool,
    webhook: WebhookId,
    event: Uuid,
    (status, error): (Option<i32>, &str),
    pause: Duration,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE notification.deliveries
         SET last_status = $3, last_error = $4,
             next_attempt_at = greatest(now(), least(now() + make_interval(secs => $5), give_up_at))
         WHERE webhook_id = $1 AND event_id = $2 AND status = 'pending'",
        webhook.0,
        event,
        status,
        error,
        pause.as_secs_f64(),
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// It is given up; says whether anything has got through to that receiver since it was queued.
pub(crate) async fn mark_failed(
    pool: &PgPool,
    webhook: WebhookId,
    event: Uuid,
    (status, error): (Option<i32>, &str),
) -> Result<bool, sqlx::Error> {
    let queued_at = sqlx::query_scalar!(
        "UPDATE notification.deliveries SET status = 'failed', last_status = $3, last_error = $4
         WHERE webhook_id = $1 AND event_id = $2 AND status = 'pending' RETURNING created_at",
        webhook.0,
        event,
        status,
        error,
    )
    .fetch_optional(pool)
    .await?;
    let Some(queued_at) = queued_at else { return Ok(true) };
    sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT 1 FROM notification.deliveries WHERE webhook_id = $1 AND delivered_at > $2) AS "is!""#,
        webhook.0,
        queued_at,
    )
    .fetch_one(pool)
    .await
}

/// The log of a webhook, the newest event first, from below an event's id on.
pub(crate) async fn page(
    pool: &PgPool,
    webhook: WebhookId,
    status: Option<WebhookDeliveryStatus>,
    below: Option<Uuid>,
    limit: i64,
) -> Result<Vec<WebhookDelivery>, sqlx::Error> {
    let rows = sqlx::query_as!(
        DeliveryRow,
        "SELECT event_id, topic, status, attempts, next_attempt_at, last_status, last_error, created_at, delivered_at
         FROM notification.deliveries
         WHERE webhook_id = $1 AND ($2::text IS NULL OR status = $2) AND ($3::uuid IS NULL OR event_id < $3)
         ORDER BY event_id DESC LIMIT $4",
        webhook.0,
        status.map(word),
        below,
        limit,
    )
    .fetch_all(pool)
    .await?;
    Ok(rows.into_iter().map(DeliveryRow::delivery).collect())
}

/// Queues an event of the log once more, as if it were new.
pub(crate) async fn send_again(
    conn: &mut PgConnection,
    webhook: WebhookId,
    event: Uuid,
    give_up_after: Duration,
) -> Result<Option<WebhookDelivery>, sqlx::Error> {
    let row = sqlx::query_as!(
        DeliveryRow,
        "UPDATE notification.deliveries
         SET status = 'pending', attempts = 0, delivered_at = NULL, next_attempt_at = now(),
             give_up_at = now() + make_interval(secs => $3)
         WHERE webhook_id = $1 AND event_id = $2
         RETURNING event_id, topic, status, attempts, next_attempt_at, last_status, last_error, created_at, delivered_at",
        webhook.0,
        event,
        give_up_after.as_secs_f64(),
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(DeliveryRow::delivery))
}

/// Forgets what was queued more than `days_kept` days ago or belongs to a webhook that was taken away, at most
/// `rows_max`.
pub(crate) async fn forget(pool: &PgPool, days_kept: i32, rows_max: i64) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "DELETE FROM notification.deliveries WHERE (webhook_id, event_id) IN (
             SELECT webhook_id, event_id FROM notification.deliveries
             WHERE created_at < now() - make_interval(days => $1)
                OR webhook_id IN (SELECT id FROM notification.webhooks WHERE deleted_at IS NOT NULL)
             LIMIT $2)",
        days_kept,
        rows_max,
    )
    .execute(pool)
    .await?;
    Ok(())
}
