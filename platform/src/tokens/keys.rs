//! The keys that sign access tokens, and the public halves that check them.

use super::claims::AccessClaims;
use super::jws;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use ed25519_dalek::{SigningKey, VerifyingKey};
use parking_lot::RwLock;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::sync::Arc;

/// A public key as JSON Web Key (RFC 8037). Keys of other kinds are read and passed over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Jwk {
    /// `OKP`.
    pub kty: String,
    /// `Ed25519`.
    #[serde(default)]
    pub crv: String,
    /// The key's name.
    #[serde(default)]
    pub kid: String,
    /// `EdDSA`.
    #[serde(default)]
    pub alg: String,
    /// `sig`.
    #[serde(default, rename = "use")]
    pub usage: String,
    /// The public key, 32 bytes in base64url.
    #[serde(default)]
    pub x: String,
    /// Once it is known: after this second since 1970 nothing that it signed is good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exp: Option<i64>,
}

impl Jwk {
    fn public(&self) -> Option<VerifyingKey> {
        if self.kty != "OKP" || self.crv != "Ed25519" || self.alg != "EdDSA" || self.usage != "sig" {
            return None;
        }
        let bytes = URL_SAFE_NO_PAD.decode(&self.x).ok()?;
        VerifyingKey::from_bytes(&bytes.try_into().ok()?).ok()
    }
}

/// What `/.well-known/jwks.json` answers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct JwkSet {
    /// The keys.
    pub keys: Vec<Jwk>,
}

/// A pair that signs access tokens. Its name is the public key's thumbprint (RFC 7638).
#[derive(Clone)]
pub struct SigningKeyPair {
    key: SigningKey,
    kid: String,
}

impl SigningKeyPair {
    /// A new pair.
    #[must_use]
    pub fn generate() -> Self {
        Self::from_seed(&crate::random::secret_bytes())
    }

    /// The pair of a private key.
    #[must_use]
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        let key = SigningKey::from_bytes(seed);
        let x = URL_SAFE_NO_PAD.encode(key.verifying_key().as_bytes());
        let canonical = format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}"#);
        let kid = URL_SAFE_NO_PAD.encode(Sha256::digest(canonical));
        Self { key, kid }
    }

    /// The private key, for keeping it encrypted.
    #[must_use]
    pub fn seed(&self) -> [u8; 32] {
        self.key.to_bytes()
    }

    /// The key's name.
    #[must_use]
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// The public key for others; `expires_at` once it is known when the last of its tokens ends.
    #[must_use]
    pub fn jwk(&self, expires_at: Option<DateTime<Utc>>) -> Jwk {
        Jwk {
            kty: "OKP".to_owned(),
            crv: "Ed25519".to_owned(),
            kid: self.kid.clone(),
            alg: "EdDSA".to_owned(),
            usage: "sig".to_owned(),
            x: URL_SAFE_NO_PAD.encode(self.key.verifying_key().as_bytes()),
            exp: expires_at.map(|at| at.timestamp()),
        }
    }

    /// The token with these claims.
    #[must_use]
    pub fn sign(&self, claims: &AccessClaims) -> String {
        jws::sign(&self.key, &self.kid, jws::Kind::Access, claims)
    }
}

impl std::fmt::Debug for SigningKeyPair {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SigningKeyPair").field("kid", &self.kid).finish_non_exhaustive()
    }
}

/// A public key that is known here.
#[derive(Clone)]
pub(super) struct KnownKey {
    pub(super) public: VerifyingKey,
    expires_s: Option<i64>,
}

/// The public keys that are known here. Read only when a token is seen for the first time.
#[derive(Default)]
pub(super) struct KeySet(RwLock<Arc<HashMap<String, KnownKey>>>);

impl KeySet {
    pub(super) fn is_empty(&self) -> bool {
        self.0.read().is_empty()
    }

    /// The key of that name, if it is known. A key whose time is over is known no more.
    pub(super) fn get(&self, kid: &str, now: DateTime<Utc>) -> Option<KnownKey> {
        let key = self.0.read().get(kid)?.clone();
        key.expires_s.is_none_or(|end| now.timestamp() < end).then_some(key)
    }

    /// Takes a set instead of the one before, unless it has no key that can be used.
    pub(super) fn replace(&self, set: &JwkSet) -> bool {
        let known: HashMap<_, _> = set
            .keys
            .iter()
            .filter_map(|jwk| {
                let key = KnownKey { public: jwk.public()?, expires_s: jwk.exp };
                Some((jwk.kid.clone(), key))
            })
            .collect();
        if known.is_empty() {
            return false;
        }
        *self.0.write() = Arc::new(known);
        true
    }
}
