//! From an event on the bus to a mail on the wire.

mod delivered;
mod mails;
mod smtp_server;
mod stage;
mod texts;
