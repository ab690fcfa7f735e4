//! auth through its router, against a real PostgreSQL. The numbered tests are the lines of
//! RELIABILITY.md, 5.

mod accounts;
mod administration;
mod app;
mod audit;
mod enumeration;
mod forged_tokens;
mod links;
mod login_limits;
mod organisations;
mod refreshing;
mod revocation;
mod second_factor;
mod seeding;
mod settings;
mod signing_keys;
