//! The executable, as people and machines start it.

mod doctor;
mod program;
mod refusals;
mod wiring;
