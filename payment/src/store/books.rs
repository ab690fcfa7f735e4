//! What checks read of the ledger and the payments.

use chrono::{DateTime, Utc};
use onsale_core::OrderId;
use onsale_core::api::sales_desk::LedgerSums;
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

/// A payment whose row and entries differ. Amounts are in minor units.
#[derive(Debug)]
pub(crate) struct Differing {
    pub(crate) payment_id: Uuid,
    pub(crate) currency: String,
    /// Captured less refunded, by the row.
    pub(crate) expected_minor: i64,
    /// The same by the ledger.
    pub(crate) money_minor: i64,
    /// How many entries are wrong in themselves.
    pub(crate) broken: i64,
}

/// What the ledger says of an order's payments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderBooks {
    /// The order.
    pub order_id: OrderId,
    /// Captured less refunded, in minor units, over all its attempts.
    pub money_minor: i64,
    /// Whether an attempt or a refund is still open.
    pub is_moving: bool,
}

/// How many payments there are.
pub(crate) async fn count(conn: &mut PgConnection) -> Result<u64, sqlx::Error> {
    let count = sqlx::query_scalar!(r#"SELECT count(*) AS "count!" FROM payment.payments"#).fetch_one(conn).await?;
    Ok(count.unsigned_abs())
}

/// The next payments by id, at most `limit`.
pub(crate) async fn ids_after(conn: &mut PgConnection, after: Uuid, limit: i64) -> Result<Vec<Uuid>, sqlx::Error> {
    sqlx::query_scalar!(
        "SELECT payment_id FROM payment.payments WHERE payment_id > $1 ORDER BY payment_id LIMIT $2",
        after,
        limit
    )
    .fetch_all(conn)
    .await
}

/// Those of `(after, last]` that differ from their entries.
pub(crate) async fn differing(conn: &mut PgConnection, after: Uuid, last: Uuid) -> Result<Vec<Differing>, sqlx::Error> {
    sqlx::query_as!(
        Differing,
        r#"SELECT payment_id AS "payment_id!", currency AS "currency!", expected_minor AS "expected_minor!",
                  money_minor AS "money_minor!", broken AS "broken!"
             FROM payment.ledger_differences WHERE payment_id > $1 AND payment_id <= $2 ORDER BY payment_id"#,
        after,
        last
    )
    .fetch_all(conn)
    .await
}

/// The next payments that a provider took, by id, with its name for each. At most `limit`.
pub(crate) async fn taken_after(
    conn: &mut PgConnection,
    after: Uuid,
    limit: i64,
) -> Result<Vec<(Uuid, Option<String>)>, sqlx::Error> {
    let rows = sqlx::query!(
        "SELECT payment_id, provider_ref FROM payment.payments
          WHERE payment_id > $1 AND status = 'CAPTURED' AND method NOT IN ('INVOICE', 'CASH')
          ORDER BY payment_id LIMIT $2",
        after,
        limit
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.payment_id, row.provider_ref)).collect())
}

/// The next orders with payments, by id, at most `limit`.
pub(crate) async fn orders_after(conn: &mut PgConnection, after: Uuid, limit: i64) -> Result<Vec<Uuid>, sqlx::Error> {
    sqlx::query_scalar!(
        "SELECT DISTINCT order_id FROM payment.payments WHERE order_id > $1 ORDER BY order_id LIMIT $2",
        after,
        limit
    )
    .fetch_all(conn)
    .await
}

/// The ledger's sums of these orders.
pub(crate) async fn of_orders(conn: &mut PgConnection, ids: &[Uuid]) -> Result<Vec<OrderBooks>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"SELECT p.order_id,
                  bool_or(p.wanted IS NOT NULL OR p.refunding_minor > 0
                          OR p.status IN ('PENDING', 'REQUIRES_ACTION', 'AUTHORISED')) AS "is_moving!",
                  coalesce(sum(l.money_minor), 0)::bigint AS "money_minor!"
             FROM payment.payments AS p
            CROSS JOIN LATERAL (
                  SELECT sum(j.captured_minor + j.refunded_minor + j.receivable_minor + j.cash_minor) AS money_minor
                    FROM payment.journal AS j WHERE j.payment_id = p.payment_id) AS l
            WHERE p.order_id = ANY($1) GROUP BY p.order_id"#,
        ids
    )
    .fetch_all(conn)
    .await?;
    let books = rows.into_iter().map(|row| OrderBooks {
        order_id: OrderId(row.order_id),
        money_minor: row.money_minor,
        is_moving: row.is_moving,
    });
    Ok(books.collect())
}

/// What the ledger has of these orders together, account by account, in minor units.
pub(crate) async fn sums(conn: &mut PgConnection, ids: &[Uuid]) -> Result<LedgerSums, sqlx::Error> {
    sqlx::query_as!(
        LedgerSums,
        r#"SELECT coalesce(sum(j.face_minor), 0)::bigint AS "face!", coalesce(sum(j.fee_minor), 0)::bigint AS "fee!",
                  coalesce(sum(j.tax_minor), 0)::bigint AS "tax!",
                  coalesce(sum(j.discount_minor), 0)::bigint AS "discount!",
                  coalesce(sum(j.captured_minor), 0)::bigint AS "captured!",
                  coalesce(sum(j.refunded_minor), 0)::bigint AS "refunded!",
                  coalesce(sum(j.receivable_minor), 0)::bigint AS "receivable!",
                  coalesce(sum(j.cash_minor), 0)::bigint AS "cash!"
             FROM payment.payments AS p JOIN payment.journal AS j ON j.payment_id = p.payment_id
            WHERE p.order_id = ANY($1)"#,
        ids
    )
    .fetch_one(conn)
    .await
}

/// Something that happened to a payment.
#[derive(Debug)]
pub(crate) struct Happened {
    pub(crate) kind: String,
    pub(crate) data: Value,
    pub(crate) at: DateTime<Utc>,
}

/// What happened to an order's payments, first to last.
pub(crate) async fn history(conn: &mut PgConnection, order: OrderId, limit: i64) -> Result<Vec<Happened>, sqlx::Error> {
    sqlx::query_as!(
        Happened,
        r#"SELECT e.type AS kind, e.data, e.occurred_at AS at FROM payment.payments AS p
             JOIN payment.events AS e ON e.aggregate_id = p.payment_id::text
            WHERE p.order_id = $1 ORDER BY e.occurred_at, e.position LIMIT $2"#,
        order.0,
        limit
    )
    .fetch_all(conn)
    .await
}
