//! The waiting room's line, checkable by anybody: a chain that every entry joins, the root of the list as it stood at the
//! start, the shuffle that gives the places, and a document with all of it ([`proof`]).
//!
//! Nobody who runs the line can take an entry out, put one in before others, change their order or choose a place without
//! a check here failing:
//! - `head(0) = SHA-256("onsale line 1" ‖ event id)`, `head(p) = SHA-256(head(p−1) ‖ entry(p))` ([`chain`]);
//! - the root is the Merkle tree hash of the entries in order (RFC 9162, 2.1.1; [`merkle`]);
//! - `seed = SHA-256(secret ‖ root ‖ randomness)`, and the places 1…N are the entries in the order of
//!   `HMAC-SHA-256(seed, entry)` ([`shuffle`]). Whoever joins later has its position as its place.

pub mod bytes;
pub mod chain;
pub mod challenge;
pub mod merkle;
pub mod proof;
pub mod shuffle;

pub use bytes::{EntryId, Hash};
