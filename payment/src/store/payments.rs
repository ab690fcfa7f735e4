//! Table `payment.payments`.

use crate::domain::ledger::Split;
use crate::domain::payment::{Payment, Wanted};
use chrono::{DateTime, Utc};
use onsale_core::api::booking::{PaymentMethod, TransferInstructions};
use onsale_core::api::internal::PaymentStatus;
use onsale_core::{Money, OrderId, PaymentId, UserId};
use sqlx::PgConnection;
use sqlx::types::Json;
use std::collections::HashSet;
use uuid::Uuid;

struct Row {
    payment_id: Uuid,
    order_id: Uuid,
    user_id: Uuid,
    method: String,
    currency: String,
    amount_minor: i64,
    fee_minor: i64,
    tax_minor: i64,
    discount_minor: i64,
    token: Option<String>,
    return_url: Option<String>,
    description: String,
    status: String,
    wanted: Option<String>,
    provider_ref: Option<String>,
    redirect_url: Option<String>,
    transfer: Option<Json<TransferInstructions>>,
    decline_code: Option<String>,
    refunding_minor: i64,
    refunded_minor: i64,
    settled: bool,
    version: i32,
    sequence: i64,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    check_at: Option<DateTime<Utc>>,
}

impl TryFrom<Row> for Payment {
    type Error = sqlx::Error;

    fn try_from(row: Row) -> Result<Self, sqlx::Error> {
        let currency = row.currency.parse().map_err(|error| sqlx::Error::Decode(Box::new(error)))?;
        Ok(Self {
            id: PaymentId(row.payment_id),
            order_id: OrderId(row.order_id),
            user_id: UserId(row.user_id),
            method: method_from(&row.method).ok_or_else(|| unknown("method", &row.method))?,
            amount: Money::new(row.amount_minor, currency),
            split: Split { fee: row.fee_minor, tax: row.tax_minor, discount: row.discount_minor },
            token: row.token,
            return_url: row.return_url,
            description: row.description,
            status: PaymentStatus::from_name(&row.status).ok_or_else(|| unknown("status", &row.status))?,
            wanted: match row.wanted {
                None => None,
                Some(text) => Some(Wanted::from_name(&text).ok_or_else(|| unknown("wanted", &text))?),
            },
            provider_ref: row.provider_ref,
            redirect_url: row.redirect_url,
            transfer: row.transfer.map(|Json(transfer)| transfer),
            decline_code: row.decline_code,
            refunding_minor: row.refunding_minor,
            refunded_minor: row.refunded_minor,
            settled: row.settled,
            version: row.version,
            sequence: row.sequence,
            created_at: row.created_at,
            updated_at: row.updated_at,
            check_at: row.check_at,
        })
    }
}

/// Inserts those that are not there yet, and says which these were.
pub(crate) async fn insert(conn: &mut PgConnection, payments: &[Payment]) -> Result<HashSet<PaymentId>, sqlx::Error> {
    let texts = |pick: fn(&Payment) -> &str| payments.iter().map(|p| pick(p).to_owned()).collect::<Vec<_>>();
    let tokens: Vec<_> = payments.iter().map(|p| p.token.clone()).collect();
    let return_urls: Vec<_> = payments.iter().map(|p| p.return_url.clone()).collect();
    let checks: Vec<_> = payments.iter().map(|p| p.check_at).collect();
    let created = sqlx::query_scalar!(
        r#"INSERT INTO payment.payments
               (payment_id, order_id, user_id, method, currency, amount_minor, token, return_url,
                description, status, version, sequence, created_at, updated_at, check_at, fee_minor, tax_minor,
                discount_minor)
           SELECT n.*
             FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::bigint[],
                         $7::text[], $8::text[], $9::text[], $10::text[], $11::int[], $12::bigint[],
                         $13::timestamptz[], $14::timestamptz[], $15::timestamptz[], $16::bigint[], $17::bigint[],
                         $18::bigint[]) AS n
           ON CONFLICT (payment_id) DO NOTHING
           RETURNING payment_id"#,
        &payments.iter().map(|p| p.id.0).collect::<Vec<_>>(),
        &payments.iter().map(|p| p.order_id.0).collect::<Vec<_>>(),
        &payments.iter().map(|p| p.user_id.0).collect::<Vec<_>>(),
        &texts(|p| method_name(p.method)),
        &texts(|p| p.amount.currency.code()),
        &payments.iter().map(|p| p.amount.minor).collect::<Vec<_>>(),
        &tokens as &[Option<String>],
        &return_urls as &[Option<String>],
        &texts(|p| &p.description),
        &texts(|p| p.status.as_str()),
        &payments.iter().map(|p| p.version).collect::<Vec<_>>(),
        &payments.iter().map(|p| p.sequence).collect::<Vec<_>>(),
        &payments.iter().map(|p| p.created_at).collect::<Vec<_>>(),
        &payments.iter().map(|p| p.updated_at).collect::<Vec<_>>(),
        &checks as &[Option<DateTime<Utc>>],
        &payments.iter().map(|p| p.split.fee).collect::<Vec<_>>(),
        &payments.iter().map(|p| p.split.tax).collect::<Vec<_>>(),
        &payments.iter().map(|p| p.split.discount).collect::<Vec<_>>(),
    )
    .fetch_all(conn)
    .await?;
    Ok(created.into_iter().map(PaymentId).collect())
}

/// Reads and locks these, in the order of their ids.
pub(crate) async fn lock(conn: &mut PgConnection, ids: &[Uuid]) -> Result<Vec<Payment>, sqlx::Error> {
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT payment_id, order_id, user_id, method, currency, amount_minor, fee_minor, tax_minor, discount_minor,
                token, return_url, description,
                status, wanted, provider_ref, redirect_url, transfer AS "transfer: Json<TransferInstructions>", decline_code,
                refunding_minor, refunded_minor, settled, version, sequence, created_at, updated_at, check_at
           FROM payment.payments WHERE payment_id = ANY($1) ORDER BY payment_id FOR UPDATE"#,
        ids
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Payment::try_from).collect()
}

/// Reads these; those that are not there are left out.
pub(crate) async fn find(conn: &mut PgConnection, ids: &[Uuid]) -> Result<Vec<Payment>, sqlx::Error> {
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT payment_id, order_id, user_id, method, currency, amount_minor, fee_minor, tax_minor, discount_minor,
                token, return_url, description,
                status, wanted, provider_ref, redirect_url, transfer AS "transfer: Json<TransferInstructions>", decline_code,
                refunding_minor, refunded_minor, settled, version, sequence, created_at, updated_at, check_at
           FROM payment.payments WHERE payment_id = ANY($1)"#,
        ids
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Payment::try_from).collect()
}

/// Writes what may change of payments that [`lock`] gave.
pub(crate) async fn update(conn: &mut PgConnection, payments: &[&Payment]) -> Result<(), sqlx::Error> {
    let texts =
        |pick: fn(&Payment) -> Option<String>| payments.iter().map(|p| pick(p)).collect::<Vec<Option<String>>>();
    let checks: Vec<_> = payments.iter().map(|p| p.check_at).collect();
    let transfers: Vec<_> = payments.iter().map(|p| p.transfer.clone().map(Json)).collect();
    let done = sqlx::query!(
        "UPDATE payment.payments AS p
            SET status = n.status, wanted = n.wanted, provider_ref = n.provider_ref,
                redirect_url = n.redirect_url, transfer = n.transfer, decline_code = n.decline_code,
                refunding_minor = n.refunding_minor, refunded_minor = n.refunded_minor, settled = n.settled,
                version = n.version, sequence = n.sequence, updated_at = n.updated_at, check_at = n.check_at
           FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[],
                       $8::bigint[], $9::int[], $10::bigint[], $11::timestamptz[], $12::timestamptz[], $13::bool[],
                       $14::jsonb[])
                AS n(payment_id, status, wanted, provider_ref, redirect_url, decline_code, refunding_minor,
                     refunded_minor, version, sequence, updated_at, check_at, settled, transfer)
          WHERE p.payment_id = n.payment_id",
        &payments.iter().map(|p| p.id.0).collect::<Vec<_>>(),
        &payments.iter().map(|p| p.status.as_str().to_owned()).collect::<Vec<_>>(),
        &texts(|p| p.wanted.map(|wanted| wanted.as_str().to_owned())) as &[Option<String>],
        &texts(|p| p.provider_ref.clone()) as &[Option<String>],
        &texts(|p| p.redirect_url.clone()) as &[Option<String>],
        &texts(|p| p.decline_code.clone()) as &[Option<String>],
        &payments.iter().map(|p| p.refunding_minor).collect::<Vec<_>>(),
        &payments.iter().map(|p| p.refunded_minor).collect::<Vec<_>>(),
        &payments.iter().map(|p| p.version).collect::<Vec<_>>(),
        &payments.iter().map(|p| p.sequence).collect::<Vec<_>>(),
        &payments.iter().map(|p| p.updated_at).collect::<Vec<_>>(),
        &checks as &[Option<DateTime<Utc>>],
        &payments.iter().map(|p| p.settled).collect::<Vec<_>>(),
        &transfers as &[Option<Json<TransferInstructions>>],
    )
    .execute(conn)
    .await?;
    super::expect_rows(done.rows_affected(), payments.len())
}

/// Takes payments whose time to be asked about has come, and sets the next time, so that no other
/// process asks too. At most `limit`.
pub(crate) async fn take_due(conn: &mut PgConnection, limit: i64) -> Result<Vec<Payment>, sqlx::Error> {
    let rows = sqlx::query_as!(
        Row,
        r#"WITH due AS (
             SELECT payment_id FROM payment.payments
              WHERE check_at <= now() ORDER BY check_at LIMIT $1 FOR UPDATE SKIP LOCKED)
         UPDATE payment.payments AS p
            SET check_at = now() + least(greatest(now() - p.created_at, interval '2 s'),
                                   CASE p.method WHEN 'BANK_TRANSFER' THEN interval '5 min' ELSE interval '30 s' END)
           FROM due WHERE p.payment_id = due.payment_id
         RETURNING p.payment_id, order_id, user_id, method, currency, amount_minor, fee_minor, tax_minor, discount_minor,
                token, return_url, description,
                   status, wanted, provider_ref, redirect_url, transfer AS "transfer: Json<TransferInstructions>",
                   decline_code, refunding_minor, refunded_minor, settled, version, sequence, created_at, updated_at, check_at"#,
        limit
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Payment::try_from).collect()
}

/// The method's name on the wire and in the database.
pub(crate) fn method_name(method: PaymentMethod) -> &'static str {
    match method {
        PaymentMethod::CreditCard => "CREDIT_CARD",
        PaymentMethod::Wallet => "WALLET",
        PaymentMethod::BankTransfer => "BANK_TRANSFER",
        PaymentMethod::Invoice => "INVOICE",
        PaymentMethod::Cash => "CASH",
    }
}

fn method_from(text: &str) -> Option<PaymentMethod> {
    [
        PaymentMethod::CreditCard,
        PaymentMethod::Wallet,
        PaymentMethod::BankTransfer,
        PaymentMethod::Invoice,
        PaymentMethod::Cash,
    ]
    .into_iter()
    .find(|method| method_name(*method) == text)
}

fn unknown(column: &str, text: &str) -> sqlx::Error {
    sqlx::Error::Decode(format!("payment.payments.{column} holds {text:?}").into())
}
