//! Load on Onsale, and what it is measured against: `bench-reserve` compares durable holds and paid orders
//! through the gateway's socket with what PostgreSQL and Redis do by themselves with the same rows and script.
//!
//! [`scenario`] is the run: it starts what it needs ([`server`]), makes events and people ([`setup`]), measures
//! the engines ([`baseline`]) and the house ([`load`] over [`client`]) in turns, and tells it ([`report`]).
//!
//! [`finding`] is `bench-search`: how well and how fast search finds what people mean.
//!
//! [`proof`] is what must hold whatever happens: races for seats, `kill -9` of the house and of Redis under load;
//! [`chaos`] is every row of the fault matrix.
//!
//! [`watching`] is `bench-watchers`: a crowd at the live map.

pub mod baseline;
pub mod chaos;
pub mod client;
pub mod cpu;
pub mod finding;
pub mod load;
pub mod options;
pub mod proof;
pub mod report;
pub mod scenario;
pub mod server;
pub mod setup;
pub mod watching;
