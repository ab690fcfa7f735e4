//! Pure rules: no I/O, no clock, no randomness of their own.

pub(crate) mod acting;
pub(crate) mod chain;
pub(crate) mod opaque;
pub(crate) mod passwords;
pub(crate) mod refreshing;
pub(crate) mod rotation;
pub(crate) mod second_factor;
