//! The places of those who were there at the start, in an order that nobody chose.

use super::bytes::{EntryId, Hash, sha256};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// What is published of the secret before it is revealed.
#[must_use]
pub fn commitment(secret: &Hash) -> Hash {
    sha256(&[&secret.0])
}

/// What the places follow from; `randomness` is empty where none came from outside.
#[must_use]
pub fn seed(secret: &Hash, root: &Hash, randomness: &[u8]) -> Hash {
    sha256(&[&secret.0, &root.0, randomness])
}

/// The entries' indices (from 0) in the order of their places: the first has place 1.
#[must_use]
pub fn order(seed: &Hash, entries: &[EntryId]) -> Vec<u32> {
    let keyed = <Hmac<Sha256> as KeyInit>::new_from_slice(&seed.0).expect("HMAC takes keys of any length");
    let mut keys: Vec<([u8; 32], u32)> = Vec::with_capacity(entries.len());
    for (index, entry) in (0_u32..).zip(entries) {
        let mut mac = keyed.clone();
        mac.update(&entry.0);
        keys.push((mac.finalize().into_bytes().into(), index));
    }
    keys.sort_unstable();
    keys.into_iter().map(|(_, index)| index).collect()
}

/// The place, from 1, of the entry at each index.
#[must_use]
pub fn places(order: &[u32]) -> Vec<u32> {
    let mut places = vec![0; order.len()];
    for (place, index) in (1_u32..).zip(order) {
        if let Some(of_entry) = usize::try_from(*index).ok().and_then(|index| places.get_mut(index)) {
            *of_entry = place;
        }
    }
    places
}
