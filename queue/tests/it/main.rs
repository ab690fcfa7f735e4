//! The waiting room through its routes, on a database of its own for each test.

mod admissions;
mod control;
mod drand;
mod inflow;
mod line;
mod lobby;
mod mails;
mod restart;
mod stage;
