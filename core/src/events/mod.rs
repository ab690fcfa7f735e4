//! What travels on the bus: the topics, the CloudEvents envelope, and each topic's payload.
//!
//! Payloads carry ids and amounts, never names or addresses; large things travel by reference.

mod envelope;
mod payloads;

pub use envelope::{CloudEvent, Topic, UnknownTopic};
pub use payloads::*;
