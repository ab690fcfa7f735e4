//! booking through its router, against a real PostgreSQL and real Redis masters.

mod box_office;
mod cancelling;
mod holding;
mod late_money;
mod paying;
mod publishing;
mod races;
mod rules;
mod sales;
mod shop;
mod watching;
mod without_redis;
