//! From an event on the bus to a mail on the wire.

mod delivered;
mod documents;
mod files;
mod mailbox;
mod mails;
mod payments;
mod receiver;
mod samples;
mod smtp_server;
mod stage;
mod texts;
mod webhooks;
