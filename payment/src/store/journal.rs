//! Tables `payment.journal` and `payment.postings`: the ledger. Only added to.

use crate::domain::ledger::Entry;
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

/// Writes entries with their postings. PostgreSQL refuses those that do not sum to zero.
pub(crate) async fn append(
    conn: &mut PgConnection,
    at: DateTime<Utc>,
    entries: &[NewEntry],
) -> Result<(), sqlx::Error> {
    let refunds: Vec<_> = entries.iter().map(|e| e.entry.fact.refund_id()).collect();
    let postings: Vec<_> =
        entries.iter().flat_map(|e| e.entry.postings.iter().map(|(account, minor)| (e.id, *account, *minor))).collect();
    let done = sqlx::query!(
        "WITH entries AS (
             INSERT INTO payment.journal (entry_id, payment_id, refund_id, fact, currency, occurred_at)
             SELECT n.*, $6
               FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[]) AS n)
         INSERT INTO payment.postings (entry_id, account, amount_minor)
         SELECT * FROM unnest($7::uuid[], $8::text[], $9::bigint[])",
        &entries.iter().map(|e| e.id).collect::<Vec<_>>(),
        &entries.iter().map(|e| e.payment_id.0).collect::<Vec<_>>(),
        &refunds as &[Option<Uuid>],
        &entries.iter().map(|e| e.entry.fact.as_str().to_owned()).collect::<Vec<_>>(),
        &entries.iter().map(|e| e.currency.code().to_owned()).collect::<Vec<_>>(),
        at,
        &postings.iter().map(|(id, ..)| *id).collect::<Vec<_>>(),
        &postings.iter().map(|(_, account, _)| account.as_str().to_owned()).collect::<Vec<_>>(),
        &postings.iter().map(|(.., minor)| *minor).collect::<Vec<_>>(),
    )
    .execute(conn)
    .await?;
    super::expect_rows(done.rows_affected(), postings.len())
}
