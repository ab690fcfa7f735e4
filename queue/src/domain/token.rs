//! The queue token: which entry of which event somebody has. Checked ten thousand times a second, and only by us.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use onsale_core::EventId;
use onsale_core::lineup::EntryId;
use sha2::Sha256;

const MAC_BYTES: usize = 16;
const TOKEN_BYTES: usize = 4 + 16 + MAC_BYTES;

/// Somebody's place in a line, by its entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Held {
    /// The how manieth entry it is, from 1.
    pub(crate) position: u32,
    pub(crate) entry: EntryId,
}

/// Signs and checks queue tokens and challenges.
#[derive(Clone)]
pub(crate) struct Signer(Hmac<Sha256>);

impl Signer {
    pub(crate) fn new(key: &[u8; 32]) -> Self {
        Self(<Hmac<Sha256> as KeyInit>::new_from_slice(key).expect("HMAC takes keys of any length"))
    }

    fn mac(&self, parts: &[&[u8]]) -> Hmac<Sha256> {
        let mut mac = self.0.clone();
        for part in parts {
            // With its length, so that two lists of parts never read the same.
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        mac
    }

    fn tag(&self, parts: &[&[u8]]) -> [u8; MAC_BYTES] {
        let full = self.mac(parts).finalize().into_bytes();
        let mut tag = [0; MAC_BYTES];
        tag.copy_from_slice(&full[..MAC_BYTES]);
        tag
    }

    fn is_tag(&self, parts: &[&[u8]], tag: &[u8]) -> bool {
        self.mac(parts).verify_truncated_left(tag).is_ok()
    }

    /// The token of an entry.
    pub(crate) fn token(&self, event: &EventId, held: &Held) -> String {
        let position = held.position.to_be_bytes();
        let tag = self.tag(&[b"token", event.as_str().as_bytes(), &position, &held.entry.0]);
        URL_SAFE_NO_PAD.encode([&position[..], &held.entry.0, &tag].concat())
    }

    /// What a token says, if we made it for this event.
    pub(crate) fn read(&self, event: &EventId, token: &str) -> Option<Held> {
        let bytes = URL_SAFE_NO_PAD.decode(token).ok().filter(|bytes| bytes.len() == TOKEN_BYTES)?;
        let (position, rest) = bytes.split_at(4);
        let (entry, tag) = rest.split_at(16);
        if !self.is_tag(&[b"token", event.as_str().as_bytes(), position, entry], tag) {
            return None;
        }
        let position = u32::from_be_bytes(position.try_into().ok()?);
        Some(Held { position, entry: EntryId::try_from(entry).ok()? })
    }

    /// A challenge for this device, good until a second since 1970: solving it once lets one device join.
    pub(crate) fn challenge(&self, event: &EventId, device: &[u8; 32], until: i64) -> String {
        let until = until.to_be_bytes();
        let tag = self.tag(&[b"challenge", event.as_str().as_bytes(), device, &until]);
        URL_SAFE_NO_PAD.encode([&until[..], &tag].concat())
    }

    /// Whether a challenge is of this event and device, and good at a second since 1970.
    pub(crate) fn is_challenge(&self, event: &EventId, device: &[u8; 32], now: i64, text: &str) -> bool {
        let Some(bytes) = URL_SAFE_NO_PAD.decode(text).ok().filter(|bytes| bytes.len() == 8 + MAC_BYTES) else {
            return false;
        };
        let (until, tag) = bytes.split_at(8);
        let in_time = until.try_into().is_ok_and(|until| now < i64::from_be_bytes(until));
        in_time && self.is_tag(&[b"challenge", event.as_str().as_bytes(), device, until], tag)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(text: &str) -> EventId {
        EventId::new(text).expect("an id")
    }

    #[test]
    fn a_token_is_of_its_event_and_installation() {
        let (signer, held) = (Signer::new(&[1; 32]), Held { position: 70_000, entry: EntryId([2; 16]) });
        let token = signer.token(&event("EVT001"), &held);
        assert_eq!(signer.read(&event("EVT001"), &token), Some(held));
        assert_eq!(signer.read(&event("EVT002"), &token), None);
        assert_eq!(Signer::new(&[2; 32]).read(&event("EVT001"), &token), None);
        for at in 0..token.len() {
            let mut forged = token.clone();
            let other = if &forged[at..=at] == "A" { "B" } else { "A" };
            forged.replace_range(at..=at, other);
            assert_ne!(signer.read(&event("EVT001"), &forged), Some(Held { position: 1, ..held }));
            assert!(signer.read(&event("EVT001"), &forged).is_none_or(|read| read == held), "{at}");
        }
    }

    #[test]
    fn a_challenge_is_of_one_device_and_ends() {
        let signer = Signer::new(&[1; 32]);
        let challenge = signer.challenge(&event("EVT001"), &[7; 32], 100);
        assert!(signer.is_challenge(&event("EVT001"), &[7; 32], 99, &challenge));
        assert!(!signer.is_challenge(&event("EVT001"), &[7; 32], 100, &challenge));
        assert!(!signer.is_challenge(&event("EVT001"), &[8; 32], 99, &challenge));
        assert!(!signer.is_challenge(&event("EVT002"), &[7; 32], 99, &challenge));
    }
}
