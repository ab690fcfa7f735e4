//! The ledger as checks read it, straight from its tables: the sandbox's port is its own process's secret.

use crate::provider::{ProviderBooks, stripe};
use onsale_core::PaymentId;
use sqlx::PgConnection;

struct Row {
    id: String,
    currency: String,
    amount_received: i64,
    amount_refunded: i64,
    payment_id: Option<String>,
}

/// The next attempts, newest first, at most `limit`; none when there are no more.
pub(crate) async fn books_after(
    conn: &mut PgConnection,
    after: Option<&str>,
    limit: i64,
) -> Result<Vec<ProviderBooks>, sqlx::Error> {
    let rows = sqlx::query_as!(
        Row,
        "SELECT id, currency, amount_received, amount_refunded, metadata ->> 'payment_id' AS payment_id
           FROM sandbox.intents WHERE $1::text IS NULL OR id < $1 ORDER BY id DESC LIMIT $2",
        after,
        limit
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(read).collect()
}

/// One attempt, if it is there.
pub(crate) async fn books_of(conn: &mut PgConnection, id: &str) -> Result<Option<ProviderBooks>, sqlx::Error> {
    let row = sqlx::query_as!(
        Row,
        "SELECT id, currency, amount_received, amount_refunded, metadata ->> 'payment_id' AS payment_id
           FROM sandbox.intents WHERE id = $1",
        id
    )
    .fetch_optional(conn)
    .await?;
    row.map(read).transpose()
}

fn read(row: Row) -> Result<ProviderBooks, sqlx::Error> {
    let currency = &row.currency;
    let read = |amount| {
        let unknown = || sqlx::Error::Decode(format!("sandbox.intents holds the currency {currency:?}").into());
        stripe::money(amount, currency).ok_or_else(unknown)
    };
    Ok(ProviderBooks {
        captured: read(row.amount_received)?,
        refunded_minor: read(row.amount_refunded)?.minor,
        payment_id: row.payment_id.and_then(|id| id.parse::<PaymentId>().ok()),
        reference: row.id,
    })
}
