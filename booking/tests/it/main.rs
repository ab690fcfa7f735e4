//! booking through its router, against a real PostgreSQL and real Redis masters.

mod box_office;
mod cancelling;
mod holding;
mod paying;
mod publishing;
mod races;
mod sales;
mod shop;
mod without_redis;
