//! booking through its router, against a real PostgreSQL and real Redis masters.

mod admitted;
mod box_office;
mod cancelling;
mod check_in;
mod drawn;
mod giving_up;
mod holding;
mod late_money;
mod linear;
mod lowest_price;
mod organisations;
mod paying;
mod publishing;
mod races;
mod replaying;
mod rules;
mod sales;
mod sales_desk;
mod shop;
mod standing;
mod state_machine;
mod transfers;
mod watching;
mod without_redis;
