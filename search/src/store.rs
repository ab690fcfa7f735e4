//! The tables, a file each: functions on a connection.

pub(crate) mod events;
pub(crate) mod find;
pub(crate) mod indexing;
pub(crate) mod words;
