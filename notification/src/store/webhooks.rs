//! Table `notification.webhooks`.

use chrono::{DateTime, TimeDelta, Utc};
use onsale_core::WebhookId;
use onsale_core::api::webhooks::{ChangeWebhook, Webhook};
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

/// How long a secret signs beside the one that follows it.
pub(crate) const OVERLAP: TimeDelta = TimeDelta::days(1);

/// A row.
#[derive(Debug)]
pub(crate) struct WebhookRow {
    pub(crate) id: Uuid,
    pub(crate) url: String,
    pub(crate) topics: Vec<String>,
    pub(crate) description: Option<String>,
    pub(crate) generation: i32,
    pub(crate) rotated_at: Option<DateTime<Utc>>,
    pub(crate) disabled_reason: Option<String>,
    pub(crate) created_at: DateTime<Utc>,
}

impl WebhookRow {
    /// Until when the secret before this one signs as well.
    pub(crate) fn old_secret_until(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.rotated_at.map(|at| at + OVERLAP).filter(|until| *until > now)
    }

    /// As admins see it, with its secret where it is told.
    pub(crate) fn webhook(self, now: DateTime<Utc>, secret: Option<String>) -> Webhook {
        Webhook {
            id: WebhookId(self.id),
            old_secret_until: self.old_secret_until(now),
            url: self.url,
            topics: self.topics,
            description: self.description,
            secret,
            enabled: self.disabled_reason.is_none(),
            disabled_reason: self.disabled_reason,
            created_at: self.created_at,
        }
    }
}

/// A webhook about to be made.
pub(crate) struct NewWebhook<'a> {
    pub(crate) id: WebhookId,
    pub(crate) url: &'a str,
    pub(crate) topics: &'a [String],
    pub(crate) description: Option<&'a str>,
    pub(crate) created_by: Uuid,
}

/// How many there are. One is made at a time, until the transaction ends.
pub(crate) async fn lock_and_count(conn: &mut PgConnection) -> Result<i64, sqlx::Error> {
    sqlx::query!("SELECT pg_advisory_xact_lock(hashtextextended('notification.webhooks', 0))")
        .fetch_one(&mut *conn)
        .await?;
    sqlx::query_scalar!(r#"SELECT count(*) AS "count!" FROM notification.webhooks WHERE deleted_at IS NULL"#)
        .fetch_one(conn)
        .await
}

pub(crate) async fn insert(conn: &mut PgConnection, new: &NewWebhook<'_>) -> Result<WebhookRow, sqlx::Error> {
    sqlx::query_as!(
        WebhookRow,
        "INSERT INTO notification.webhooks (id, url, topics, description, created_by, created_at)
         VALUES ($1, $2, $3, $4, $5, now())
         RETURNING id, url, topics, description, generation, rotated_at, disabled_reason, created_at",
        new.id.0,
        new.url,
        new.topics,
        new.description,
        new.created_by,
    )
    .fetch_one(conn)
    .await
}

/// The newest first, from below an id on.
pub(crate) async fn page(pool: &PgPool, below: Option<Uuid>, limit: i64) -> Result<Vec<WebhookRow>, sqlx::Error> {
    sqlx::query_as!(
        WebhookRow,
        "SELECT id, url, topics, description, generation, rotated_at, disabled_reason, created_at
         FROM notification.webhooks
         WHERE deleted_at IS NULL AND ($1::uuid IS NULL OR id < $1) ORDER BY id DESC LIMIT $2",
        below,
        limit,
    )
    .fetch_all(pool)
    .await
}

pub(crate) async fn by_id(pool: &PgPool, id: WebhookId) -> Result<Option<WebhookRow>, sqlx::Error> {
    sqlx::query_as!(
        WebhookRow,
        "SELECT id, url, topics, description, generation, rotated_at, disabled_reason, created_at
         FROM notification.webhooks WHERE id = $1 AND deleted_at IS NULL",
        id.0,
    )
    .fetch_optional(pool)
    .await
}

/// Changes it; what is absent stays. Whoever is switched off already keeps the reason.
pub(crate) async fn update(
    conn: &mut PgConnection,
    id: WebhookId,
    change: &ChangeWebhook,
) -> Result<Option<WebhookRow>, sqlx::Error> {
    sqlx::query_as!(
        WebhookRow,
        "UPDATE notification.webhooks
         SET url = coalesce($2, url), topics = coalesce($3, topics), description = coalesce($4, description),
             disabled_at = CASE WHEN $5 THEN NULL WHEN NOT $5 THEN coalesce(disabled_at, now()) ELSE disabled_at END,
             disabled_reason = CASE WHEN $5 THEN NULL
                                    WHEN NOT $5 THEN coalesce(disabled_reason, 'switched off by an admin')
                                    ELSE disabled_reason END
         WHERE id = $1 AND deleted_at IS NULL
         RETURNING id, url, topics, description, generation, rotated_at, disabled_reason, created_at",
        id.0,
        change.url,
        change.topics.as_deref(),
        change.description,
        change.enabled,
    )
    .fetch_optional(conn)
    .await
}

/// Begins the next secret; the one until now signs for [`OVERLAP`] as well.
pub(crate) async fn rotate(conn: &mut PgConnection, id: WebhookId) -> Result<Option<WebhookRow>, sqlx::Error> {
    sqlx::query_as!(
        WebhookRow,
        "UPDATE notification.webhooks SET generation = generation + 1, rotated_at = now()
         WHERE id = $1 AND deleted_at IS NULL
         RETURNING id, url, topics, description, generation, rotated_at, disabled_reason, created_at",
        id.0,
    )
    .fetch_optional(conn)
    .await
}

/// Takes it away; says whether it was there.
pub(crate) async fn delete(conn: &mut PgConnection, id: WebhookId) -> Result<bool, sqlx::Error> {
    let deleted =
        sqlx::query!("UPDATE notification.webhooks SET deleted_at = now() WHERE id = $1 AND deleted_at IS NULL", id.0)
            .execute(conn)
            .await?;
    Ok(deleted.rows_affected() == 1)
}

/// Sends nothing there any more, for this reason; says whether that is new.
pub(crate) async fn disable(pool: &PgPool, id: WebhookId, reason: &str) -> Result<bool, sqlx::Error> {
    let disabled = sqlx::query!(
        "UPDATE notification.webhooks SET disabled_at = now(), disabled_reason = $2
         WHERE id = $1 AND disabled_at IS NULL",
        id.0,
        reason,
    )
    .execute(pool)
    .await?;
    Ok(disabled.rows_affected() == 1)
}

/// Disables those for which more than `waiting_max` events wait; gives their ids.
pub(crate) async fn disable_overdue(pool: &PgPool, waiting_max: i64, reason: &str) -> Result<Vec<Uuid>, sqlx::Error> {
    sqlx::query_scalar!(
        "UPDATE notification.webhooks w SET disabled_at = now(), disabled_reason = $2
         WHERE w.deleted_at IS NULL AND w.disabled_at IS NULL AND $1::bigint < (
             SELECT count(*) FROM (
                 SELECT 1 FROM notification.deliveries d
                 WHERE d.webhook_id = w.id AND d.status = 'pending' LIMIT $1 + 1) AS waiting)
         RETURNING w.id",
        waiting_max,
        reason,
    )
    .fetch_all(pool)
    .await
}

/// The topics that any of them wants.
pub(crate) async fn wanted_topics(pool: &PgPool) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar!(
        r#"SELECT DISTINCT unnest(topics) AS "topic!" FROM notification.webhooks
           WHERE deleted_at IS NULL AND disabled_at IS NULL"#
    )
    .fetch_all(pool)
    .await
}

/// Those that are not waited for and have an event that is due.
pub(crate) async fn with_due(pool: &PgPool, but: &[Uuid]) -> Result<Vec<Uuid>, sqlx::Error> {
    sqlx::query_scalar!(
        "SELECT w.id FROM notification.webhooks w
         WHERE w.deleted_at IS NULL AND w.disabled_at IS NULL AND w.id <> ALL($1) AND EXISTS (
             SELECT 1 FROM notification.deliveries d
             WHERE d.webhook_id = w.id AND d.status = 'pending' AND d.next_attempt_at <= now())",
        but,
    )
    .fetch_all(pool)
    .await
}

/// Forgets those that were taken away and have no deliveries left.
pub(crate) async fn forget(pool: &PgPool) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "DELETE FROM notification.webhooks w WHERE w.deleted_at IS NOT NULL
         AND NOT EXISTS (SELECT 1 FROM notification.deliveries d WHERE d.webhook_id = w.id)"
    )
    .execute(pool)
    .await?;
    Ok(())
}
