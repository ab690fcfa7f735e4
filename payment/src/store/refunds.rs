//! Table `payment.refunds`.

use chrono::{DateTime, Utc};
use onsale_core::PaymentId;
use sqlx::PgConnection;
use uuid::Uuid;

/// Money on its way back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refund {
    pub(crate) id: Uuid,
    pub(crate) payment_id: PaymentId,
    pub(crate) amount_minor: i64,
    pub(crate) status: RefundStatus,
    pub(crate) provider_ref: Option<String>,
    pub(crate) failure_code: Option<String>,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) updated_at: DateTime<Utc>,
    pub(crate) check_at: Option<DateTime<Utc>>,
}

/// Where a refund is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RefundStatus {
    Pending,
    Succeeded,
    Failed,
}

impl RefundStatus {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::Succeeded => "SUCCEEDED",
            Self::Failed => "FAILED",
        }
    }

    fn from_name(text: &str) -> Option<Self> {
        [Self::Pending, Self::Succeeded, Self::Failed].into_iter().find(|status| status.as_str() == text)
    }
}

struct Row {
    refund_id: Uuid,
    payment_id: Uuid,
    amount_minor: i64,
    status: String,
    provider_ref: Option<String>,
    failure_code: Option<String>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    check_at: Option<DateTime<Utc>>,
}

impl TryFrom<Row> for Refund {
    type Error = sqlx::Error;

    fn try_from(row: Row) -> Result<Self, sqlx::Error> {
        Ok(Self {
            id: row.refund_id,
            payment_id: PaymentId(row.payment_id),
            amount_minor: row.amount_minor,
            status: RefundStatus::from_name(&row.status)
                .ok_or_else(|| sqlx::Error::Decode(format!("payment.refunds.status holds {:?}", row.status).into()))?,
            provider_ref: row.provider_ref,
            failure_code: row.failure_code,
            created_at: row.created_at,
            updated_at: row.updated_at,
            check_at: row.check_at,
        })
    }
}

/// Reads these. Their payments' locks stand for them.
pub(crate) async fn find(conn: &mut PgConnection, ids: &[Uuid]) -> Result<Vec<Refund>, sqlx::Error> {
    let rows = sqlx::query_as!(
        Row,
        "SELECT refund_id, payment_id, amount_minor, status, provider_ref, failure_code, created_at, updated_at,
                check_at
           FROM payment.refunds WHERE refund_id = ANY($1)",
        ids
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Refund::try_from).collect()
}

/// Inserts new ones and writes what may change of those that are there.
pub(crate) async fn upsert(conn: &mut PgConnection, refunds: &[&Refund]) -> Result<(), sqlx::Error> {
    let references: Vec<_> = refunds.iter().map(|r| r.provider_ref.clone()).collect();
    let failures: Vec<_> = refunds.iter().map(|r| r.failure_code.clone()).collect();
    let checks: Vec<_> = refunds.iter().map(|r| r.check_at).collect();
    let done = sqlx::query!(
        "INSERT INTO payment.refunds AS r
             (refund_id, payment_id, amount_minor, status, provider_ref, failure_code, created_at, updated_at,
              check_at)
         SELECT n.*
           FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::text[], $5::text[], $6::text[],
                       $7::timestamptz[], $8::timestamptz[], $9::timestamptz[]) AS n
         ON CONFLICT (refund_id) DO UPDATE
            SET status = excluded.status, provider_ref = excluded.provider_ref,
                failure_code = excluded.failure_code, updated_at = excluded.updated_at,
                check_at = excluded.check_at
          WHERE r.payment_id = excluded.payment_id AND r.amount_minor = excluded.amount_minor",
        &refunds.iter().map(|r| r.id).collect::<Vec<_>>(),
        &refunds.iter().map(|r| r.payment_id.0).collect::<Vec<_>>(),
        &refunds.iter().map(|r| r.amount_minor).collect::<Vec<_>>(),
        &refunds.iter().map(|r| r.status.as_str().to_owned()).collect::<Vec<_>>(),
        &references as &[Option<String>],
        &failures as &[Option<String>],
        &refunds.iter().map(|r| r.created_at).collect::<Vec<_>>(),
        &refunds.iter().map(|r| r.updated_at).collect::<Vec<_>>(),
        &checks as &[Option<DateTime<Utc>>],
    )
    .execute(conn)
    .await?;
    super::expect_rows(done.rows_affected(), refunds.len())
}

/// Takes refunds whose time to be asked about has come, and sets the next time, so that no other
/// process asks too. At most `limit`.
pub(crate) async fn take_due(conn: &mut PgConnection, limit: i64) -> Result<Vec<Refund>, sqlx::Error> {
    let rows = sqlx::query_as!(
        Row,
        "WITH due AS (
             SELECT refund_id FROM payment.refunds
              WHERE check_at <= now() ORDER BY check_at LIMIT $1 FOR UPDATE SKIP LOCKED)
         UPDATE payment.refunds AS r
            SET check_at = now() + least(greatest(now() - r.created_at, interval '2 s'), interval '30 s')
           FROM due WHERE r.refund_id = due.refund_id
         RETURNING r.refund_id, payment_id, amount_minor, status, provider_ref, failure_code, created_at, updated_at,
                   check_at",
        limit
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Refund::try_from).collect()
}
