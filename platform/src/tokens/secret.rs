//! The installation's secret, which all other secrets are derived from.

use crate::env::{Env, EnvError};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::SigningKey;
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

const CHARACTERS_MIN: usize = 32;
const REMEDY: &str = "give the same 32 or more random characters to all processes, e.g. of `openssl rand -hex 32`";

/// A secret that is too short to derive keys from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the secret has fewer than 32 characters")]
pub struct WeakSecret;

/// `ONSALE_SECRET`: shared by all processes of an installation. Never shown.
#[derive(Clone)]
pub struct DeploymentSecret(SecretString);

impl DeploymentSecret {
    /// Takes a secret of at least 32 characters.
    pub fn new(text: impl Into<String>) -> Result<Self, WeakSecret> {
        let text = text.into();
        if text.len() < CHARACTERS_MIN {
            return Err(WeakSecret);
        }
        Ok(Self(SecretString::from(text)))
    }

    /// The secret of `ONSALE_SECRET`.
    pub fn of(env: &Env) -> Result<Self, EnvError> {
        let missing = EnvError::Missing { name: "ONSALE_SECRET".to_owned(), remedy: REMEDY };
        let text = env.secret("ONSALE_SECRET")?.ok_or(missing)?;
        Self::new(text.expose_secret()).map_err(|weak| EnvError::Invalid {
            name: "ONSALE_SECRET".to_owned(),
            value: "…".to_owned(),
            reason: format!("{weak}: {REMEDY}"),
        })
    }

    /// A key of 32 bytes for one purpose (HKDF with SHA-256, RFC 5869, one block). Different purposes
    /// give keys that tell nothing of each other.
    #[must_use]
    pub fn derive(&self, purpose: &str) -> [u8; 32] {
        let extracted = hmac_sha256(b"onsale", &[self.0.expose_secret().as_bytes()]);
        hmac_sha256(&extracted, &[purpose.as_bytes(), &[1]])
    }

    /// The key that tickets, and the lists of them at the gate, are signed by.
    #[must_use]
    pub fn ticket_key(&self) -> SigningKey {
        SigningKey::from_bytes(&self.derive("ticket-qr"))
    }

    /// Its public half in Base64url, for whoever checks tickets.
    #[must_use]
    pub fn ticket_key_public(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.ticket_key().verifying_key().as_bytes())
    }
}

impl std::fmt::Debug for DeploymentSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DeploymentSecret(…)")
    }
}

fn hmac_sha256(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(key).expect("HMAC takes keys of any length");
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn purposes_give_different_keys_and_the_secret_is_never_shown() {
        let secret = DeploymentSecret::new("x".repeat(32)).expect("long enough");
        assert_ne!(secret.derive("a"), secret.derive("b"));
        assert_eq!(secret.derive("a"), secret.clone().derive("a"));
        assert_eq!(format!("{secret:?}"), "DeploymentSecret(…)");
        assert!(DeploymentSecret::new("x".repeat(31)).is_err());
    }
}
