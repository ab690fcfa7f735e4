//! Reading queries and marking what they found: pure, no I/O, no clock, no randomness.

pub mod completion;
pub mod grams;
pub mod highlight;
pub mod language;
pub mod query;
pub mod typos;
