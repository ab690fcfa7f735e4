//! Stripe's webhook signature: `t=<seconds>,v1=<hex>`, HMAC-SHA256 over `<seconds>.<raw body>`
//! (<https://docs.stripe.com/webhooks#verify-manually>).

use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;

/// How far the sender's clock may be off, and how old a replay may be.
const TOLERANCE_S: u64 = 300;
/// More signatures than this in one header are not looked at.
const SIGNATURES_MAX: usize = 8;

/// Why a webhook is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum SignatureError {
    /// No timestamp or no signature in the header.
    #[error("the header Stripe-Signature has no t=… or no v1=…")]
    Malformed,
    /// Older or newer than 300 s.
    #[error("the timestamp is more than 300 s off")]
    Stale,
    /// None of the signatures is of one of the secrets.
    #[error("no signature fits the body")]
    Mismatch,
}

/// Checks a header against the body, under any of the secrets.
pub(crate) fn verify(
    header: &str,
    body: &[u8],
    secrets: &[impl AsRef<str>],
    now: DateTime<Utc>,
) -> Result<(), SignatureError> {
    let mut timestamp = None;
    let mut signatures = Vec::new();
    for part in header.split(',') {
        match part.trim().split_once('=') {
            Some(("t", text)) => timestamp = Some(text),
            Some(("v1", text)) if signatures.len() < SIGNATURES_MAX => signatures.extend(hex::decode(text)),
            _ => {}
        }
    }
    let timestamp = timestamp.ok_or(SignatureError::Malformed)?;
    let seconds: i64 = timestamp.parse().map_err(|_| SignatureError::Malformed)?;
    if signatures.is_empty() {
        return Err(SignatureError::Malformed);
    }
    if now.timestamp().abs_diff(seconds) > TOLERANCE_S {
        return Err(SignatureError::Stale);
    }
    let expected: Vec<_> = secrets.iter().map(|secret| mac(secret.as_ref(), timestamp, body)).collect();
    let fits = signatures
        .iter()
        .any(|sent| expected.iter().any(|expected| bool::from(expected.as_slice().ct_eq(sent.as_slice()))));
    if fits { Ok(()) } else { Err(SignatureError::Mismatch) }
}

/// The header for a body, as the sender makes it.
pub(crate) fn sign(secret: &str, body: &[u8], now: DateTime<Utc>) -> String {
    let timestamp = now.timestamp().to_string();
    format!("t={timestamp},v1={}", hex::encode(mac(secret, &timestamp, body)))
}

fn mac(secret: &str, timestamp: &str, body: &[u8]) -> [u8; 32] {
    // HMAC takes keys of any length (RFC 2104, 2), so this cannot fail.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else { return [0; 32] };
    mac.update(timestamp.as_bytes());
    mac.update(b".");
    mac.update(body);
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;

    const BODY: &[u8] = br#"{"id":"evt_1"}"#;

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000, 0).expect("a time")
    }

    #[test]
    fn either_secret_is_good_while_rotating() {
        let header = sign("old", BODY, now());
        assert_eq!(verify(&header, BODY, &["new", "old"], now()), Ok(()));
        assert_eq!(verify(&header, BODY, &["new"], now()), Err(SignatureError::Mismatch));
    }

    #[test]
    fn every_flipped_bit_is_refused() {
        let header = sign("secret", BODY, now());
        for place in 0..BODY.len() * 8 {
            let mut body = BODY.to_vec();
            body[place / 8] ^= 1 << (place % 8);
            assert_eq!(verify(&header, &body, &["secret"], now()), Err(SignatureError::Mismatch), "bit {place}");
        }
    }

    #[test]
    fn the_time_is_signed_and_bounded() {
        let header = sign("secret", BODY, now());
        for (seconds, expected) in [(300, Ok(())), (-300, Ok(())), (301, Err(SignatureError::Stale))] {
            let at = now() + TimeDelta::seconds(seconds);
            assert_eq!(verify(&header, BODY, &["secret"], at), expected, "{seconds} s");
        }
        let moved = header.replacen("t=1800000000", "t=1800000001", 1);
        assert_eq!(verify(&moved, BODY, &["secret"], now()), Err(SignatureError::Mismatch));
    }

    #[test]
    fn broken_headers_are_malformed() {
        for header in ["", "t=1800000000", "v1=00", "t=x,v1=00", "t=1800000000,v1=zz", "t=1800000000,v0=00"] {
            assert_eq!(verify(header, BODY, &["secret"], now()), Err(SignatureError::Malformed), "{header}");
        }
    }

    #[test]
    fn the_known_answer() {
        // python3: hmac.new(b"whsec_test", b'1800000000.{"id":"evt_1"}', "sha256").hexdigest()
        let header = sign("whsec_test", BODY, now());
        assert_eq!(header, "t=1800000000,v1=45705be2a45ab5acdd1395cc695e9e7073125385ec24194921c401dff44176f8");
    }
}
