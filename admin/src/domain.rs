//! The rules of plans and events: pure, no I/O, no clock, no randomness.

pub mod dates;
pub mod event_rules;
pub mod lifecycle;
pub mod plan_generator;
pub mod plan_rules;
pub mod pretix;
pub mod seat_list;
mod violations;

pub use violations::Violations;
