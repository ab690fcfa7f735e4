//! Table `payment.journal`: the ledger, an entry a row. Only added to.

use crate::domain::ledger::{Account, Entry};
use chrono::{DateTime, Utc};
use onsale_core::{Currency, PaymentId};
use sqlx::PgConnection;
use uuid::Uuid;

/// An entry about to be written.
#[derive(Debug)]
pub(crate) struct NewEntry {
    /// The id of the event that tells the same fact.
    pub(crate) id: Uuid,
    pub(crate) payment_id: PaymentId,
    pub(crate) currency: Currency,
    pub(crate) entry: Entry,
}

/// Writes entries. PostgreSQL refuses those that do not sum to zero.
pub(crate) async fn append(
    conn: &mut PgConnection,
    at: DateTime<Utc>,
    entries: &[NewEntry],
) -> Result<(), sqlx::Error> {
    let refunds: Vec<_> = entries.iter().map(|e| e.entry.fact.refund_id()).collect();
    let on = |account| entries.iter().map(|e| e.entry.posted_to(account)).collect::<Vec<_>>();
    let done = sqlx::query!(
        "INSERT INTO payment.journal
             (occurred_at, entry_id, payment_id, refund_id, fact, currency, face_minor, fee_minor, tax_minor,
              discount_minor, captured_minor, refunded_minor, receivable_minor, cash_minor)
         SELECT $1, n.*
           FROM unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::bigint[], $8::bigint[],
                       $9::bigint[], $10::bigint[], $11::bigint[], $12::bigint[], $13::bigint[], $14::bigint[]) AS n",
        at,
        &entries.iter().map(|e| e.id).collect::<Vec<_>>(),
        &entries.iter().map(|e| e.payment_id.0).collect::<Vec<_>>(),
        &refunds as &[Option<Uuid>],
        &entries.iter().map(|e| e.entry.fact.as_str().to_owned()).collect::<Vec<_>>(),
        &entries.iter().map(|e| e.currency.code().to_owned()).collect::<Vec<_>>(),
        &on(Account::Face),
        &on(Account::Fee),
        &on(Account::Tax),
        &on(Account::Discount),
        &on(Account::Captured),
        &on(Account::Refunded),
        &on(Account::Receivable),
        &on(Account::Cash),
    )
    .execute(conn)
    .await?;
    super::expect_rows(done.rows_affected(), entries.len())
}
