//! The second factor: codes that a person's device makes of a secret and the time (TOTP, RFC 6238: SHA-1, 6 digits,
//! 30 s, one step of grace to either side), and recovery codes for when the device is lost.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use totp_rs::{Builder, Totp, TotpError};

/// A secret's length in bytes (RFC 4226, 4, R6: 160 bits).
pub(crate) const SECRET_BYTES: usize = 20;
/// Recovery codes given at once.
pub(crate) const RECOVERY_CODES: usize = 10;
/// What a device calls us.
const ISSUER: &str = "Onsale";
/// Without what is taken for something else: 0 and O, 1 and I.
const LETTERS: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
/// 80 bits, 5 a letter.
pub(crate) const RECOVERY_BYTES: usize = 16;
/// Letters between two dashes.
const GROUP: usize = 4;

/// The codes of a secret, for an account of that address.
pub(crate) fn codes(secret: &[u8], email: &str) -> Result<Totp, TotpError> {
    // A colon would end the name in the device's address.
    let name = email.replace(':', " ");
    Builder::new().with_secret(secret).with_account_name(name).with_issuer(Some(ISSUER)).build()
}

/// The step of 30 s whose code this is, if it is one of now.
pub(crate) fn step_of(codes: &Totp, code: &str, now_s: i64) -> Option<i64> {
    let digits: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    let step = codes.check(&digits, u64::try_from(now_s).ok()?)?;
    i64::try_from(step).ok()
}

/// A recovery code as people write it down.
pub(crate) fn recovery_code(random: &[u8; RECOVERY_BYTES]) -> String {
    let mut text = String::with_capacity(RECOVERY_BYTES + RECOVERY_BYTES / GROUP);
    for (place, byte) in random.iter().enumerate() {
        if place > 0 && place.is_multiple_of(GROUP) {
            text.push('-');
        }
        text.push(char::from(LETTERS[usize::from(byte % 32)]));
    }
    text
}

/// What is kept of a recovery code, however it is written. By a key: 80 bits are not out of reach for ever.
pub(crate) fn recovery_hash(key: &[u8; 32], code: &str) -> [u8; 32] {
    let plain: String = code.chars().filter(char::is_ascii_alphanumeric).collect();
    let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(plain.to_ascii_uppercase().as_bytes());
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_of_the_standard() {
        // RFC 6238, appendix B, for SHA-1: the last six of the eight digits.
        let codes = codes(b"12345678901234567890", "ada@example.org").expect("a secret that is long enough");
        for (at, code) in [(59, "287082"), (1_111_111_109, "081804"), (20_000_000_000, "353130")] {
            assert_eq!(step_of(&codes, code, at), Some(at / 30));
        }
        assert_eq!(step_of(&codes, "287 082", 59 + 30), Some(1), "a step late");
        assert_eq!(step_of(&codes, "287082", 59 + 61), None, "too late");
        assert_eq!(step_of(&codes, "28708", 59), None);
    }

    #[test]
    fn recovery_codes_are_found_however_they_are_written() {
        let code = recovery_code(&[7; RECOVERY_BYTES]);
        assert_eq!(code.len(), 19);
        let hash = recovery_hash(&[1; 32], &code);
        assert_eq!(hash, recovery_hash(&[1; 32], &code.to_lowercase().replace('-', " ")));
        assert_ne!(hash, recovery_hash(&[2; 32], &code));
    }
}
