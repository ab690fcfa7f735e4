//! The chain that every entry joins, in the order of joining.

use super::bytes::{EntryId, Hash, sha256};
use crate::ids::EventId;

const START: &[u8] = b"onsale line 1";

/// The head before anybody joined.
#[must_use]
pub fn start(event: &EventId) -> Hash {
    sha256(&[START, event.as_str().as_bytes()])
}

/// The head once this entry has joined.
#[must_use]
pub fn follow(head: Hash, entry: &EntryId) -> Hash {
    sha256(&[&head.0, &entry.0])
}

/// The head once all these have joined.
#[must_use]
pub fn head_of(event: &EventId, entries: &[EntryId]) -> Hash {
    entries.iter().fold(start(event), follow)
}
