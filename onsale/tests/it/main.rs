//! The executable, as people and machines start it.

mod apart;
mod backup;
mod conformance;
mod crowd;
mod doctor;
mod events;
mod gateways;
mod house;
mod matrix;
mod program;
mod reach;
mod refusals;
mod secrets;
mod settings;
mod settlement;
mod traced;
mod wiring;
