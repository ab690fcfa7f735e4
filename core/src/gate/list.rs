//! The list that a device at the gate decides by without a network: which tickets there are and where each stands, in
//! pages that are signed one by one.
//!
//! A page is Base64url of: version (`L`), event id, where it goes on from, where the next one does (each one byte of
//! length and text), time it was made (8, seconds since 1970, big-endian), 1 where more follows, the entries, and an
//! Ed25519 signature over all before it. An entry is the ticket's id (16) and a byte: 0 may come in, 1 cancelled, 2 is
//! in, followed by since when (8, milliseconds since 1970) and the gate's name (one byte of length and text).
//!
//! A page says what it goes on from, so that none can be left out or put in another's place.

use crate::ids::{EventId, TicketId};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use ed25519_dalek::{SIGNATURE_LENGTH, Signature, VerifyingKey};
use uuid::Uuid;

/// Never a ticket's first byte.
const VERSION: u8 = b'L';

/// Where a ticket stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// It may come in.
    Outside,
    /// It was given back or refunded.
    Cancelled,
    /// Its holder is in.
    Inside {
        /// Since when.
        at: DateTime<Utc>,
        /// By which gate.
        gate: String,
    },
}

/// A ticket of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The ticket.
    pub ticket: TicketId,
    /// Where it stands.
    pub standing: Standing,
}

/// A page of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListPage {
    /// The event.
    pub event_id: EventId,
    /// Where it goes on from; empty for the first page.
    pub after: String,
    /// What the next page goes on from. Asked for later, it tells what changed since.
    pub next: String,
    /// When it was made, to the second.
    pub made_at: DateTime<Utc>,
    /// Whether more follows at once.
    pub more: bool,
    /// Its tickets.
    pub entries: Vec<Entry>,
}

/// Why a list is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ListError {
    /// Not a list, or of a version that is not known here.
    #[error("this is not a list of tickets")]
    NotAList,
    /// Not signed by the key: somebody changed it.
    #[error("this list was not made here")]
    Signature,
    /// A good page, but not the one that was asked for.
    #[error("this page of the list is not the one that was asked for")]
    OutOfPlace,
}

/// The bytes that are signed.
#[must_use]
pub fn signed(page: &ListPage) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(256 + page.entries.len() * 20);
    bytes.push(VERSION);
    push_text(&mut bytes, page.event_id.as_str());
    push_text(&mut bytes, &page.after);
    push_text(&mut bytes, &page.next);
    bytes.extend(page.made_at.timestamp().to_be_bytes());
    bytes.push(u8::from(page.more));
    for entry in &page.entries {
        bytes.extend(entry.ticket.0.as_bytes());
        match &entry.standing {
            Standing::Outside => bytes.push(0),
            Standing::Cancelled => bytes.push(1),
            Standing::Inside { at, gate } => {
                bytes.push(2);
                bytes.extend(at.timestamp_millis().to_be_bytes());
                push_text(&mut bytes, gate);
            }
        }
    }
    bytes
}

/// The text of signed bytes.
#[must_use]
pub fn text(mut signed: Vec<u8>, signature: &Signature) -> String {
    signed.extend(signature.to_bytes());
    URL_SAFE_NO_PAD.encode(signed)
}

/// The page of a text, if `key` signed it, it is of that event, and it goes on from there.
///
/// # Errors
/// When it is none, was changed, or is another one.
pub fn verify(key: &VerifyingKey, text: &str, event: &EventId, after: &str) -> Result<ListPage, ListError> {
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| ListError::NotAList)?;
    let (signed, signature) = bytes.split_last_chunk::<SIGNATURE_LENGTH>().ok_or(ListError::NotAList)?;
    key.verify_strict(signed, &Signature::from_bytes(signature)).map_err(|_| ListError::Signature)?;
    let page = Reader(signed).page().ok_or(ListError::NotAList)?;
    if page.event_id == *event && page.after == after { Ok(page) } else { Err(ListError::OutOfPlace) }
}

fn push_text(bytes: &mut Vec<u8>, text: &str) {
    let text = &text[..text.floor_char_boundary(usize::from(u8::MAX))];
    bytes.push(u8::try_from(text.len()).unwrap_or(u8::MAX));
    bytes.extend(text.as_bytes());
}

struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn byte(&mut self) -> Option<u8> {
        let (byte, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*byte)
    }

    fn bytes<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (bytes, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*bytes)
    }

    fn text(&mut self) -> Option<String> {
        let length = usize::from(self.byte()?);
        let (text, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(std::str::from_utf8(text).ok()?.to_owned())
    }

    fn page(mut self) -> Option<ListPage> {
        if self.byte()? != VERSION {
            return None;
        }
        let event_id = EventId::new(self.text()?).ok()?;
        let (after, next) = (self.text()?, self.text()?);
        let made_at = DateTime::from_timestamp(i64::from_be_bytes(self.bytes()?), 0)?;
        let more = self.byte()? == 1;
        let mut entries = Vec::with_capacity(self.0.len() / 17);
        while !self.0.is_empty() {
            entries.push(self.entry()?);
        }
        Some(ListPage { event_id, after, next, made_at, more, entries })
    }

    fn entry(&mut self) -> Option<Entry> {
        let ticket = TicketId(Uuid::from_bytes(self.bytes()?));
        let standing = match self.byte()? {
            0 => Standing::Outside,
            1 => Standing::Cancelled,
            2 => Standing::Inside {
                at: DateTime::from_timestamp_millis(i64::from_be_bytes(self.bytes()?))?,
                gate: self.text()?,
            },
            _ => return None,
        };
        Some(Entry { ticket, standing })
    }
}
