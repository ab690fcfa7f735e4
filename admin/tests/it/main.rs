//! Tests through the router, against a real database.

mod events;
mod plans;
mod publishing;
mod support;
mod venues;
