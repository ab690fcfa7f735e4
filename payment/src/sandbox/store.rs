//! The tables of schema `sandbox`.

use super::book::{Answer, Book, CaptureMethod, Intent, KeptAnswer, Refund, Status};
use super::session_store;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;
use sqlx::PgConnection;
use std::collections::BTreeMap;

struct IntentRow {
    id: String,
    currency: String,
    amount: i64,
    amount_received: i64,
    amount_refunded: i64,
    capture_method: String,
    status: String,
    payment_method: Option<String>,
    return_url: Option<String>,
    description: Option<String>,
    metadata: Value,
    last_error: Option<String>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl TryFrom<IntentRow> for Intent {
    type Error = sqlx::Error;

    fn try_from(row: IntentRow) -> Result<Self, sqlx::Error> {
        let unknown = |text: &str| sqlx::Error::Decode(format!("sandbox.intents holds {text:?}").into());
        Ok(Self {
            capture_method: CaptureMethod::from_name(&row.capture_method)
                .ok_or_else(|| unknown(&row.capture_method))?,
            status: Status::from_name(&row.status).ok_or_else(|| unknown(&row.status))?,
            metadata: metadata(row.metadata)?,
            id: row.id,
            currency: row.currency,
            amount: row.amount,
            amount_received: row.amount_received,
            amount_refunded: row.amount_refunded,
            payment_method: row.payment_method,
            return_url: row.return_url,
            description: row.description,
            last_error: row.last_error,
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }
}

pub(super) fn metadata(value: Value) -> Result<BTreeMap<String, String>, sqlx::Error> {
    serde_json::from_value(value).map_err(|error| sqlx::Error::Decode(Box::new(error)))
}

/// One attempt, if it is there.
pub(super) async fn find_intent(conn: &mut PgConnection, id: &str) -> Result<Option<Intent>, sqlx::Error> {
    let row = sqlx::query_as!(
        IntentRow,
        "SELECT id, currency, amount, amount_received, amount_refunded, capture_method, status, payment_method,
                return_url, description, metadata, last_error, created_at, updated_at
           FROM sandbox.intents WHERE id = $1",
        id
    )
    .fetch_optional(conn)
    .await?;
    row.map(Intent::try_from).transpose()
}

/// Reads and locks these, in the order of their ids.
pub(super) async fn lock_intents(conn: &mut PgConnection, ids: &[String]) -> Result<Vec<Intent>, sqlx::Error> {
    let rows = sqlx::query_as!(
        IntentRow,
        "SELECT id, currency, amount, amount_received, amount_refunded, capture_method, status, payment_method,
                return_url, description, metadata, last_error, created_at, updated_at
           FROM sandbox.intents WHERE id = ANY($1) ORDER BY id FOR UPDATE",
        ids
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Intent::try_from).collect()
}

/// The newest attempts, or those before one of them.
pub(super) async fn intents_after(
    conn: &mut PgConnection,
    after: Option<&str>,
    limit: i64,
) -> Result<Vec<Intent>, sqlx::Error> {
    let rows = sqlx::query_as!(
        IntentRow,
        "SELECT id, currency, amount, amount_received, amount_refunded, capture_method, status, payment_method,
                return_url, description, metadata, last_error, created_at, updated_at
           FROM sandbox.intents WHERE $1::text IS NULL OR id < $1 ORDER BY id DESC LIMIT $2",
        after,
        limit
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Intent::try_from).collect()
}

/// The answers that were given under these keys.
pub(super) async fn kept_answers(
    conn: &mut PgConnection,
    keys: &[String],
) -> Result<Vec<(String, KeptAnswer)>, sqlx::Error> {
    let rows =
        sqlx::query!("SELECT key, fingerprint, status, body FROM sandbox.idempotency_keys WHERE key = ANY($1)", keys)
            .fetch_all(conn)
            .await?;
    rows.into_iter()
        .map(|row| {
            let fingerprint = row.fingerprint.as_slice().try_into().map_err(decode)?;
            let status = u16::try_from(row.status).map_err(decode)?;
            let answer = Answer { status, body: row.body, replayed: false };
            Ok((row.key, KeptAnswer { fingerprint, answer }))
        })
        .collect()
}

fn decode(error: impl std::error::Error + Send + Sync + 'static) -> sqlx::Error {
    sqlx::Error::Decode(Box::new(error))
}

/// Writes what a batch made and changed.
pub(super) async fn write(conn: &mut PgConnection, book: &Book) -> Result<(), sqlx::Error> {
    let changed: Vec<_> = book.changed.iter().filter_map(|id| book.intents.get(id)).collect();
    if !changed.is_empty() {
        write_intents(conn, &changed).await?;
    }
    let sessions: Vec<_> = book.changed_sessions.iter().filter_map(|id| book.sessions.get(id)).collect();
    if !sessions.is_empty() {
        session_store::write(conn, &sessions).await?;
    }
    if !book.new_refunds.is_empty() {
        write_refunds(conn, &book.new_refunds).await?;
    }
    if !book.new_keys.is_empty() {
        write_keys(conn, book).await?;
    }
    Ok(())
}

async fn write_intents(conn: &mut PgConnection, intents: &[&Intent]) -> Result<(), sqlx::Error> {
    let texts = |pick: fn(&Intent) -> &str| intents.iter().map(|i| pick(i).to_owned()).collect::<Vec<_>>();
    let optional =
        |pick: fn(&Intent) -> &Option<String>| intents.iter().map(|i| pick(i).clone()).collect::<Vec<Option<String>>>();
    sqlx::query!(
        "INSERT INTO sandbox.intents
             (id, currency, amount, amount_received, amount_refunded, capture_method, status, payment_method,
              return_url, description, metadata, last_error, created_at, updated_at)
         SELECT n.*
           FROM unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::bigint[], $6::text[], $7::text[],
                       $8::text[], $9::text[], $10::text[], $11::jsonb[], $12::text[], $13::timestamptz[],
                       $14::timestamptz[]) AS n
         ON CONFLICT (id) DO UPDATE
            SET status = excluded.status, amount_received = excluded.amount_received,
                amount_refunded = excluded.amount_refunded, last_error = excluded.last_error,
                updated_at = excluded.updated_at",
        &texts(|i| &i.id),
        &texts(|i| &i.currency),
        &intents.iter().map(|i| i.amount).collect::<Vec<_>>(),
        &intents.iter().map(|i| i.amount_received).collect::<Vec<_>>(),
        &intents.iter().map(|i| i.amount_refunded).collect::<Vec<_>>(),
        &texts(|i| i.capture_method.as_str()),
        &texts(|i| i.status.as_str()),
        &optional(|i| &i.payment_method) as &[Option<String>],
        &optional(|i| &i.return_url) as &[Option<String>],
        &optional(|i| &i.description) as &[Option<String>],
        &intents.iter().map(|i| serde_json::json!(i.metadata)).collect::<Vec<_>>(),
        &optional(|i| &i.last_error) as &[Option<String>],
        &intents.iter().map(|i| i.created_at).collect::<Vec<_>>(),
        &intents.iter().map(|i| i.updated_at).collect::<Vec<_>>(),
    )
    .execute(conn)
    .await?;
    Ok(())
}

async fn write_refunds(conn: &mut PgConnection, refunds: &[Refund]) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO sandbox.refunds (id, intent_id, amount, metadata, created_at)
         SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::jsonb[], $5::timestamptz[])",
        &refunds.iter().map(|r| r.id.clone()).collect::<Vec<_>>(),
        &refunds.iter().map(|r| r.intent_id.clone()).collect::<Vec<_>>(),
        &refunds.iter().map(|r| r.amount).collect::<Vec<_>>(),
        &refunds.iter().map(|r| serde_json::json!(r.metadata)).collect::<Vec<_>>(),
        &refunds.iter().map(|r| r.created_at).collect::<Vec<_>>(),
    )
    .execute(conn)
    .await?;
    Ok(())
}

async fn write_keys(conn: &mut PgConnection, book: &Book) -> Result<(), sqlx::Error> {
    let kept: Vec<_> = book.new_keys.iter().filter_map(|key| Some((key, book.keys.get(key)?))).collect();
    sqlx::query!(
        "INSERT INTO sandbox.idempotency_keys (key, fingerprint, status, body, created_at)
         SELECT key, fingerprint, status, body, $5
           FROM unnest($1::text[], $2::bytea[], $3::smallint[], $4::text[]) AS n(key, fingerprint, status, body)",
        &kept.iter().map(|(key, _)| (*key).clone()).collect::<Vec<_>>(),
        &kept.iter().map(|(_, kept)| kept.fingerprint.to_vec()).collect::<Vec<_>>(),
        &kept.iter().map(|(_, kept)| i16::try_from(kept.answer.status).unwrap_or(500)).collect::<Vec<_>>(),
        &kept.iter().map(|(_, kept)| kept.answer.body.clone()).collect::<Vec<_>>(),
        book.now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// One refund and its currency, if it is there.
pub(super) async fn find_refund(conn: &mut PgConnection, id: &str) -> Result<Option<(Refund, String)>, sqlx::Error> {
    let row = sqlx::query!(
        "SELECT r.id, r.intent_id, r.amount, r.metadata, r.created_at, i.currency
           FROM sandbox.refunds AS r JOIN sandbox.intents AS i ON i.id = r.intent_id WHERE r.id = $1",
        id
    )
    .fetch_optional(conn)
    .await?;
    row.map(|row| {
        let refund = Refund {
            id: row.id,
            intent_id: row.intent_id,
            amount: row.amount,
            metadata: metadata(row.metadata)?,
            created_at: row.created_at,
        };
        Ok((refund, row.currency))
    })
    .transpose()
}

/// The ledger's sums in one currency, in minor units.
#[derive(Debug, serde::Serialize)]
pub(super) struct Sums {
    /// In small letters.
    pub(super) currency: String,
    pub(super) intents: i64,
    /// Reserved now.
    pub(super) authorised: i64,
    pub(super) captured: i64,
    pub(super) refunded: i64,
}

/// The sums by currency.
pub(super) async fn sums(conn: &mut PgConnection) -> Result<Vec<Sums>, sqlx::Error> {
    sqlx::query_as!(
        Sums,
        r#"SELECT currency, count(*) AS "intents!",
                  coalesce(sum(amount) FILTER (WHERE status = 'requires_capture'), 0)::bigint AS "authorised!",
                  sum(amount_received)::bigint AS "captured!", sum(amount_refunded)::bigint AS "refunded!"
             FROM sandbox.intents GROUP BY currency ORDER BY currency"#
    )
    .fetch_all(conn)
    .await
}

/// Forgets keys of before `now - age`; says how many there were. At most `limit`.
pub(super) async fn forget_keys(conn: &mut PgConnection, age: TimeDelta, limit: i64) -> Result<u64, sqlx::Error> {
    let age_s = i32::try_from(age.num_seconds()).unwrap_or(i32::MAX);
    let done = sqlx::query!(
        "DELETE FROM sandbox.idempotency_keys
          WHERE key IN (SELECT key FROM sandbox.idempotency_keys
                         WHERE created_at < now() - make_interval(secs => $1::int) LIMIT $2)",
        age_s,
        limit
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}
