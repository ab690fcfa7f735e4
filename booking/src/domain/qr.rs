//! The text in a ticket's QR code, signed so that a scanner without a network knows a forged one.
//!
//! The text is Base64url (RFC 4648, section 5, no padding) of these bytes: version (1), ticket id (16), time of
//! issue (8, seconds since 1970, big-endian), length of the event id (1), event id, place, and an Ed25519 signature
//! (RFC 8032, 64 bytes) over all before it. About 150 characters: a code of 53 × 53 modules that old phones read.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use ed25519_dalek::{SIGNATURE_LENGTH, Signature, Signer, SigningKey, VerifyingKey};
use onsale_core::{EventId, TicketId};
use qrcode::render::svg;
use qrcode::{EcLevel, QrCode};
use uuid::Uuid;

const VERSION: u8 = 1;
/// Version, ticket, time of issue and the event id's length.
const HEAD: usize = 1 + 16 + 8 + 1;
/// A longer place is cut: the door reads the ticket's id, people read the place.
const PLACE_BYTES_MAX: usize = 96;
/// No good text is longer: what is longer is refused before it is decoded.
const TEXT_BYTES_MAX: usize = 384;
/// Smaller than this on a side is hard to scan from a screen.
const SVG_SIDE_MIN: u32 = 256;

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
pub enum QrError {
    /// Not the text of a ticket, or of a version that is not known here.
    #[error("this code is not a ticket")]
    NotATicket,
    /// Not signed by the key.
    #[error("this ticket was not issued here")]
    Signature,
    /// The text does not fit into a QR code.
    #[error("the text is too long for a code")]
    TooLong,
}

/// The signed text of a ticket. Signing the same claims again gives the same text.
#[must_use]
pub fn sign(key: &SigningKey, claims: &TicketClaims) -> String {
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
    let signature = key.sign(&bytes);
    bytes.extend(signature.to_bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}

/// What the ticket says, if `key` signed it.
///
/// # Errors
/// When the text is not a ticket's, or the signature is not the key's.
pub fn verify(key: &VerifyingKey, text: &str) -> Result<TicketClaims, QrError> {
    if text.len() > TEXT_BYTES_MAX {
        return Err(QrError::NotATicket);
    }
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| QrError::NotATicket)?;
    let (claims, signature) = bytes.split_last_chunk::<SIGNATURE_LENGTH>().ok_or(QrError::NotATicket)?;
    key.verify_strict(claims, &Signature::from_bytes(signature)).map_err(|_| QrError::Signature)?;
    decode(claims).ok_or(QrError::NotATicket)
}

/// The picture of a text, with the quiet zone of four modules that scanners need (ISO/IEC 18004).
///
/// # Errors
/// When the text is too long for any code.
pub fn picture(text: &str) -> Result<String, QrError> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).map_err(|_| QrError::TooLong)?;
    let mut renderer = code.render::<svg::Color<'_>>();
    Ok(renderer.quiet_zone(true).min_dimensions(SVG_SIDE_MIN, SVG_SIDE_MIN).build())
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn claims(place: &str) -> TicketClaims {
        TicketClaims {
            ticket_id: TicketId(Uuid::from_u128(7)),
            event_id: EventId::new("EVT001").expect("a good name"),
            place: place.to_owned(),
            issued_at: DateTime::from_timestamp(1_790_000_000, 0).expect("a time"),
        }
    }

    fn key(seed: u8) -> SigningKey {
        SigningKey::from_bytes(&[seed; 32])
    }

    #[test]
    fn a_ticket_of_another_house_is_refused() {
        let text = sign(&key(1), &claims("Stalls A 12"));
        assert_eq!(verify(&key(1).verifying_key(), &text), Ok(claims("Stalls A 12")));
        assert_eq!(verify(&key(2).verifying_key(), &text), Err(QrError::Signature));
        assert_eq!(verify(&key(1).verifying_key(), ""), Err(QrError::NotATicket));
        assert_eq!(verify(&key(1).verifying_key(), &"A".repeat(4096)), Err(QrError::NotATicket));
    }

    #[test]
    fn the_longest_ticket_still_fits_and_keeps_its_quiet_zone() {
        let longest =
            TicketClaims { event_id: EventId::new("E".repeat(64)).expect("a good name"), ..claims(&"ä".repeat(90)) };
        let text = sign(&key(1), &longest);
        assert!(text.len() <= TEXT_BYTES_MAX);
        assert_eq!(verify(&key(1).verifying_key(), &text).expect("good").place, "ä".repeat(48));
        let svg = picture(&text).expect("a picture");
        let modules = QrCode::with_error_correction_level(&text, EcLevel::M).expect("a code").width() + 8;
        let side = svg.split("width=\"").nth(1).and_then(|rest| rest.split('"').next());
        let side: usize = side.and_then(|side| side.parse().ok()).expect("a width");
        assert_eq!(side % modules, 0, "{side} is not a multiple of the code and four modules on each side");
    }

    proptest! {
        #[test]
        fn a_flipped_bit_is_noticed(place in "\\PC{0,20}", byte in any::<prop::sample::Index>(), bit in 0_u8..8) {
            let text = sign(&key(1), &claims(&place));
            let mut bytes = URL_SAFE_NO_PAD.decode(&text).expect("base64");
            let at = byte.index(bytes.len());
            bytes[at] ^= 1 << bit;
            let forged = URL_SAFE_NO_PAD.encode(bytes);
            prop_assert!(verify(&key(1).verifying_key(), &forged).is_err());
            prop_assert_eq!(verify(&key(1).verifying_key(), &text), Ok(claims(&place)));
        }
    }
}
