//! The pages.

pub(crate) mod account;
pub(crate) mod api_docs;
pub(crate) mod buying;
pub(crate) mod event;
pub(crate) mod events;
pub(crate) mod fault;
pub(crate) mod gate;
pub(crate) mod halls;
pub(crate) mod home;
pub(crate) mod line;
pub(crate) mod month;
pub(crate) mod organiser;
pub(crate) mod problems;
pub(crate) mod proof;
pub(crate) mod seats;
pub(crate) mod staff;
