//! A ticket's QR code: its text is `onsale_core::gate::code`'s, signed here; and its picture. The same key signs the
//! lists that devices at the gate decide by.

use ed25519_dalek::{Signer, SigningKey};
pub use onsale_core::gate::code::{CodeError, TicketClaims, verify};
use onsale_core::gate::{ListPage, code, list};
use qrcode::render::svg;
use qrcode::{EcLevel, QrCode};

/// Smaller than this on a side is hard to scan from a screen.
const SVG_SIDE_MIN: u32 = 256;

/// The text does not fit into a QR code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the text is too long for a code")]
pub struct TooLong;

/// The signed text of a ticket. Signing the same claims again gives the same text.
#[must_use]
pub fn sign(key: &SigningKey, claims: &TicketClaims) -> String {
    let bytes = code::signed(claims);
    let signature = key.sign(&bytes);
    code::text(bytes, &signature)
}

/// The signed text of a page of a gate's list.
#[must_use]
pub fn sign_list(key: &SigningKey, page: &ListPage) -> String {
    let bytes = list::signed(page);
    let signature = key.sign(&bytes);
    list::text(bytes, &signature)
}

/// The picture of a text, with the quiet zone of four modules that scanners need (ISO/IEC 18004).
///
/// # Errors
/// When the text is too long for any code.
pub fn picture(text: &str) -> Result<String, TooLong> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).map_err(|_| TooLong)?;
    let mut renderer = code.render::<svg::Color<'_>>();
    Ok(renderer.quiet_zone(true).min_dimensions(SVG_SIDE_MIN, SVG_SIDE_MIN).build())
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use chrono::DateTime;
    use onsale_core::gate::code::TEXT_BYTES_MAX;
    use onsale_core::{EventId, TicketId};
    use proptest::prelude::*;
    use uuid::Uuid;

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
        assert_eq!(verify(&key(2).verifying_key(), &text), Err(CodeError::Signature));
        assert_eq!(verify(&key(1).verifying_key(), ""), Err(CodeError::NotATicket));
        assert_eq!(verify(&key(1).verifying_key(), &"A".repeat(4096)), Err(CodeError::NotATicket));
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
