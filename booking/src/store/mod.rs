//! A file per table: functions on a connection. No rules here, only rows in and out.

pub mod counters;
pub mod idempotency;
pub mod inventories;
pub mod orders;
pub mod reservations;
pub mod seats;
pub mod stock;
pub mod tickets;

use sqlx::postgres::PgQueryResult;

/// An update that met fewer or more rows than it was meant for: the transaction must not stand.
pub(crate) fn expect_rows(result: &PgQueryResult, expected: usize, table: &'static str) -> Result<(), sqlx::Error> {
    if result.rows_affected() == expected as u64 {
        return Ok(());
    }
    let found = result.rows_affected();
    Err(sqlx::Error::Protocol(format!("{table}: {expected} rows were to change, {found} did")))
}

/// A row that says what cannot be.
pub(crate) fn corrupt(table: &'static str, what: impl std::fmt::Display) -> sqlx::Error {
    sqlx::Error::Decode(format!("{table}: {what}").into())
}
