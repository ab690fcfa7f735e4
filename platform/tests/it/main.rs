//! The plumbing against real engines.

mod bus;
mod bus_kafka;
mod bus_kafka_faults;
mod fanout;
mod inbox;
mod names;
mod relay;
mod serve;
mod stage;
mod tokens;
mod upstream;
