//! That tests get what is theirs alone.

mod cluster;
mod database;
mod kit;
mod redis;
