//! A file per table: functions on a connection. No rules here, only rows in and out.

pub(crate) mod admissions;
pub(crate) mod audit;
pub(crate) mod called_off;
pub(crate) mod check_ins;
pub(crate) mod counters;
pub(crate) mod events;
pub(crate) mod idempotency;
pub(crate) mod inventories;
pub(crate) mod order_notes;
pub(crate) mod order_sums;
pub(crate) mod orders;
pub(crate) mod reservations;
pub(crate) mod seats;
pub(crate) mod sold_tickets;
pub(crate) mod standing;
pub(crate) mod stock;
pub(crate) mod tickets;

use sqlx::postgres::PgQueryResult;

/// An update that met fewer or more rows than it was meant for: the transaction must not stand.
pub(crate) fn expect_rows(result: &PgQueryResult, expected: usize, table: &'static str) -> Result<(), sqlx::Error> {
    if result.rows_affected() == expected as u64 {
        return Ok(());
    }
    let found = result.rows_affected();
    Err(corrupt(table, format_args!("{expected} rows were to change, {found} did")))
}

/// A row that says what cannot be.
pub(crate) fn corrupt(table: &'static str, what: impl std::fmt::Display) -> sqlx::Error {
    sqlx::Error::Decode(format!("{table}: {what}").into())
}

/// An error that several waited for, for one of them.
pub(crate) fn again(error: &sqlx::Error) -> sqlx::Error {
    if onsale_platform::pg::is_unavailable(error) {
        return sqlx::Error::PoolTimedOut;
    }
    sqlx::Error::Decode(error.to_string().into())
}
