//! Table `notification.mails`.

use crate::domain::{Language, Mail};
use onsale_core::events::MailTemplate;
use onsale_core::{OrderId, UserId};
use sqlx::{PgConnection, PgPool};
use std::time::Duration;
use uuid::Uuid;

/// A mail about to be written.
pub(crate) struct NewMail<'a> {
    /// The event's id.
    pub(crate) id: Uuid,
    pub(crate) user_id: UserId,
    pub(crate) template: MailTemplate,
    pub(crate) language: Language,
    pub(crate) recipient: &'a str,
    pub(crate) mail: &'a Mail,
    /// Nothing but kept: there is no mail server.
    pub(crate) keep: bool,
    /// The order that it confirms: there is one such mail an order.
    pub(crate) confirms: Option<OrderId>,
}

/// A mail to be sent now.
#[derive(Debug)]
pub(crate) struct DueMail {
    pub(crate) id: Uuid,
    pub(crate) recipient: String,
    pub(crate) subject: String,
    pub(crate) body_text: String,
    pub(crate) body_html: String,
    /// Which try this is, from 1.
    pub(crate) attempts: i32,
}

/// An order whose confirmation is done, which booking does not know yet.
#[derive(Debug)]
pub(crate) struct Untold {
    /// The mail.
    pub(crate) id: Uuid,
    pub(crate) order_id: Uuid,
}

/// Writes a mail; `false` when there is one for the same event, or one that confirms the same order.
pub(crate) async fn insert(conn: &mut PgConnection, new: &NewMail<'_>) -> Result<bool, sqlx::Error> {
    let inserted = sqlx::query!(
        "INSERT INTO notification.mails
             (id, user_id, template, language, recipient, subject, body_text, body_html, status, once,
              order_id, tell_at, next_attempt_at, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9::text, $10, $11::uuid,
                 CASE WHEN $9 = 'kept' AND $11 IS NOT NULL THEN now() END, now(), now())
         ON CONFLICT DO NOTHING",
        new.id,
        new.user_id.0,
        template_name(new.template),
        new.language.as_str(),
        new.recipient,
        new.mail.subject,
        new.mail.text,
        new.mail.html,
        if new.keep { "kept" } else { "pending" },
        new.confirms.map(|order| format!("order_confirmed/{order}")),
        new.confirms.map(|order| order.0),
    )
    .execute(conn)
    .await?;
    Ok(inserted.rows_affected() == 1)
}

/// Takes the mails that are due, and counts a try for each. Who dies with them in hand has them tried
/// again after `lease`.
pub(crate) async fn take_due(pool: &PgPool, mails_max: i64, lease: Duration) -> Result<Vec<DueMail>, sqlx::Error> {
    sqlx::query_as!(
        DueMail,
        r#"UPDATE notification.mails SET attempts = attempts + 1, next_attempt_at = now() + make_interval(secs => $2)
           WHERE id IN (
               SELECT id FROM notification.mails
               WHERE status = 'pending' AND next_attempt_at <= now()
               ORDER BY next_attempt_at
               LIMIT $1
               FOR UPDATE SKIP LOCKED
           )
           RETURNING id, recipient, subject, coalesce(body_text, '') AS "body_text!",
                     coalesce(body_html, '') AS "body_html!", attempts"#,
        mails_max,
        lease.as_secs_f64(),
    )
    .fetch_all(pool)
    .await
}

/// It was taken by the mail server. What it said is forgotten.
pub(crate) async fn mark_sent(pool: &PgPool, id: Uuid) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE notification.mails
         SET status = 'sent', sent_at = now(), body_text = NULL, body_html = NULL, last_error = NULL,
             tell_at = CASE WHEN order_id IS NOT NULL THEN now() END
         WHERE id = $1 AND status = 'pending'",
        id
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// It was not sent, and is tried again after `pause`.
pub(crate) async fn mark_later(pool: &PgPool, id: Uuid, error: &str, pause: Duration) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE notification.mails SET last_error = $2, next_attempt_at = now() + make_interval(secs => $3)
         WHERE id = $1 AND status = 'pending'",
        id,
        error,
        pause.as_secs_f64(),
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// It is given up. What it said is forgotten.
pub(crate) async fn mark_failed(pool: &PgPool, id: Uuid, error: &str) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE notification.mails
         SET status = 'failed', last_error = $2, body_text = NULL, body_html = NULL,
             tell_at = CASE WHEN order_id IS NOT NULL THEN now() END
         WHERE id = $1 AND status = 'pending'",
        id,
        error,
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// Takes orders that booking is to be told of; they come again after `pause`, unless they are marked.
pub(crate) async fn take_untold(pool: &PgPool, orders_max: i64, pause: Duration) -> Result<Vec<Untold>, sqlx::Error> {
    sqlx::query_as!(
        Untold,
        r#"UPDATE notification.mails SET tell_at = now() + make_interval(secs => $2)
           WHERE id IN (
               SELECT id FROM notification.mails
               WHERE tell_at <= now()
               ORDER BY tell_at
               LIMIT $1
               FOR UPDATE SKIP LOCKED
           )
           RETURNING id, order_id AS "order_id!""#,
        orders_max,
        pause.as_secs_f64(),
    )
    .fetch_all(pool)
    .await
}

/// Booking knows.
pub(crate) async fn mark_told(pool: &PgPool, id: Uuid) -> Result<(), sqlx::Error> {
    sqlx::query!("UPDATE notification.mails SET tell_at = NULL WHERE id = $1", id).execute(pool).await?;
    Ok(())
}

/// Forgets mails of more than `days_kept` days ago, at most `rows_max`; says how many.
pub(crate) async fn forget(pool: &PgPool, days_kept: i32, rows_max: i64) -> Result<u64, sqlx::Error> {
    let gone = sqlx::query!(
        "DELETE FROM notification.mails WHERE id IN (
             SELECT id FROM notification.mails
             WHERE status <> 'pending' AND created_at < now() - make_interval(days => $1)
             ORDER BY created_at
             LIMIT $2)",
        days_kept,
        rows_max,
    )
    .execute(pool)
    .await?;
    Ok(gone.rows_affected())
}

fn template_name(template: MailTemplate) -> &'static str {
    match template {
        MailTemplate::VerifyEmail => "verify_email",
        MailTemplate::ResetPassword => "reset_password",
        MailTemplate::OrderConfirmed => "order_confirmed",
        MailTemplate::OrderCancelled => "order_cancelled",
    }
}
