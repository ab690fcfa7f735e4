//! The tables, a file each: functions on a connection.

pub(crate) mod drafts;
pub(crate) mod halls;
pub(crate) mod offers;
pub(crate) mod plans;
pub(crate) mod venues;
