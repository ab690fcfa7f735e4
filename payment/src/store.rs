//! The tables of schema `payment`.

pub(crate) mod books;
pub(crate) mod folded;
pub(crate) mod journal;
pub(crate) mod payments;
pub(crate) mod refunds;

/// A write touches each row that it names, or its transaction fails.
fn expect_rows(changed: u64, expected: usize) -> Result<(), sqlx::Error> {
    if usize::try_from(changed) == Ok(expected) { Ok(()) } else { Err(sqlx::Error::RowNotFound) }
}
