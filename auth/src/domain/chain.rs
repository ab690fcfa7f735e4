//! The chain of the audit log: each entry's hash is of the hash before it and of all that the entry says.
//!
//! An HMAC by a key derived from `ONSALE_SECRET`: who can write the database but does not have the secret cannot make
//! a chain that holds. A head that was kept elsewhere shows even to those who have the secret whether it was made anew.

use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit, Mac};
use onsale_core::api::audit::AuditPlace;
use sha2::Sha256;
use uuid::Uuid;

/// The chain up to an entry.
pub(crate) type Link = [u8; 32];
/// The chain before its first entry.
pub(crate) const START: Link = [0; 32];

/// What an entry says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) number: i64,
    pub(crate) service: String,
    pub(crate) place: AuditPlace,
    pub(crate) at: DateTime<Utc>,
    pub(crate) actor: Option<Uuid>,
    pub(crate) organisation: Option<Uuid>,
    pub(crate) action: String,
    pub(crate) object_type: String,
    pub(crate) object_id: String,
    /// JSON, to the letter.
    pub(crate) detail: String,
}

/// The chain with this entry.
pub(crate) fn link(key: &[u8; 32], before: &Link, entry: &Entry) -> Link {
    let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(before);
    let mut field = |bytes: &[u8]| {
        // Each with its length, so that no two entries are written alike.
        mac.update(&u64::try_from(bytes.len()).unwrap_or(u64::MAX).to_be_bytes());
        mac.update(bytes);
    };
    field(&entry.number.to_be_bytes());
    field(entry.service.as_bytes());
    field(&entry.place.xid.to_be_bytes());
    field(&entry.place.position.to_be_bytes());
    field(&entry.at.timestamp_micros().to_be_bytes());
    for id in [entry.actor, entry.organisation] {
        field(id.as_ref().map_or(&[][..], |id| id.as_bytes()));
    }
    for text in [&entry.action, &entry.object_type, &entry.object_id, &entry.detail] {
        field(text.as_bytes());
    }
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry() -> Entry {
        Entry {
            number: 1,
            service: "admin".to_owned(),
            place: AuditPlace { xid: 7, position: 3 },
            at: DateTime::from_timestamp(1_700_000_000, 0).expect("in range"),
            actor: Some(Uuid::from_u128(1)),
            organisation: None,
            action: "event.publish".to_owned(),
            object_type: "event".to_owned(),
            object_id: "EVT001".to_owned(),
            detail: "{}".to_owned(),
        }
    }

    #[test]
    fn whatever_is_changed_changes_the_chain() {
        let key = [1; 32];
        let whole = link(&key, &START, &entry());
        assert_eq!(whole, link(&key, &START, &entry()));
        let changed: [fn(&mut Entry); 10] = [
            |entry| entry.number = 2,
            |entry| entry.service.push('x'),
            |entry| entry.place.xid = 8,
            |entry| entry.place.position = 4,
            |entry| entry.at += chrono::TimeDelta::microseconds(1),
            |entry| entry.actor = None,
            |entry| entry.organisation = entry.actor.take(),
            |entry| entry.action.push('x'),
            |entry| std::mem::swap(&mut entry.object_type, &mut entry.object_id),
            |entry| entry.detail = "{ }".to_owned(),
        ];
        for change in changed {
            let mut other = entry();
            change(&mut other);
            assert_ne!(whole, link(&key, &START, &other), "{other:?}");
        }
        assert_ne!(whole, link(&[2; 32], &START, &entry()), "another secret");
        assert_ne!(whole, link(&key, &[1; 32], &entry()), "another past");
    }
}
