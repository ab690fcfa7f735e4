//! Table `notification.mails`.

use crate::documents::Enclosed;
use crate::domain::{Language, Mail};
use chrono::{DateTime, Utc};
use onsale_core::api::sales_desk::OrderMail;
use onsale_core::events::MailTemplate;
use onsale_core::{OrderId, UserId};
use serde_json::Value;
use sqlx::types::Json;
use sqlx::{PgConnection, PgPool};
use std::time::Duration;
use uuid::Uuid;

/// A mail about to be written.
pub(crate) struct NewMail {
    /// The event's id.
    pub(crate) id: Uuid,
    pub(crate) user_id: UserId,
    pub(crate) template: MailTemplate,
    pub(crate) language: Language,
    pub(crate) recipient: String,
    pub(crate) mail: Mail,
    /// What its files are made from, an [`Enclosed`].
    pub(crate) enclosed: Option<Value>,
    /// Nothing but kept: there is no mail server.
    pub(crate) keep: bool,
    /// The order that it confirms: there is one such mail an order.
    pub(crate) confirms: Option<OrderId>,
    /// The order that it is about.
    pub(crate) about: Option<OrderId>,
    /// Of mails with the same text here there is one.
    pub(crate) once: Option<String>,
}

/// A mail to be sent now.
#[derive(Debug)]
pub(crate) struct DueMail {
    pub(crate) id: Uuid,
    pub(crate) recipient: String,
    pub(crate) subject: String,
    pub(crate) body_text: String,
    pub(crate) body_html: String,
    /// What its files are made from.
    pub(crate) enclosed: Option<Json<Enclosed>>,
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

/// Writes mails; says how many. Left out are those of an event, or that confirm an order, that has one already.
pub(crate) async fn insert(conn: &mut PgConnection, mails: &[&NewMail]) -> Result<u64, sqlx::Error> {
    if mails.is_empty() {
        return Ok(0);
    }
    let texts = |pick: fn(&NewMail) -> &str| mails.iter().map(|new| pick(new).to_owned()).collect::<Vec<_>>();
    let once: Vec<_> = mails.iter().map(|new| new.once.clone()).collect();
    let orders: Vec<_> = mails.iter().map(|new| new.confirms.map(|order| order.0)).collect();
    let about: Vec<_> = mails.iter().map(|new| new.about.map(|order| order.0)).collect();
    let inserted = sqlx::query!(
        "INSERT INTO notification.mails
             (id, user_id, template, language, recipient, subject, body_text, body_html, status, once,
              order_id, enclosed, about_order, tell_at, next_attempt_at, created_at)
         SELECT n.*, CASE WHEN n.status = 'kept' AND n.order_id IS NOT NULL THEN now() END, now(), now()
           FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
                       $8::text[], $9::text[], $10::text[], $11::uuid[], $12::jsonb[], $13::uuid[])
                AS n (id, user_id, template, language, recipient, subject, body_text, body_html, status, once,
                      order_id, enclosed, about_order)
         ON CONFLICT DO NOTHING",
        &mails.iter().map(|new| new.id).collect::<Vec<_>>(),
        &mails.iter().map(|new| new.user_id.0).collect::<Vec<_>>(),
        &texts(|new| template_name(new.template)),
        &texts(|new| new.language.tag()),
        &texts(|new| &new.recipient),
        &texts(|new| &new.mail.subject),
        &texts(|new| &new.mail.text),
        &texts(|new| &new.mail.html),
        &texts(|new| if new.keep { "kept" } else { "pending" }),
        &once as &[Option<String>],
        &orders as &[Option<Uuid>],
        &mails.iter().map(|new| new.enclosed.clone()).collect::<Vec<_>>() as &[Option<Value>],
        &about as &[Option<Uuid>],
    )
    .execute(conn)
    .await?;
    Ok(inserted.rows_affected())
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
                     coalesce(body_html, '') AS "body_html!",
                     enclosed AS "enclosed: Json<Enclosed>", attempts"#,
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
         SET status = 'sent', sent_at = now(), body_text = NULL, body_html = NULL, enclosed = NULL,
             last_error = NULL,
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
         SET status = 'failed', last_error = $2, body_text = NULL, body_html = NULL, enclosed = NULL,
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

/// Booking knows of these.
pub(crate) async fn mark_told(pool: &PgPool, ids: &[Uuid]) -> Result<(), sqlx::Error> {
    sqlx::query!("UPDATE notification.mails SET tell_at = NULL WHERE id = ANY($1)", ids).execute(pool).await?;
    Ok(())
}

/// The mails about an order, first to last.
pub(crate) async fn of_order(pool: &PgPool, order: OrderId, mails_max: i64) -> Result<Vec<OrderMail>, sqlx::Error> {
    sqlx::query_as!(
        OrderMail,
        "SELECT created_at AS at, template, status, recipient, sent_at FROM notification.mails
         WHERE about_order = $1 ORDER BY created_at, id LIMIT $2",
        order.0,
        mails_max,
    )
    .fetch_all(pool)
    .await
}

/// A mail that is kept and not sent.
#[derive(Debug)]
pub(crate) struct KeptMail {
    pub(crate) template: String,
    pub(crate) language: String,
    pub(crate) recipient: String,
    pub(crate) subject: String,
    pub(crate) body_text: String,
    pub(crate) body_html: String,
    /// What its files are made from.
    pub(crate) enclosed: Option<Json<Enclosed>>,
}

/// A kept mail in the list of them.
#[derive(Debug)]
pub(crate) struct KeptLine {
    pub(crate) id: Uuid,
    pub(crate) template: String,
    pub(crate) recipient: String,
    pub(crate) subject: String,
    pub(crate) created_at: DateTime<Utc>,
}

/// Mails that are kept, newest first, `mails_max` at most.
pub(crate) async fn list_kept(pool: &PgPool, mails_max: i64) -> Result<Vec<KeptLine>, sqlx::Error> {
    sqlx::query_as!(
        KeptLine,
        "SELECT id, template, recipient, subject, created_at FROM notification.mails
         WHERE status = 'kept' ORDER BY created_at DESC, id LIMIT $1",
        mails_max,
    )
    .fetch_all(pool)
    .await
}

/// One of them.
pub(crate) async fn kept(pool: &PgPool, id: Uuid) -> Result<Option<KeptMail>, sqlx::Error> {
    sqlx::query_as!(
        KeptMail,
        r#"SELECT template, language, recipient, subject, coalesce(body_text, '') AS "body_text!",
                  coalesce(body_html, '') AS "body_html!", enclosed AS "enclosed: Json<Enclosed>"
           FROM notification.mails WHERE id = $1 AND status = 'kept'"#,
        id,
    )
    .fetch_optional(pool)
    .await
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
        MailTemplate::PaymentProblem => "payment_problem",
        MailTemplate::PaymentRefunded => "payment_refunded",
        MailTemplate::TransferInstructions => "transfer_instructions",
        MailTemplate::QueueNear => "queue_near",
        MailTemplate::QueueTurn => "queue_turn",
    }
}
