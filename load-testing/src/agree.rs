//! `k6-agree`: the real k6 and the swarm, one after the other on equal houses, must tell the same of an equal crowd.
//!
//! [`run`] lets the swarm sell an event out, then k6 ([`k6`]) another one like it, and every other scenario of
//! load-testing/k6 at a size that the machine bears. [`compare`] puts both sides of the sale beside each other.

pub mod compare;
pub mod k6;
pub mod options;
pub mod run;
