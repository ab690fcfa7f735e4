//! Mail and webhooks: what the bus says is to be told to people, and to addresses of others.
//!
//! An event becomes a row of `notification.mails` (one per event, whatever comes twice); a job sends
//! what is due and tries again with growing pauses. Without `SMTP_URL` mails are kept in the table, and shown
//! under `/dev/mail` in development.
//! Addresses are asked from auth when a mail is written: they never travel on the bus. The map:
//! `jobs/consume.rs` listens, `service/compose_mail.rs` asks and writes, `domain/` holds the texts, `documents/` the
//! files that go with them (`press.rs` makes them, a few at a time), `service/send_mails.rs` and `smtp.rs` send; `service/tell_booking.rs` tells booking, which completes the order.
//!
//! Webhooks: `jobs/events.rs` queues a row of `notification.deliveries` an event and webhook, `jobs/deliver.rs` sends
//! what is due by `caller.rs`, which reaches the public internet only; `routes/webhooks.rs` is what admins do.

mod caller;
mod config;
pub mod documents;
pub mod domain;
mod error;
mod jobs;
mod press;
mod routes;
mod service;
mod smtp;
mod state;
mod store;

pub use config::Config;
pub use error::StartError;
pub use jobs::spawn_jobs;
pub use routes::{openapi, router};
pub use state::{State, start};
