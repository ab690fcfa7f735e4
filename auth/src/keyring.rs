//! The keys that sign access tokens, opened and in memory.

use crate::error::KeyError;
use crate::store::signing_keys::{self, SigningKeyRow};
use chrono::{DateTime, Utc};
use onsale_platform::clock::Clock;
use onsale_platform::tokens::{AccessClaims, DeploymentSecret, JwkSet, SigningKeyPair};
use parking_lot::RwLock;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use sqlx::PgConnection;
use std::sync::Arc;

/// A key that secrets are sealed under at rest.
pub(crate) struct Sealer(LessSafeKey);

impl Sealer {
    /// The one of signing keys.
    pub(crate) fn new(secret: &DeploymentSecret) -> Self {
        Self::of(secret, "signing keys at rest")
    }

    /// The one of second factors.
    pub(crate) fn of_second_factors(secret: &DeploymentSecret) -> Self {
        Self::of(secret, "second factors at rest")
    }

    /// Derives it from the installation's secret.
    fn of(secret: &DeploymentSecret, purpose: &str) -> Self {
        let key = UnboundKey::new(&CHACHA20_POLY1305, &secret.derive(purpose)).expect("a ChaCha20 key has 32 bytes");
        Self(LessSafeKey::new(key))
    }

    pub(crate) fn seal(&self, pair: &SigningKeyPair) -> Vec<u8> {
        self.seal_bytes(pair.kid(), &pair.seed()[..])
    }

    fn open(&self, kid: &str, sealed: &[u8]) -> Option<SigningKeyPair> {
        Some(SigningKeyPair::from_seed(self.open_bytes(kid, sealed)?.first_chunk()?))
    }

    /// Nonce, then the secret encrypted and bound to its name (ChaCha20-Poly1305, RFC 8439).
    pub(crate) fn seal_bytes(&self, name: &str, secret: &[u8]) -> Vec<u8> {
        let nonce: [u8; NONCE_LEN] = onsale_platform::random::secret_bytes();
        let mut text = secret.to_vec();
        self.0
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(name.as_bytes()), &mut text)
            .expect("secrets are not too long to seal");
        [&nonce[..], &text].concat()
    }

    /// What was sealed under that name; nothing where it was sealed by another secret, or changed since.
    pub(crate) fn open_bytes(&self, name: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, text) = sealed.split_first_chunk::<NONCE_LEN>()?;
        let mut text = text.to_vec();
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let opened = self.0.open_in_place(nonce, Aad::from(name.as_bytes()), &mut text).ok()?;
        Some(opened.to_vec())
    }
}

struct OpenedKey {
    pair: SigningKeyPair,
    not_before: DateTime<Utc>,
    retires_at: Option<DateTime<Utc>>,
    expires_at: Option<DateTime<Utc>>,
}

/// All keys that are not forgotten.
pub(crate) struct Keyring {
    sealer: Sealer,
    clock: Clock,
    keys: RwLock<Arc<Vec<OpenedKey>>>,
}

impl Keyring {
    /// Opens the keys that there are.
    pub(crate) async fn load(conn: &mut PgConnection, sealer: Sealer, clock: Clock) -> Result<Self, KeyError> {
        let keyring = Self { sealer, clock, keys: RwLock::default() };
        keyring.reload(conn).await?;
        Ok(keyring)
    }

    /// Opens the keys that there are now.
    pub(crate) async fn reload(&self, conn: &mut PgConnection) -> Result<(), KeyError> {
        let rows = signing_keys::unexpired(conn, self.clock.now()).await?;
        let opened = rows.into_iter().map(|row| self.open(row)).collect::<Result<Vec<_>, _>>()?;
        *self.keys.write() = Arc::new(opened);
        Ok(())
    }

    fn open(&self, row: SigningKeyRow) -> Result<OpenedKey, KeyError> {
        let SigningKeyRow { kid, sealed, not_before, retires_at, expires_at } = row;
        match self.sealer.open(&kid, &sealed) {
            Some(pair) => Ok(OpenedKey { pair, not_before, retires_at, expires_at }),
            None => Err(KeyError::OtherSecret { kid }),
        }
    }

    /// The token with these claims, under the newest key that may sign now.
    pub(crate) fn sign(&self, claims: &AccessClaims) -> Result<String, KeyError> {
        let now = self.clock.now();
        let keys = Arc::clone(&self.keys.read());
        keys.iter()
            .filter(|key| key.not_before <= now && key.retires_at.is_none_or(|end| now < end))
            .max_by_key(|key| key.not_before)
            .map(|key| key.pair.sign(claims))
            .ok_or(KeyError::NoneCurrent)
    }

    /// The public keys: of those that sign, will sign, or signed something that may still be good.
    pub(crate) fn public(&self) -> JwkSet {
        let now = self.clock.now();
        let keys = Arc::clone(&self.keys.read());
        let known = keys.iter().filter(|key| key.expires_at.is_none_or(|end| now < end));
        JwkSet { keys: known.map(|key| key.pair.jwk(key.expires_at)).collect() }
    }
}
