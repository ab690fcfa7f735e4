//! When signing keys begin and end.
//!
//! A new key is published before it signs for longer than any verifier takes to fetch the key set
//! (20 s, and 5 s until each auth process publishes it), so that nobody meets a key it does not know.
//! The old one signs until that moment, and is published until the last token it signed has ended.

use chrono::{DateTime, TimeDelta, Utc};
use onsale_platform::tokens::ACCESS_LIFETIME;

/// How long a new key is published before it signs.
pub(crate) const PUBLISHED_AHEAD: TimeDelta = TimeDelta::seconds(60);
/// Tokens made in the old key's last moment may bear the following second.
const MARGIN: TimeDelta = TimeDelta::seconds(5);

/// Why keys are rotated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rotation {
    /// As a habit: no token fails.
    Planned,
    /// The old keys are in wrong hands: what they signed is refused at once, and everybody refreshes.
    Compromised,
}

/// When the new key begins and the old ones end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Schedule {
    /// The new key signs from here on, the old ones until here.
    pub(crate) handover: DateTime<Utc>,
    /// The old keys are forgotten.
    pub(crate) old_expires_at: DateTime<Utc>,
}

/// The times of a rotation that is decided now.
pub(crate) fn schedule(rotation: Rotation, now: DateTime<Utc>) -> Schedule {
    match rotation {
        Rotation::Planned => {
            let handover = now + PUBLISHED_AHEAD;
            Schedule { handover, old_expires_at: handover + ACCESS_LIFETIME + MARGIN }
        }
        Rotation::Compromised => Schedule { handover: now, old_expires_at: now },
    }
}
