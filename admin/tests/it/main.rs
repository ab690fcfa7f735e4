//! Tests through the router, against a real database.

mod events;
mod organisations;
mod plans;
mod publishing;
mod support;
mod venues;
