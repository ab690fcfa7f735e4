//! That tests get what is theirs alone.

mod database;
mod kit;
mod redis;
