//! What the engines do by themselves with the same rows and the same script.

pub mod commits;
pub mod kafka;
pub mod postgres;
pub mod redis;
