//! What was revoked, as pushed by auth.

use chrono::{DateTime, Utc};
use onsale_core::api::internal::{Revocation, RevokedSubject};
use parking_lot::RwLock;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use uuid::Uuid;

/// What of a token a revocation could hit.
#[derive(Debug, Clone)]
pub(super) struct Marks {
    pub(super) kid: String,
    pub(super) account: Uuid,
    pub(super) session: Option<Uuid>,
    pub(super) api_key: Option<Uuid>,
    pub(super) issued_s: i64,
}

/// The revocations in force.
#[derive(Default)]
pub(super) struct Revoked {
    entries: RwLock<HashMap<RevokedSubject, Entry>>,
    /// Counts changes, so that a token found good is not looked up again until something is revoked.
    generation: AtomicU64,
}

#[derive(Clone, Copy)]
struct Entry {
    at: DateTime<Utc>,
    until: DateTime<Utc>,
}

impl Revoked {
    pub(super) fn generation(&self) -> u64 {
        self.generation.load(Ordering::Acquire)
    }

    /// Takes revocations and forgets those that no unexpired token can be hit by any more.
    pub(super) fn add(&self, revocations: &[Revocation], now: DateTime<Utc>) {
        if revocations.is_empty() {
            return;
        }
        let mut entries = self.entries.write();
        entries.retain(|_, entry| now < entry.until);
        for revocation in revocations {
            let entry = entries
                .entry(revocation.subject.clone())
                .or_insert(Entry { at: revocation.at, until: revocation.until });
            entry.at = entry.at.max(revocation.at);
            entry.until = entry.until.max(revocation.until);
        }
        drop(entries);
        self.generation.fetch_add(1, Ordering::Release);
    }

    /// Whether a token is hit.
    pub(super) fn hits(&self, marks: &Marks) -> bool {
        let entries = self.entries.read();
        if entries.is_empty() {
            return false;
        }
        let hit = |subject: RevokedSubject| {
            entries.get(&subject).is_some_and(|entry| {
                DateTime::from_timestamp(marks.issued_s, 0).is_none_or(|issued| issued <= entry.at)
            })
        };
        // A session, a key and a signing key are revoked for good; an account's later tokens are good again.
        let gone = |subject: RevokedSubject| entries.contains_key(&subject);
        hit(RevokedSubject::Account(marks.account))
            || marks.session.is_some_and(|id| gone(RevokedSubject::Session(id)))
            || marks.api_key.is_some_and(|id| gone(RevokedSubject::ApiKey(id)))
            || gone(RevokedSubject::SigningKey(marks.kid.clone()))
    }
}
