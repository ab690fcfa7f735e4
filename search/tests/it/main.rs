//! Tests through the router, against a real database.

mod finding;
mod following;
mod lists;
mod suggesting;
mod support;
