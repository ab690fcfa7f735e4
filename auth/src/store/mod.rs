//! A file per table; functions on a connection, so that the caller owns the transaction.

pub(crate) mod accounts;
pub(crate) mod api_keys;
pub(crate) mod attempts;
pub(crate) mod audit_chain;
pub(crate) mod devices;
pub(crate) mod events;
pub(crate) mod invitations;
pub(crate) mod memberships;
pub(crate) mod revocations;
pub(crate) mod second_factors;
pub(crate) mod sessions;
pub(crate) mod settings;
pub(crate) mod signing_keys;
pub(crate) mod single_use_tokens;
