//! The use cases, a file each.

pub(crate) mod ask_others;
pub(crate) mod compose_mail;
pub(crate) mod deliver_events;
pub(crate) mod manage_webhooks;
pub(crate) mod queue_events;
pub(crate) mod send_again;
pub(crate) mod send_mails;
pub(crate) mod tell_booking;
mod wanted;
pub(crate) mod write_mails;
