//! SQL, a file per table.

pub(crate) mod deliveries;
pub(crate) mod mails;
pub(crate) mod webhooks;
