//! A choice of seats in an address: `?seats=A-1,A-2`. What it names may be gone when it is opened.

use super::plan::{Plan, SeatNo};

/// The part of the address.
pub const SEATS: &str = "seats";
/// Longer ones are none of ours.
const NAMED_MAX: usize = 40;

/// The value for these seats; ids need no escaping in a query.
#[must_use]
pub fn encoded(plan: &Plan, seats: impl Iterator<Item = SeatNo>) -> String {
    let ids: Vec<&str> = seats.map(|seat| plan.id(seat)).collect();
    ids.join(",")
}

/// The seats that a value names, each once, and how many it names that this house does not have.
#[must_use]
pub fn decoded(plan: &Plan, value: &str) -> (Vec<SeatNo>, usize) {
    let mut seats = Vec::new();
    let mut unknown = 0;
    for id in value.split(',').map(str::trim).filter(|id| !id.is_empty()).take(NAMED_MAX) {
        match plan.find(id) {
            Some(seat) if seats.contains(&seat) => {}
            Some(seat) => seats.push(seat),
            None => unknown += 1,
        }
    }
    (seats, unknown)
}
