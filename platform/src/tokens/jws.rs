//! The compact form of a signed token (RFC 7515), in the one shape that is taken here.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// Longer texts are refused unread; our own tokens have some 600 bytes.
pub(super) const TOKEN_BYTES_MAX: usize = 4096;
/// Longer key names are refused; ours have 43 characters.
const KID_BYTES_MAX: usize = 128;

/// The whole header: whatever has more members is refused.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Header {
    alg: Algorithm,
    pub(super) typ: Kind,
    pub(super) kid: String,
}

/// The one algorithm.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
enum Algorithm {
    #[serde(rename = "EdDSA")]
    EdDsa,
}

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Kind {
    /// For people and keys.
    #[serde(rename = "at+jwt")]
    Access,
    /// For services.
    #[serde(rename = "svc+jwt")]
    Service,
    /// For those whom a waiting room lets in.
    #[serde(rename = "adm+jwt")]
    Admission,
}

/// A token in its parts, whose signature is not checked yet.
pub(super) struct Unverified<'a> {
    pub(super) header: Header,
    signed: &'a str,
    claims: &'a str,
    signature: Signature,
}

impl<'a> Unverified<'a> {
    /// Takes a token apart; nothing when it is not of our shape.
    pub(super) fn parse(token: &'a str) -> Option<Self> {
        if token.len() > TOKEN_BYTES_MAX {
            return None;
        }
        let (signed, signature) = token.rsplit_once('.')?;
        let (header, claims) = signed.split_once('.')?;
        let header: Header = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(header).ok()?).ok()?;
        if header.kid.len() > KID_BYTES_MAX {
            return None;
        }
        let signature = Signature::from_slice(&URL_SAFE_NO_PAD.decode(signature).ok()?).ok()?;
        Some(Self { header, signed, claims, signature })
    }

    /// What it says, whoever wrote it.
    pub(super) fn claimed<C: DeserializeOwned>(&self) -> Option<C> {
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(self.claims).ok()?).ok()
    }

    /// The claims, if the key made the signature. (Strict: no other encoding of the same signature.)
    pub(super) fn verify<C: DeserializeOwned>(&self, key: &VerifyingKey) -> Option<C> {
        key.verify_strict(self.signed.as_bytes(), &self.signature).ok()?;
        self.claimed()
    }
}

/// Signs claims.
pub(super) fn sign(key: &SigningKey, kid: &str, kind: Kind, claims: &impl Serialize) -> String {
    let header = Header { alg: Algorithm::EdDsa, typ: kind, kid: kid.to_owned() };
    let mut token = encode(&header);
    token.push('.');
    token.push_str(&encode(claims));
    let signature = key.sign(token.as_bytes());
    token.push('.');
    token.push_str(&URL_SAFE_NO_PAD.encode(signature.to_bytes()));
    token
}

fn encode(value: &impl Serialize) -> String {
    let json = serde_json::to_vec(value).expect("headers and claims are plain values with string keys");
    URL_SAFE_NO_PAD.encode(json)
}
