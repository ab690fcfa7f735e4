//! `booking.stock`.

use super::expect_rows;
use crate::domain::inventory::Stock;
use crate::domain::rows::{EventNo, StockKey, StockNo, StockRow};
use sqlx::PgConnection;
use std::collections::{BTreeMap, BTreeSet};

/// Locks the stocks in the order of their keys and reads them.
pub(crate) async fn lock(
    conn: &mut PgConnection,
    keys: &BTreeSet<StockKey>,
) -> Result<BTreeMap<StockKey, StockRow>, sqlx::Error> {
    if keys.is_empty() {
        return Ok(BTreeMap::new());
    }
    let rows = sqlx::query!(
        "SELECT s.event_no, s.stock_no, s.is_place, s.capacity, s.held, s.sold
         FROM unnest($1::int[], $2::int[]) AS wanted (event_no, stock_no)
         JOIN booking.stock s ON s.event_no = wanted.event_no AND s.stock_no = wanted.stock_no
         ORDER BY s.event_no, s.stock_no
         FOR UPDATE OF s",
        &keys.iter().map(|(event, _)| *event).collect::<Vec<EventNo>>(),
        &keys.iter().map(|(_, stock)| *stock).collect::<Vec<StockNo>>(),
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let stock = StockRow { capacity: row.capacity, held: row.held, sold: row.sold, is_place: row.is_place };
            ((row.event_no, row.stock_no), stock)
        })
        .collect())
}

/// Writes stocks that were locked before.
pub(crate) async fn write(conn: &mut PgConnection, stocks: &[(StockKey, &StockRow)]) -> Result<(), sqlx::Error> {
    if stocks.is_empty() {
        return Ok(());
    }
    let result = sqlx::query!(
        "UPDATE booking.stock s SET held = next.held, sold = next.sold
         FROM unnest($1::int[], $2::int[], $3::bigint[], $4::bigint[]) AS next (event_no, stock_no, held, sold)
         WHERE s.event_no = next.event_no AND s.stock_no = next.stock_no",
        &stocks.iter().map(|((event, _), _)| *event).collect::<Vec<_>>(),
        &stocks.iter().map(|((_, stock), _)| *stock).collect::<Vec<_>>(),
        &stocks.iter().map(|(_, row)| row.held).collect::<Vec<_>>(),
        &stocks.iter().map(|(_, row)| row.sold).collect::<Vec<_>>(),
    )
    .execute(conn)
    .await?;
    expect_rows(&result, stocks.len(), "booking.stock")
}

/// Makes or resizes the stocks of an inventory. None falls below what is held and sold of it: a promo code may be
/// given fewer uses than it has had, and is used up then.
pub(crate) async fn create(conn: &mut PgConnection, event: EventNo, stocks: &[Stock]) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO booking.stock (event_no, stock_no, name, is_place, capacity)
         SELECT $1, stock_no, name, is_place, capacity
         FROM unnest($2::int[], $3::text[], $4::bool[], $5::bigint[]) AS new (stock_no, name, is_place, capacity)
         ON CONFLICT (event_no, stock_no) DO UPDATE
         SET capacity = greatest(excluded.capacity, stock.held + stock.sold), name = excluded.name",
        event,
        &stocks.iter().map(|stock| stock.number).collect::<Vec<_>>(),
        &stocks.iter().map(|stock| stock.name.clone()).collect::<Vec<_>>(),
        &stocks.iter().map(|stock| stock.is_place).collect::<Vec<_>>(),
        &stocks.iter().map(|stock| stock.capacity).collect::<Vec<_>>(),
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Stocks by name, with their numbers.
pub(crate) type ByName = BTreeMap<String, (StockNo, StockRow)>;

/// All stocks of an event by name, unlocked.
pub(crate) async fn of_event(conn: &mut PgConnection, event: EventNo) -> Result<ByName, sqlx::Error> {
    let rows = sqlx::query!(
        "SELECT name, stock_no, is_place, capacity, held, sold FROM booking.stock WHERE event_no = $1",
        event,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let stock = StockRow { capacity: row.capacity, held: row.held, sold: row.sold, is_place: row.is_place };
            (row.name, (row.stock_no, stock))
        })
        .collect())
}
