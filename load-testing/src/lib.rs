//! Load on Onsale, and what it is measured against: `bench-reserve` compares durable holds and paid orders
//! through the gateway's socket with what PostgreSQL and Redis do by themselves with the same rows and script.
//!
//! [`scenario`] is the run: it starts what it needs ([`server`]), makes events and people ([`setup`]), measures
//! the engines ([`baseline`]) and the house ([`load`] over [`client`]) in turns, and tells it ([`report`]).
//!
//! [`finding`] is `bench-search`: how well and how fast search finds what people mean.
//!
//! [`overload`] is `bench-overload`: what a crowd of several times the capacity gets.
//!
//! [`proof`] is what must hold whatever happens: races for seats, `kill -9` of the house and of Redis under load;
//! [`chaos`] is every row of the fault matrix.
//!
//! [`agree`] holds k6 and the swarm against each other.
//! [`capacity`] measures what a person costs, and plans and simulates machines from that.
//! [`limits`] is `bench-limits`: what the machine gives at most beside what the house reaches.
//! [`watching`] is `bench-watchers`: a crowd at the live map.
//! [`swarm`] is a hundred thousand buyers of one event.

pub mod agree;
pub mod baseline;
pub mod capacity;
pub mod chaos;
pub mod client;
pub mod cpu;
pub mod finding;
pub mod limits;
pub mod load;
pub mod options;
pub mod overload;
pub mod proof;
pub mod report;
pub mod scenario;
pub mod server;
pub mod setup;
pub mod swarm;
pub mod watching;
