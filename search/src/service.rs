//! A use case a file, named by its verb.

pub(crate) mod follow_offers;
pub(crate) mod index_events;
pub(crate) mod list_events;
pub(crate) mod rebuild_index;
pub(crate) mod refresh_availability;
pub(crate) mod search_events;
pub(crate) mod show_event;
pub(crate) mod suggest;
