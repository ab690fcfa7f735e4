//! Verified tokens, by the SHA-256 of their text, until they end.
//!
//! Looked up on every request: shards keep readers of different tokens apart, and readers of one
//! token share its lock. Bounded: a full shard drops what ended, then whatever comes first.

use super::revoked::Marks;
use crate::identity::Identity;
use parking_lot::RwLock;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

const SHARDS: usize = 64;
/// In all 262,144 tokens, some 80 MB at the most.
const SHARD_TOKENS_MAX: usize = 4096;

/// A token that was verified.
pub(super) struct Verified {
    pub(super) identity: Identity,
    /// What a revocation could hit; nothing for services.
    pub(super) marks: Option<Marks>,
    pub(super) expires_s: i64,
    /// The generation of revocations under which it was last found good.
    pub(super) good_under: AtomicU64,
}

/// The first bytes of a digest are as good as any hash of it.
#[derive(Default)]
struct DigestHasher(u64);

impl Hasher for DigestHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        if let Some(last) = bytes.last_chunk::<8>() {
            self.0 = u64::from_ne_bytes(*last);
        }
    }

    fn write_usize(&mut self, _length: usize) {}
}

type Shard = HashMap<[u8; 32], Arc<Verified>, BuildHasherDefault<DigestHasher>>;

/// The tokens.
pub(super) struct Cache {
    shards: Box<[RwLock<Shard>]>,
}

impl Cache {
    pub(super) fn new() -> Self {
        Self { shards: (0..SHARDS).map(|_| RwLock::default()).collect() }
    }

    fn shard(&self, digest: &[u8; 32]) -> &RwLock<Shard> {
        &self.shards[usize::from(digest[0]) % SHARDS]
    }

    /// The token of that digest, if it was verified and has not ended.
    pub(super) fn get(&self, digest: &[u8; 32], now_s: i64) -> Option<Arc<Verified>> {
        let known = self.shard(digest).read().get(digest).cloned()?;
        (now_s < known.expires_s).then_some(known)
    }

    pub(super) fn put(&self, digest: [u8; 32], verified: Arc<Verified>, now_s: i64) {
        let mut shard = self.shard(&digest).write();
        if shard.len() >= SHARD_TOKENS_MAX {
            shard.retain(|_, known| now_s < known.expires_s);
        }
        if shard.len() >= SHARD_TOKENS_MAX {
            let mut nth = 0_usize;
            shard.retain(|_, _| {
                nth += 1;
                !nth.is_multiple_of(4)
            });
        }
        shard.insert(digest, verified);
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.shards.iter().map(|shard| shard.read().len()).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ServiceRole;

    fn token(expires_s: i64) -> Arc<Verified> {
        let identity = Identity::Service(ServiceRole::Booking);
        Arc::new(Verified { identity, marks: None, expires_s, good_under: AtomicU64::new(0) })
    }

    fn digest(n: u32) -> [u8; 32] {
        let mut digest = [7; 32];
        digest[28..].copy_from_slice(&n.to_be_bytes());
        digest
    }

    #[test]
    fn a_full_shard_stays_bounded_and_still_takes_new_tokens() {
        let cache = Cache::new();
        for n in 0..20_000 {
            cache.put(digest(n), token(100), 1);
        }
        assert!(cache.len() <= SHARD_TOKENS_MAX);
        assert!(cache.get(&digest(19_999), 1).is_some());
    }

    #[test]
    fn a_token_that_ended_is_not_found() {
        let cache = Cache::new();
        cache.put(digest(1), token(100), 1);
        assert!(cache.get(&digest(1), 99).is_some());
        assert!(cache.get(&digest(1), 100).is_none());
    }
}
