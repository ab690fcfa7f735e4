//! The gate: what a ticket's code says ([`code`]), the signed list that a device decides by without a network
//! ([`list`], [`decide`]), and how scans of many gates become one truth ([`rule`]).
//!
//! booking and the page at the gate run the same functions, so that a device without a network says what the service
//! would have said of the same facts.

pub mod code;
pub mod decide;
pub mod list;
pub mod rule;

pub use code::{CodeError, TicketClaims};
pub use decide::{Decision, Known};
pub use ed25519_dalek::VerifyingKey;
pub use list::{Entry, ListError, ListPage, Standing};
pub use rule::{Entered, Judged, Merged, Scan, Told, merge};

/// The key that tickets and lists are signed by, as pages carry it: 32 bytes in Base64url.
///
/// # Errors
/// When the text is no key.
pub fn key_of(text: &str) -> Result<VerifyingKey, CodeError> {
    use base64::Engine;
    let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(text).map_err(|_| CodeError::NotATicket)?;
    let bytes: [u8; 32] = bytes.try_into().map_err(|_| CodeError::NotATicket)?;
    VerifyingKey::from_bytes(&bytes).map_err(|_| CodeError::Signature)
}
