//! Signatures of outgoing webhooks: the Standard Webhooks scheme
//! (<https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use uuid::Uuid;

/// A secret as its receiver is told it: `whsec_…`.
pub(crate) fn shown(key: &[u8; 32]) -> String {
    format!("whsec_{}", STANDARD.encode(key))
}

/// The `webhook-signature` of a message: one signature a key, with spaces between them.
///
/// `timestamp` is in seconds since 1970.
pub(crate) fn signature(keys: &[[u8; 32]], id: Uuid, timestamp: i64, body: &str) -> String {
    let signatures: Vec<String> = keys
        .iter()
        .map(|key| {
            let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(key).expect("HMAC takes keys of any length");
            mac.update(format!("{id}.{timestamp}.{body}").as_bytes());
            format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
        })
        .collect();
    signatures.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_key_signs_what_openssl_signs() {
        // printf '%s' "$id.1700000000.{}" | openssl dgst -sha256 -mac HMAC -macopt hexkey:0707… -binary | base64
        let id = Uuid::from_u128(0x0190_a000_0000_7000_8000_0000_0000_0001);
        let both = signature(&[[7; 32], [8; 32]], id, 1_700_000_000, "{}");
        assert_eq!(
            both,
            "v1,D0zoAnrJjYU6Xjuth5Tb69zsF2tb0EYukgaXu/8Plkc= v1,0tFhEZGUS4kV1NtN8ZQqKy12aeq1kJQ5UBtCVuP7U1g="
        );
        assert_eq!(shown(&[7; 32]), "whsec_BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=");
    }
}
