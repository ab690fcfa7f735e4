//! The embedded scripts; `build.rs` writes the list.

/// A service and its scripts.
pub(crate) struct Service {
    /// Its name, which is its schema's.
    pub(crate) name: &'static str,
    /// Name without `.sql`, and text, in order.
    pub(crate) scripts: &'static [(&'static str, &'static str)],
}

include!(concat!(env!("OUT_DIR"), "/scripts.rs"));
