//! The tables as the folding of events looks at them.

use onsale_core::PaymentId;
use sqlx::PgConnection;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Of payments the refunds that came to an end: their amounts in minor units, and whether the money went back.
pub(crate) async fn ended_refunds(
    conn: &mut PgConnection,
    payments: &[Uuid],
) -> Result<BTreeMap<PaymentId, BTreeMap<Uuid, (i64, bool)>>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"SELECT payment_id, refund_id, amount_minor, status = 'SUCCEEDED' AS "given_back!"
             FROM payment.refunds WHERE payment_id = ANY($1) AND status IN ('SUCCEEDED', 'FAILED')"#,
        payments
    )
    .fetch_all(conn)
    .await?;
    let mut by_payment: BTreeMap<PaymentId, BTreeMap<Uuid, (i64, bool)>> = BTreeMap::new();
    for row in rows {
        let refunds = by_payment.entry(PaymentId(row.payment_id)).or_default();
        refunds.insert(row.refund_id, (row.amount_minor, row.given_back));
    }
    Ok(by_payment)
}

/// Payments that have events but no row: there should be none.
pub(crate) async fn without_row(conn: &mut PgConnection, limit: i64) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar!(
        "SELECT e.aggregate_id FROM payment.events e
          WHERE e.version = 1 AND e.aggregate_type = 'payment'
            AND NOT EXISTS (SELECT FROM payment.payments WHERE payment_id = e.aggregate_id::uuid)
          LIMIT $1",
        limit
    )
    .fetch_all(conn)
    .await
}
