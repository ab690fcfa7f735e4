//! What the tests of all crates share: a database of its own for each test, Redis masters of its
//! own, a process's [`Platform`](onsale_platform::Platform), tokens, and calls to a router.
//!
//! Everything here panics with a sentence when it cannot be had: a test without its database has failed.

pub mod at_end;
pub mod cluster;
pub mod database;
pub mod http;
pub mod kit;
pub mod redis;
mod servers;
mod template;

pub use at_end::AtEnd;
pub use database::TestDb;
pub use http::{Answer, TestClient};
pub use kit::{TestKit, TestUser};
pub use redis::TestRedis;
