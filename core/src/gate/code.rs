//! The text in a ticket's QR code, signed so that a scanner without a network knows a forged one.
//!
//! The text is Base64url (RFC 4648, section 5, no padding) of these bytes: version (1), ticket id (16), time of
//! issue (8, seconds since 1970, big-endian), length of the event id (1), event id, place, and an Ed25519 signature
//! (RFC 8032, 64 bytes) over all before it. About 150 characters: a code of 53 × 53 modules that old phones read.

use crate::ids::{EventId, TicketId};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use ed25519_dalek::{SIGNATURE_LENGTH, Signature, VerifyingKey};
use uuid::Uuid;

/// The version that a code's first byte says. A list begins with another byte, so that neither passes for the other.
const VERSION: u8 = 1;
/// Version, ticket, time of issue and the event id's length.
const HEAD: usize = 1 + 16 + 8 + 1;
/// A longer place is cut: the door reads the ticket's id, people read the place.
const PLACE_BYTES_MAX: usize = 96;
/// No good text is longer: what is longer is refused before it is decoded.
pub const TEXT_BYTES_MAX: usize = 384;

/// What a ticket says at the door.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TicketClaims {
    /// The ticket.
    pub ticket_id: TicketId,
    /// The event.
    pub event_id: EventId,
    /// The seat's label, or the ticket type where there are no seats.
    pub place: String,
    /// When it was issued, to the second.
    pub issued_at: DateTime<Utc>,
}

/// Why a text is not a good ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CodeError {
    /// Not the text of a ticket, or of a version that is not known here.
    #[error("this code is not a ticket")]
    NotATicket,
    /// Not signed by the key.
    #[error("this ticket was not issued here")]
    Signature,
}

/// The bytes that are signed. The same claims give the same bytes.
#[must_use]
pub fn signed(claims: &TicketClaims) -> Vec<u8> {
    let event = claims.event_id.as_str().as_bytes();
    let place = cut(&claims.place);
    let mut bytes = Vec::with_capacity(HEAD + event.len() + place.len() + SIGNATURE_LENGTH);
    bytes.push(VERSION);
    bytes.extend(claims.ticket_id.0.as_bytes());
    bytes.extend(claims.issued_at.timestamp().to_be_bytes());
    // Ids have at most 64 bytes.
    bytes.push(u8::try_from(event.len()).unwrap_or(u8::MAX));
    bytes.extend(event);
    bytes.extend(place.as_bytes());
    bytes
}

/// The text of signed bytes.
#[must_use]
pub fn text(mut signed: Vec<u8>, signature: &Signature) -> String {
    signed.extend(signature.to_bytes());
    URL_SAFE_NO_PAD.encode(signed)
}

/// What the ticket says, if `key` signed it.
///
/// # Errors
/// When the text is not a ticket's, or the signature is not the key's.
pub fn verify(key: &VerifyingKey, text: &str) -> Result<TicketClaims, CodeError> {
    if text.len() > TEXT_BYTES_MAX {
        return Err(CodeError::NotATicket);
    }
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| CodeError::NotATicket)?;
    let (claims, signature) = bytes.split_last_chunk::<SIGNATURE_LENGTH>().ok_or(CodeError::NotATicket)?;
    key.verify_strict(claims, &Signature::from_bytes(signature)).map_err(|_| CodeError::Signature)?;
    decode(claims).ok_or(CodeError::NotATicket)
}

/// What was shown at a gate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shown {
    /// A code that was signed here.
    Code(TicketClaims),
    /// The ticket's number, as it is printed under the code: read by somebody where the code cannot be.
    Number(TicketId),
    /// Neither.
    Nothing,
}

/// What a text at the gate is.
#[must_use]
pub fn shown(key: &VerifyingKey, text: &str) -> Shown {
    let text = text.trim();
    if let Ok(id) = Uuid::try_parse(text) {
        return Shown::Number(TicketId(id));
    }
    verify(key, text).map_or(Shown::Nothing, Shown::Code)
}

fn decode(claims: &[u8]) -> Option<TicketClaims> {
    let (version, rest) = claims.split_first()?;
    let (ticket, rest) = rest.split_first_chunk::<16>()?;
    let (issued, rest) = rest.split_first_chunk::<8>()?;
    let (event_length, rest) = rest.split_first()?;
    let (event, place) = rest.split_at_checked(usize::from(*event_length))?;
    if *version != VERSION {
        return None;
    }
    Some(TicketClaims {
        ticket_id: TicketId(Uuid::from_bytes(*ticket)),
        event_id: EventId::new(std::str::from_utf8(event).ok()?).ok()?,
        place: std::str::from_utf8(place).ok()?.to_owned(),
        issued_at: DateTime::from_timestamp(i64::from_be_bytes(*issued), 0)?,
    })
}

fn cut(place: &str) -> &str {
    &place[..place.floor_char_boundary(PLACE_BYTES_MAX)]
}
