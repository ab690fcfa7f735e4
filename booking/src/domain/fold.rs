//! What the events of a hold or of an order come to: the row, as far as events tell it.
//!
//! [`hold`] and [`order`] are pure. What an event of an older version does not tell stays absent and is not
//! compared with the row; so do the order's steps that no event tells ([`OrderState::allow_untold`]).

mod hold;
mod order;

pub use hold::{HoldState, hold};
pub use order::{OrderState, SagaState, TicketState, order};

#[cfg(test)]
mod tests;
