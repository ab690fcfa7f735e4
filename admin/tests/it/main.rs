//! Tests through the router, against a real database.

mod dates;
mod events;
mod halls;
mod organisations;
mod plans;
mod publishing;
mod support;
mod venues;
