//! `bench-limits`: what this machine gives at most, side by side with what the house reaches on it.
//!
//! [`run`] takes every measurement once in each round, so that a slow minute hits limits and reached figures alike: of the
//! processor and the disk alone ([`pure`], [`tls`]), of a server that does nothing ([`nothing`]), of the engines
//! ([`crate::baseline`]), and of the house ([`house`]). [`findings`] puts the medians and their ratios into a table and
//! into JSON.

pub mod findings;
pub mod house;
pub mod nothing;
pub mod options;
pub mod pure;
pub mod run;
pub mod tls;
