//! Rows, a file per table.

pub(crate) mod admissions;
pub(crate) mod audit;
pub(crate) mod beats;
pub(crate) mod calls;
pub(crate) mod chains;
pub(crate) mod entries;
pub(crate) mod events;
pub(crate) mod pulses;
pub(crate) mod rooms;
pub(crate) mod sightings;

/// A number of rows or places as the tables have it.
pub(crate) fn stored(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

/// A number of the tables, none of which is below zero.
pub(crate) fn number(stored: i32) -> u32 {
    u32::try_from(stored).unwrap_or(0)
}

/// Bytes of a column that holds exactly so many.
pub(crate) fn fixed<'a, T>(bytes: &'a [u8], column: &str) -> Result<T, sqlx::Error>
where
    T: TryFrom<&'a [u8]>,
{
    T::try_from(bytes)
        .map_err(|_| sqlx::Error::ColumnDecode { index: column.to_owned(), source: "of another length".into() })
}
