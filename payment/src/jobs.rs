//! What runs in the background.

pub(crate) mod reconcile;
