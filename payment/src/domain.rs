//! Pure rules: the life of a payment, and what may be kept of what a client sent.

pub(crate) mod card;
pub(crate) mod fold;
pub(crate) mod ledger;
pub(crate) mod payment;
pub(crate) mod signature;
