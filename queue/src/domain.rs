//! The rules: no I/O, clock or randomness.

pub mod estimate;
pub mod inflow;
pub(crate) mod lineup;
pub(crate) mod moves;
pub(crate) mod token;
