//! The rules of holding and selling: pure functions without I/O, clock or randomness.
//!
//! [`life`] is the state machine of one hold and its order; [`allocate`] applies a batch of commands
//! to the rows they touch, in order of arrival, all or nothing each; [`redlock`] decides from what
//! the Redis masters answered. The same functions run in production, under the model checker and in
//! the simulator.

pub mod allocate;
pub mod best_available;
pub mod check_in;
pub mod command;
pub mod fold;
pub mod inventory;
pub mod keep_back;
pub mod life;
pub mod looking;
pub mod order_number;
pub mod pricing;
pub mod qr;
pub mod redlock;
pub mod refund;
pub mod rows;
pub mod sheet;
