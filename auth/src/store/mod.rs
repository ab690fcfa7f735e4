//! A file per table; functions on a connection, so that the caller owns the transaction.

pub(crate) mod accounts;
pub(crate) mod api_keys;
pub(crate) mod attempts;
pub(crate) mod devices;
pub(crate) mod events;
pub(crate) mod revocations;
pub(crate) mod sessions;
pub(crate) mod signing_keys;
pub(crate) mod single_use_tokens;
