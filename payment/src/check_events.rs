//! Folds the events of payments and compares what comes out with the rows.

use crate::domain::fold::{self, PaidState};
use crate::domain::payment::{Payment, Wanted};
use crate::store::{books, folded, payments};
use onsale_platform::ServiceRole;
use onsale_platform::outbox::fold::{Comparison, FoldReport, Folded};
use onsale_platform::outbox::{StoredEvent, stored};
use sqlx::{PgConnection, PgPool};
use std::collections::BTreeMap;
use uuid::Uuid;

/// The aggregate type of a payment.
pub const PAYMENT: &str = "payment";
/// How many payments are read at once.
const PAGE: i64 = 500;
/// Rows and events as of one moment; nothing is written.
const SNAPSHOT: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/// Folds all payments there are.
///
/// # Errors
/// When the database fails, or a row cannot be read.
pub async fn all(pool: &PgPool) -> Result<FoldReport, sqlx::Error> {
    let mut report = FoldReport::default();
    let mut after = Uuid::nil();
    loop {
        let mut tx = pool.begin_with(SNAPSHOT).await?;
        let ids = books::ids_after(&mut tx, after, PAGE).await?;
        let Some(last) = ids.last() else { break };
        after = *last;
        for comparison in compare(&mut tx, &ids).await? {
            report.add(comparison);
        }
    }
    let mut conn = pool.acquire().await?;
    for id in folded::without_row(&mut conn, PAGE).await? {
        report.add(Comparison::without_row(PAYMENT, id));
    }
    Ok(report)
}

/// Folds one payment; nothing when there is none of that id.
///
/// # Errors
/// As [`all`].
pub async fn one(pool: &PgPool, id: Uuid) -> Result<Option<Comparison>, sqlx::Error> {
    let mut tx = pool.begin_with(SNAPSHOT).await?;
    Ok(compare(&mut tx, &[id]).await?.pop())
}

async fn compare(conn: &mut PgConnection, ids: &[Uuid]) -> Result<Vec<Comparison>, sqlx::Error> {
    let rows = payments::find(conn, ids).await?;
    let mut refunds = folded::ended_refunds(conn, ids).await?;
    let aggregates: Vec<String> = ids.iter().map(Uuid::to_string).collect();
    let mut events: BTreeMap<String, Vec<StoredEvent>> = BTreeMap::new();
    for event in stored::of_aggregates(conn, ServiceRole::Payment, &aggregates).await? {
        events.entry(event.aggregate_id.clone()).or_default().push(event);
    }
    let mut comparisons = Vec::with_capacity(rows.len());
    for payment in rows {
        let id = payment.id.to_string();
        let folded = fold::payment(events.get(&id).map(Vec::as_slice).unwrap_or_default()).transpose();
        let row = state(&payment, refunds.remove(&payment.id).unwrap_or_default());
        comparisons.push(Comparison::of(PAYMENT, id, folded.as_ref().map(Result::as_ref), &row));
    }
    Ok(comparisons)
}

fn state(row: &Payment, refunds: BTreeMap<Uuid, (i64, bool)>) -> PaidState {
    PaidState {
        order_id: row.order_id,
        method: row.method,
        amount: row.amount,
        status: row.status,
        wanted: row.wanted.map(Wanted::as_str),
        provider_ref: row.provider_ref.clone(),
        decline_code: row.decline_code.clone(),
        refunding_minor: row.refunding_minor,
        refunded_minor: row.refunded_minor,
        settled: row.settled,
        refunds,
        counts: Folded { version: row.version, sequence: row.sequence },
    }
}
