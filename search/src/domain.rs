//! Reading queries and marking what they found: pure, no I/O, no clock, no randomness.

pub mod highlight;
pub mod query;
pub mod typos;
